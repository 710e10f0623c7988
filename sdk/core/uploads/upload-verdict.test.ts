import { createError } from '../error-classes.js';
import { verdictOfError, verdictOfFailure } from './upload-verdict.js';

it.each<[string, string, string, boolean | undefined]>([
  ['NETWORK', 'retry', 'NO_CONNECTION', false],
  ['TIMEOUT', 'retry', 'NO_CONNECTION', false],
  ['RATE_LIMITED', 'retry', 'SERVER_BUSY', false],
  ['UNAUTHENTICATED', 'retry', 'SIGNED_OUT', false],
  ['QUOTA_EXCEEDED', 'retry', 'QUOTA_EXCEEDED', false],
  ['UNAVAILABLE', 'retry', 'SERVER_BUSY', true],
  ['INTERNAL', 'retry', 'SERVER_BUSY', true],
  ['CHECKSUM_MISMATCH', 'retry', 'DAMAGED_ON_THE_WAY', true],
  ['CHUNK_DIFFERS', 'final', 'FILE_CHANGED', undefined],
  ['FORBIDDEN', 'final', 'NOT_ALLOWED', undefined],
  ['NOT_FOUND', 'final', 'CALL_NOT_FOUND', undefined],
  ['PAYLOAD_TOO_LARGE', 'final', 'FILE_TOO_LARGE', undefined],
  ['UNSUPPORTED_MEDIA_TYPE', 'final', 'NOT_AUDIO', undefined],
  ['BAD_USER_INPUT', 'final', 'REFUSED', undefined],
  ['OF_A_NEWER_SERVER', 'final', 'REFUSED', undefined],
])('%s of the API', (code, kind, problem, isBounded) => {
  const verdict = verdictOfError(createError('No.', { code, requestId: 'r1' }));
  expect(verdict).toMatchObject({ kind, problem: { code: problem, requestId: 'r1' } });
  expect('isBounded' in verdict ? verdict.isBounded : undefined).toBe(isBounded);
});

it('retries what is no answer of the API when it may pass, such as a captive portal', () => {
  const portal = createError('Log in to the Wi-Fi.', { code: 'BAD_RESPONSE', retryable: true });
  expect(verdictOfError(portal)).toMatchObject({ kind: 'retry', isBounded: true });
  const gone = createError('Gone.', { code: 'BAD_RESPONSE', retryable: false });
  expect(verdictOfError(gone)).toMatchObject({ kind: 'final' });
});

it.each([
  ['NOT_AUDIO', 'final', 'NOT_AUDIO'],
  ['TOO_LARGE', 'final', 'FILE_TOO_LARGE'],
  ['CONFLICT', 'final', 'OTHER_RECORDING_EXISTS'],
  ['CHECKSUM_MISMATCH', 'retry', 'DAMAGED_ON_THE_WAY'],
  ['TRUNCATED', 'retry', 'DAMAGED_ON_THE_WAY'],
  ['INTERNAL', 'retry', 'SERVER_BUSY'],
] as const)('bytes refused for %s', (code, kind, problem) => {
  expect(verdictOfFailure({ code, message: '' })).toMatchObject({ kind, problem: { code: problem } });
});
