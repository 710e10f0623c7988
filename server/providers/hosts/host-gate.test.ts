import { jest } from '@jest/globals';
import { HostGate } from './host-gate.js';
import type { HostPass, HostReport } from './host-line.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const HOST = 'rec.example.com';
const never = new AbortController().signal;

/** Sends visitors in, and notes who was let in or refused, in that order. */
class Door {
  readonly inside: { owner: string; pass: HostPass }[] = [];
  readonly refused: { owner: string; seconds: number }[] = [];
  readonly gate: HostGate;

  constructor(concurrency: number, requestsPerMinute?: number) {
    this.gate = new HostGate({ concurrency, requestsPerMinute });
  }

  async send(
    owner: string,
    count: number,
    { patience = 3600, host = HOST, signal = never, urgent = false } = {},
  ) {
    for (let n = 0; n < count; n++)
      this.gate.enter(host, { owner, patience, signal, urgent }).then(
        (entry) => {
          if (entry.kind === 'pass') this.inside.push({ owner, pass: entry });
          else this.refused.push({ owner, seconds: entry.seconds });
        },
        () => undefined,
      );
    await this.after(0);
  }

  /** The nth that was let in is done. */
  async leave(n: number, report: HostReport = 'answered'): Promise<void> {
    this.inside[n]?.pass.leave(report);
    await this.after(0);
  }

  async after(milliseconds: number): Promise<void> {
    await jest.advanceTimersByTimeAsync(milliseconds);
  }

  get owners(): string {
    return this.inside.map(({ owner }) => owner).join('');
  }
}

it('lets in so many at once, and each host for itself', async () => {
  const door = new Door(2);
  await door.send('a', 5);
  await door.send('b', 1, { host: 'other.example.com' });
  expect(door.owners).toBe('aab');
  await door.leave(0);
  expect(door.owners).toBe('aaba');
});

it('takes the owners in turn, however many one of them has', async () => {
  const door = new Door(1);
  await door.send('a', 6);
  await door.send('b', 2);
  await door.send('c', 1);
  for (let n = 0; n < 9; n++) await door.leave(n);
  expect(door.owners).toBe('aabcabaaa');
});

it('asks no more often than it may, whoever asks', async () => {
  const door = new Door(1000, 120);
  await door.send('a', 300);
  await door.send('b', 3);
  expect(door.inside).toHaveLength(2);
  await door.after(60_000);
  expect(door.inside).toHaveLength(122);
  expect(door.owners.match(/b/g)).toHaveLength(3);
});

it.each<[string, HostReport, number]>([
  ['too many requests', { asksFor: 5 }, 5000],
  ['too many requests, with no word of how long', { asksFor: undefined }, 1000],
])('%s: nobody enters before, and half as many at once afterwards', async (_name, report, wait) => {
  const door = new Door(8);
  await door.send('a', 30);
  for (let n = 0; n < 8; n++) await door.leave(n, report);
  await door.after(wait - 1);
  expect(door.inside).toHaveLength(8);
  await door.after(1);
  expect(door.inside).toHaveLength(12);
});

it('waits twice as long each time that it is too much again', async () => {
  const door = new Door(1);
  await door.send('a', 5);
  for (const [n, wait] of [1000, 2000, 4000].entries()) {
    await door.leave(n, { asksFor: undefined });
    await door.after(wait - 1);
    expect(door.inside).toHaveLength(n + 1);
    await door.after(1);
    expect(door.inside).toHaveLength(n + 2);
  }
});

it('lets in first what is urgent', async () => {
  const door = new Door(1);
  await door.send('a', 3);
  await door.send('u', 2, { urgent: true });
  for (let n = 0; n < 5; n++) await door.leave(n);
  expect(door.owners).toBe('auuaa');
});

it('a fault slows the host down, and closes nothing', async () => {
  const door = new Door(8);
  await door.send('a', 30);
  await door.leave(0, 'faulty');
  for (let n = 1; n < 8; n++) await door.leave(n, 'nothing');
  expect(door.inside).toHaveLength(12);
});

it('grows again by one for each round of answers', async () => {
  const door = new Door(4);
  await door.send('a', 200);
  await door.leave(0, 'faulty');
  for (let n = 1; n < 4; n++) await door.leave(n, 'nothing');
  const under = () => door.inside.length - left;
  let left = 4;
  expect(under()).toBe(2);
  for (; left < 7; left++) await door.leave(left);
  expect(under()).toBe(3);
  for (; left < 60; left++) await door.leave(left);
  expect(under()).toBe(4);
});

it('refuses at once whom it would keep waiting for too long, and says for how long it is closed', async () => {
  const door = new Door(2);
  await door.send('patient', 3);
  await door.send('hasty', 2, { patience: 5 });
  await door.leave(0, { asksFor: 60 });
  expect(door.refused).toEqual([
    { owner: 'hasty', seconds: 60 },
    { owner: 'hasty', seconds: 60 },
  ]);
  await door.send('late', 1, { patience: 59 });
  expect(door.refused.at(-1)).toEqual({ owner: 'late', seconds: 60 });
  await door.after(60_000);
  await door.leave(1);
  expect(door.owners).toBe('patientpatientpatient');
});

it('lets go whom the queue kept waiting for too long', async () => {
  const door = new Door(1);
  await door.send('a', 1);
  await door.send('b', 1, { patience: 5 });
  await door.after(5000);
  expect(door.refused).toEqual([{ owner: 'b', seconds: 1 }]);
  await door.leave(0);
  expect(door.owners).toBe('a');
});

it('whoever gives up leaves the line', async () => {
  const door = new Door(1);
  const stop = new AbortController();
  await door.send('a', 1);
  const gone = expect(
    door.gate.enter(HOST, { owner: 'b', patience: 60, signal: stop.signal }),
  ).rejects.toThrow('enough');
  await door.send('c', 1);
  stop.abort(new Error('enough'));
  await gone;
  await door.leave(0);
  expect(door.owners).toBe('ac');
  await expect(door.gate.enter(HOST, { owner: 'b', patience: 60, signal: stop.signal })).rejects.toThrow(
    'enough',
  );
  expect(jest.getTimerCount()).toBeLessThanOrEqual(1);
});
