import type { Role } from './user.entity.js';
import { maskNumber, shownNumber } from './phone-numbers.js';

it.each([
  ['+919876543210', '+********3210'],
  ['98765 43210', '***** *3210'],
  ['(022) 555-1234', '(***) ***-1234'],
  ['12345', '*2345'],
  ['1234', '****'],
  ['7', '*'],
  ['', ''],
  ['anonymous', 'anonymous'],
])('%j is masked as %j', (number, masked) => {
  expect(maskNumber(number)).toBe(masked);
});

it.each<[Role, boolean]>([
  ['TELECALLER', true],
  ['INTERVIEWER', false],
  ['QUALITY_AGENT', false],
  ['MANAGER', true],
  ['ADMIN', true],
])('%s sees it whole: %s', (role, whole) => {
  const viewer = { id: '1', role, expiresAt: new Date() };
  expect(shownNumber(viewer, '+919876543210')).toBe(whole ? '+919876543210' : '+********3210');
  expect(shownNumber(viewer, null)).toBeNull();
});
