import { globalPlatform } from '../../sdk/core/platform.js';

/** A clock that goes on at each look, and timers that wait to be run. */
export function movingClock(begin: number) {
  let now = begin;
  const timers = new Map<number, () => void>();
  let made = 0;
  return {
    ...globalPlatform(),
    timers,
    now: () => (now += 1),
    setTimeout: (callback: () => void, wait: number) => {
      now += wait;
      timers.set((made += 1), callback);
      return made;
    },
    clearTimeout: (timer: unknown) => void timers.delete(timer as number),
  };
}
