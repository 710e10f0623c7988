import { bytes, count, duration, table } from './format.js';

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [1_234_567, '1.2 MB'],
  [5e15, '5000.0 TB'],
])('%d bytes are %s', (value, text) => expect(bytes(value)).toBe(text));

it.each([
  [0.2, '0 s'],
  [59, '59 s'],
  [60, '1 min'],
  [125, '2 min 5 s'],
  [3 * 3600 + 5 * 60 + 9, '3 h 5 min'],
  [34.7 * 86_400, '34 d 16 h'],
])('%d seconds are %s', (value, text) => expect(duration(value)).toBe(text));

it('groups digits and aligns columns', () => {
  expect(count(1234567)).toBe('1,234,567');
  expect(
    table([
      ['a', '1'],
      ['long', '2'],
    ]),
  ).toBe('  a     1\n  long  2\n');
});
