import { resolveRange } from './byte-range.js';
import type { ResolvedRange } from './byte-range.js';

const whole: ResolvedRange = { kind: 'whole' };
const unsatisfiable: ResolvedRange = { kind: 'unsatisfiable' };
const part = (first: number, last: number): ResolvedRange => ({ kind: 'part', range: { first, last } });

describe('resolveRange', () => {
  it.each<[string | undefined, number, ResolvedRange]>([
    [undefined, 1000, whole],
    ['bytes=0-1', 1000, part(0, 1)],
    ['bytes=0-0', 1000, part(0, 0)],
    ['bytes=0-0', 1, part(0, 0)],
    ['bytes=0-999', 1000, part(0, 999)],
    ['bytes=0-', 1000, part(0, 999)],
    ['bytes=500-', 1000, part(500, 999)],
    ['bytes=999-', 1000, part(999, 999)],
    ['bytes=999-999', 1000, part(999, 999)],
    ['bytes=007-0011', 1000, part(7, 11)],
    // The last position is clipped.
    ['bytes=0-1000', 1000, part(0, 999)],
    ['bytes=999-5000', 1000, part(999, 999)],
    ['bytes=0-9007199254740993', 1000, part(0, 999)],
    [`bytes=0-${'9'.repeat(200)}`, 1000, part(0, 999)],
    // A suffix.
    ['bytes=-1', 1000, part(999, 999)],
    ['bytes=-1000', 1000, part(0, 999)],
    ['bytes=-1001', 1000, part(0, 999)],
    [`bytes=-${'9'.repeat(200)}`, 1000, part(0, 999)],
    ['bytes=-0', 1000, unsatisfiable],
    ['bytes=-000', 1000, unsatisfiable],
    // Beyond the end.
    ['bytes=1000-', 1000, unsatisfiable],
    ['bytes=1000-1000', 1000, unsatisfiable],
    ['bytes=1000-2000', 1000, unsatisfiable],
    ['bytes=9007199254740993-', 1000, unsatisfiable],
    [`bytes=${'9'.repeat(200)}-`, 1000, unsatisfiable],
    // No bytes at all.
    ['bytes=0-', 0, unsatisfiable],
    ['bytes=0-0', 0, unsatisfiable],
    ['bytes=-0', 0, unsatisfiable],
    ['bytes=-1', 0, whole],
    [undefined, 0, whole],
    // Units: their names have no case; others are ignored.
    ['Bytes=0-1', 1000, part(0, 1)],
    ['BYTES=0-1', 1000, part(0, 1)],
    ['seconds=0-1', 1000, whole],
    ['byte=0-1', 1000, whole],
    ['bytess=0-1', 1000, whole],
    ['=0-1', 1000, whole],
    ['0-1', 1000, whole],
    // Lists: empty elements and white space around commas are no ranges.
    ['bytes=,0-1', 1000, part(0, 1)],
    ['bytes=0-1,', 1000, part(0, 1)],
    ['bytes=, \t,0-1 ,\t', 1000, part(0, 1)],
    [' bytes=0-1\t', 1000, part(0, 1)],
    ['bytes=0-1,4-5', 1000, whole],
    ['bytes=0-1, 4-5', 1000, whole],
    ['bytes=0-1,0-1', 1000, whole],
    ['bytes=5000-,6000-', 1000, whole],
    ['bytes=0-1,abc', 1000, whole],
    [`bytes=${'0-,'.repeat(500)}`, 1000, whole],
    [`bytes=0-1${','.repeat(500)}`, 1000, whole],
    // Malformed.
    ['', 1000, whole],
    ['bytes', 1000, whole],
    ['bytes=', 1000, whole],
    ['bytes=,', 1000, whole],
    ['bytes=-', 1000, whole],
    ['bytes=--1', 1000, whole],
    ['bytes=1', 1000, whole],
    ['bytes=5-4', 1000, whole],
    ['bytes=5000-4', 1000, whole],
    ['bytes= 0-1', 1000, whole],
    ['bytes =0-1', 1000, whole],
    ['bytes=0 -1', 1000, whole],
    ['bytes=0- 1', 1000, whole],
    ['bytes=0-1-2', 1000, whole],
    ['bytes=+0-1', 1000, whole],
    ['bytes=0-+1', 1000, whole],
    ['bytes=0.0-1', 1000, whole],
    ['bytes=1e1-20', 1000, whole],
    ['bytes=0x0-0x1', 1000, whole],
    ['bytes=a-b', 1000, whole],
    ['bytes=٠-١', 1000, whole],
    ['bytes=0–1', 1000, whole],
    ['bytes=0-1\n', 1000, whole],
    ['bytes=0-1;q=1', 1000, whole],
    ['bytes=0-1, bytes=4-5', 1000, whole],
    ['bytes=0-1\u00a0', 1000, whole],
  ])('%j of %i bytes', (header, byteSize, expected) => {
    expect(resolveRange(header, byteSize)).toEqual(expected);
  });

  it('never leaves the representation', () => {
    const numbers = ['', '0', '1', '2', '3', '4', '5', '99'];
    for (const byteSize of [0, 1, 2, 3, 4]) {
      for (const first of numbers) {
        for (const last of numbers) {
          const resolved = resolveRange(`bytes=${first}-${last}`, byteSize);
          if (resolved.kind !== 'part') continue;
          expect(resolved.range.first).toBeGreaterThanOrEqual(0);
          expect(resolved.range.first).toBeLessThanOrEqual(resolved.range.last);
          expect(resolved.range.last).toBeLessThan(byteSize);
        }
      }
    }
  });
});
