import { isQuiet, isTimeOfDay, isTimeZone } from './quiet-hours.js';

it.each([
  // India is 5:30 ahead of UTC.
  ['2026-01-10T03:29:00Z', '09:00', '18:00', 'Asia/Kolkata', false],
  ['2026-01-10T03:30:00Z', '09:00', '18:00', 'Asia/Kolkata', true],
  ['2026-01-10T12:29:59Z', '09:00', '18:00', 'Asia/Kolkata', true],
  ['2026-01-10T12:30:00Z', '09:00', '18:00', 'Asia/Kolkata', false],
  // Over midnight.
  ['2026-01-10T21:59:00Z', '22:00', '06:00', 'UTC', false],
  ['2026-01-10T22:00:00Z', '22:00', '06:00', 'UTC', true],
  ['2026-01-11T00:00:00Z', '22:00', '06:00', 'UTC', true],
  ['2026-01-11T05:59:00Z', '22:00', '06:00', 'UTC', true],
  ['2026-01-11T06:00:00Z', '22:00', '06:00', 'UTC', false],
  // New York is UTC-5 in winter and UTC-4 in summer.
  ['2026-01-10T13:30:00Z', '09:00', '10:00', 'America/New_York', false],
  ['2026-07-10T13:30:00Z', '09:00', '10:00', 'America/New_York', true],
])('%s in %s–%s %s: %s', (now, from, to, timeZone, expected) => {
  expect(isQuiet(new Date(now), { from, to, timeZone })).toBe(expected);
});

it.each([
  ['00:00', true],
  ['23:59', true],
  ['24:00', false],
  ['9:00', false],
  ['09:60', false],
  ['', false],
])('%s is a time of day: %s', (text, expected) => {
  expect(isTimeOfDay(text)).toBe(expected);
});

it.each([
  ['Asia/Kolkata', true],
  ['UTC', true],
  ['Mars/Olympus', false],
  ['', false],
])('%s is a time zone: %s', (name, expected) => {
  expect(isTimeZone(name)).toBe(expected);
});
