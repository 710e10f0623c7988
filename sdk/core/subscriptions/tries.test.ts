import { Tries } from './tries.js';
import type { Loss, NextTry } from './tries.js';

const never = (code?: number): Loss => ({ code, openMs: undefined });
const after = (openMs: number, code = 1006): Loss => ({ code, openMs });

/** With the longest waits that jitter allows. */
function answers(...losses: Loss[]): NextTry[] {
  const tries = new Tries();
  return losses.map((loss) => tries.after(loss, 1));
}

describe('Tries', () => {
  it.each<[string, Loss[], [number, boolean][]]>([
    [
      'polls at once where no socket ever opened',
      [never(), never()],
      [
        [500, true],
        [1000, true],
      ],
    ],
    [
      'polls after three failures in a row, waiting longer each time',
      [after(60_000), never(), never(), never(), never()],
      [
        [500, false],
        [500, false],
        [1000, false],
        [2000, true],
        [4000, true],
      ],
    ],
    [
      'begins anew after a connection that lasted',
      [after(5000), never(), never(), after(5000), never()],
      [
        [500, false],
        [500, false],
        [1000, false],
        [500, false],
        [500, false],
      ],
    ],
    [
      'takes a connection that is closed at once for a failure',
      [after(999), after(0), after(0)],
      [
        [500, false],
        [1000, false],
        [2000, true],
      ],
    ],
    [
      'comes back at once with a fresh token, and polls when that is refused too',
      [after(60_000, 4403), never(4403)],
      [
        [0, false],
        [500, true],
      ],
    ],
    [
      'does so where the first token is refused',
      [never(4403), never(4403)],
      [
        [0, false],
        [500, true],
      ],
    ],
    [
      'does so at every expiry',
      [after(2000, 4403), after(2000, 4403), after(2000, 4403)],
      [
        [0, false],
        [0, false],
        [0, false],
      ],
    ],
    [
      'waits for a server that accepts a token and refuses it at once',
      [after(5000, 4403), after(10, 4403), after(10, 4403)],
      [
        [0, false],
        [500, true],
        [1000, true],
      ],
    ],
  ])('%s', (_name, losses, expected) => {
    expect(answers(...losses).map(({ waitMs, polls }) => [waitMs, polls])).toEqual(expected);
  });

  it('never waits longer than half a minute, and jitters down to nothing', () => {
    const waits = answers(...Array.from({ length: 40 }, () => never())).map(({ waitMs }) => waitMs);
    expect(Math.max(...waits)).toBe(30_000);
    expect(new Tries().after(never(), 0).waitMs).toBe(0);
  });
});
