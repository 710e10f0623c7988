import { jest } from '@jest/globals';
import { atTime } from './at-time.js';

const DAY = 86_400_000;

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it.each([1, 24, 25, 60, 400])('acts after %d days, and not before', (days) => {
  const act = jest.fn();
  atTime(new Date(Date.now() + days * DAY), act);
  jest.advanceTimersByTime(days * DAY - 1);
  expect(act).not.toHaveBeenCalled();
  jest.advanceTimersByTime(1);
  expect(act).toHaveBeenCalledTimes(1);
  expect(jest.getTimerCount()).toBe(0);
});

it('acts soon where the time is over', () => {
  const act = jest.fn();
  atTime(new Date(Date.now() - DAY), act);
  jest.advanceTimersByTime(1);
  expect(act).toHaveBeenCalledTimes(1);
});

it.each([0, 30])('acts no more when it is called off after %d days', (days) => {
  const act = jest.fn();
  const callOff = atTime(new Date(Date.now() + 60 * DAY), act);
  jest.advanceTimersByTime(days * DAY);
  callOff();
  expect(jest.getTimerCount()).toBe(0);
  jest.advanceTimersByTime(60 * DAY);
  expect(act).not.toHaveBeenCalled();
});
