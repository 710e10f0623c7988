import { ENGLISH } from '../../react/words/index.js';
import { catiExpiry } from './cati-facts.js';

const NOW = Date.parse('2026-03-10T12:00:00Z');

it.each([
  ['EXPECTED', '2026-03-13T13:00:00Z', '3 days left at the provider'],
  ['FAILED', '2026-03-11T13:00:00Z', '1 day left at the provider'],
  ['PENDING', '2026-03-10T13:00:00Z', 'Last day at the provider'],
  ['FAILED', '2026-03-09T12:00:00Z', 'May be gone at the provider'],
  ['FAILED', null, undefined],
  ['UPLOADED', '2026-03-11T12:00:00Z', undefined],
  ['DELETED', '2026-03-11T12:00:00Z', undefined],
] as const)('%s, kept by the provider until %s: %s', (status, sourceExpiresAt, text) => {
  expect(catiExpiry({ status, sourceExpiresAt }, ENGLISH, NOW)).toBe(text);
});

it('says nothing of a call without a recording', () => {
  expect(catiExpiry(null, ENGLISH, NOW)).toBeUndefined();
});
