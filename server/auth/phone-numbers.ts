import { accessOf } from './policy.js';
import type { Viewer } from './viewer.js';

/** All but the last four digits masked; a number of four digits or fewer is masked whole. */
export function maskNumber(number: string): string {
  const digits = number.replace(/\D/g, '').length;
  let hidden = digits <= 4 ? digits : digits - 4;
  return number.replace(/\d/g, (digit) => (hidden-- > 0 ? '*' : digit));
}

/** A number as this viewer may see it. */
export function shownNumber<N extends string | null>(viewer: Viewer, number: N): N | string {
  return number === null || accessOf(viewer, 'phoneNumbers.read') === 'all' ? number : maskNumber(number);
}
