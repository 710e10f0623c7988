import { jest } from '@jest/globals';
import { RunFigures } from './run-figures.js';
import type { FailureCountType, MigrationProgressType } from './migration.type.js';

const runOf = (id: string, failed: number) => ({ id, progress: { failed } as MigrationProgressType });
const counted = (count: number): FailureCountType[] => [{ code: 'NOT_AUDIO', count }];

let figures: RunFigures;
beforeEach(() => {
  jest.useFakeTimers();
  figures = new RunFigures();
});
afterEach(() => jest.useRealTimers());

it('counts errors anew when more have failed, and only then', async () => {
  const find = jest.fn((count: number) => Promise.resolve(counted(count)));
  for (const failed of [1, 1, 1, 2, 2])
    expect(await figures.errors(runOf('a', failed), () => find(failed))).toEqual(counted(failed));
  expect(find).toHaveBeenCalledTimes(2);
});

it('estimates anew after some seconds, for each run by itself', async () => {
  let now = 1;
  const find = (): Promise<number> => Promise.resolve(now);
  expect(await figures.atRisk('a', find)).toBe(1);
  now = 2;
  expect(await figures.atRisk('a', find)).toBe(1);
  expect(await figures.atRisk('b', find)).toBe(2);
  jest.advanceTimersByTime(5001);
  expect(await figures.atRisk('a', find)).toBe(2);
});

it('asks again what could not be answered', async () => {
  await expect(figures.atRisk('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await figures.atRisk('a', () => Promise.resolve(3))).toBe(3);
  await expect(figures.errors(runOf('a', 1), () => Promise.reject(new Error('away')))).rejects.toThrow(
    'away',
  );
  expect(await figures.errors(runOf('a', 1), () => Promise.resolve(counted(1)))).toEqual(counted(1));
});

it('remembers a bounded number of runs', async () => {
  for (let run = 0; run <= 100; run++) await figures.atRisk(String(run), () => Promise.resolve(1));
  expect(await figures.atRisk('100', () => Promise.resolve(2))).toBe(1);
  expect(await figures.atRisk('0', () => Promise.resolve(2))).toBe(2);
});
