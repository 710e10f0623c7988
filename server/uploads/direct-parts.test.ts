import { partSize } from '../storage/direct-transfer.js';
import { assertClaimed, assertWhole, partsOf, type ClaimedPart } from './direct-parts.js';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const SIZE = 17 * MIB;

/** The parts of a file of 17 MiB, as the store would have them. */
const stored = (sizes: Record<number, number> = { 1: 8 * MIB, 2: 8 * MIB, 3: MIB }) =>
  Object.entries(sizes).map(([number, byteSize]) => ({
    number: Number(number),
    etag: `"${number}"`,
    byteSize,
  }));
const claim = (...numbers: number[]): ClaimedPart[] =>
  numbers.map((number) => ({ number, etag: `"${number}"` }));

it.each([
  [1, 1, 1],
  [8 * MIB, 1, 8 * MIB],
  [8 * MIB + 1, 2, 1],
  [16 * MIB, 2, 8 * MIB],
  [80_000 * MIB, 10_000, 8 * MIB],
  [80_000 * MIB + 1, 8889, 8 * MIB + 1],
  [5 * 1024 * GIB, 9_987, undefined],
])('%i bytes are cut into %i parts, the last of %s', (byteSize, count, last) => {
  const parts = partsOf(byteSize);
  expect(parts.count).toBe(count);
  const lastSize = parts.byteSizeOf(count);
  if (last !== undefined) expect(lastSize).toBe(last);
  expect(parts.byteSizeOf(1) * (count - 1) + lastSize).toBe(byteSize);
  expect(partSize(byteSize)).toBeGreaterThanOrEqual(5 * MIB);
});

it.each<[string, Record<number, number>, number]>([
  ['nothing', {}, 0],
  ['no first part', { 2: 8 * MIB, 3: MIB }, 0],
  ['no second part', { 1: 8 * MIB, 3: MIB }, 8 * MIB],
  ['no last part', { 1: 8 * MIB, 2: 8 * MIB }, 16 * MIB],
  ['a short part', { 1: 8 * MIB, 2: 8 * MIB - 1, 3: MIB }, 8 * MIB],
  ['a long last part', { 1: 8 * MIB, 2: 8 * MIB, 3: MIB + 1 }, 16 * MIB],
])('%s is incomplete, and says where to go on', (_name, sizes, expectedOffset) => {
  const incomplete = expect.objectContaining({ code: 'UPLOAD_INCOMPLETE', details: { expectedOffset } });
  expect(() => assertWhole(stored(sizes), SIZE)).toThrow(incomplete);
});

it('all parts are whole, in whatever order', () => {
  expect(() => assertWhole(stored().toReversed(), SIZE)).not.toThrow();
});

it.each<[string, ClaimedPart[]]>([
  ['none', []],
  ['too few', claim(1, 2)],
  ['one twice', claim(1, 2, 2)],
  ['one that is not there', claim(1, 2, 3, 4)],
  ['one before the first', claim(0, 1, 2, 3)],
  ['one that has another ETag', [...claim(1, 2), { number: 3, etag: '"4"' }]],
  ['more than there can be', claim(...Array.from({ length: 10_001 }, (_, index) => index + 1))],
])('a claim of %s is refused', (_name, claimed) => {
  const refused = expect.objectContaining({ code: 'BAD_USER_INPUT', details: { field: 'parts' } });
  expect(() => assertClaimed(claimed, stored(), SIZE)).toThrow(refused);
});

it.each([
  ['quoted', claim(3, 1, 2)],
  ['bare', claim(1, 2, 3).map(({ number, etag }) => ({ number, etag: etag.slice(1, -1) }))],
  ['weak', claim(1, 2, 3).map(({ number, etag }) => ({ number, etag: `W/${etag}` }))],
])('a claim of all parts by their %s ETags is believed', (_name, claimed) => {
  expect(() => assertClaimed(claimed, stored(), SIZE)).not.toThrow();
});
