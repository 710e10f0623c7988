import { clockTime, daysUntil, fileSize } from './format.js';

it.each([
  [0, '0:00'],
  [-1, '0:00'],
  [59.99, '0:59'],
  [60, '1:00'],
  [247, '4:07'],
  [3600, '1:00:00'],
  [3729, '1:02:09'],
])('%s seconds are %s', (seconds, text) => {
  expect(clockTime(seconds)).toBe(text);
});

const NOW = Date.parse('2026-03-10T12:00:00Z');

it.each([
  ['2026-03-13T12:00:00Z', 3],
  ['2026-03-13T11:59:59Z', 2],
  ['2026-03-10T12:00:01Z', 0],
  ['2026-03-10T11:59:59Z', -1],
])('until %s it is %s days', (iso, days) => {
  expect(daysUntil(iso, NOW)).toBe(days);
});

it.each([
  [0, '0 kB'],
  [12_400, '12 kB'],
  [3_449_000, '3.4 MB'],
])('%s bytes are %s', (bytes, text) => {
  expect(fileSize(bytes, 'en')).toBe(text);
});
