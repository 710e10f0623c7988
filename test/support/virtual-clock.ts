import { setImmediate as turn } from 'node:timers/promises';
import { globalPlatform } from '../../sdk/core/platform.js';

/** A clock that stands still until it is moved: then what comes due runs, each thing at its time. */
export function virtualClock(begin = Date.UTC(2026, 0, 1)) {
  let now = begin;
  let made = 0;
  const timers = new Map<number, { readonly at: number; readonly run: () => void }>();
  const nextBefore = (end: number) =>
    [...timers].filter(([, { at }]) => at <= end).toSorted(([, left], [, right]) => left.at - right.at)[0];
  return {
    ...globalPlatform(),
    random: () => 1,
    now: () => now,
    setTimeout: (run: () => void, wait: number) => {
      timers.set((made += 1), { at: now + wait, run });
      return made;
    },
    clearTimeout: (timer: unknown) => void timers.delete(timer as number),
    /** Resolves when everything until then has happened that waits for nothing but time. */
    async advance(milliseconds: number): Promise<void> {
      const end = now + milliseconds;
      await turn();
      for (let next = nextBefore(end); next; next = nextBefore(end)) {
        const [timer, { at, run }] = next;
        timers.delete(timer);
        now = at;
        run();
        await turn();
      }
      now = end;
    },
  };
}

export type VirtualClock = ReturnType<typeof virtualClock>;
