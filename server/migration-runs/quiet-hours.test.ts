import { isQuiet, isTimeOfDay, isTimeZone, secondsUntilDone } from './quiet-hours.js';

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

const HOUR = 3600;

it.each([
  ['by day, done before the evening', '12:00', 2, 2],
  ['by day, done just at nightfall', '12:00', 10, 10],
  ['by day, done the next morning', '12:00', 11, 19],
  ['by night', '23:00', 1, 8],
  ['by night, done after two more nights', '23:00', 33, 7 + 33 + 16],
  ['not at all', '23:00', 0, 0],
])('between 22:00 and 06:00 nothing is done: %s', (_name, time, work, hours) => {
  const night = { from: '22:00', to: '06:00', timeZone: 'UTC' };
  expect(secondsUntilDone(work * HOUR, new Date(`2026-01-10T${time}:00Z`), night)).toBe(hours * HOUR);
});

it('without quiet hours work takes as long as it takes', () => {
  expect(secondsUntilDone(90_000, new Date(), undefined)).toBe(90_000);
});
