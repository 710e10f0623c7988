import { verdictOfResponse } from './send-verdict.js';

const response = (status: number, headers: Record<string, string> = {}, text = '') => ({
  status,
  text,
  header: (name: string) => headers[name] ?? null,
});

it.each<[number, unknown]>([
  [200, 'stored'],
  [201, 'stored'],
  [412, 'stored'],
  [401, 'resign'],
  [403, 'resign'],
  [410, 'resign'],
  [413, 'chunk'],
  [404, 'ask'],
  [409, 'ask'],
  [415, { kind: 'final', problem: { code: 'NOT_AUDIO' } }],
  [400, { kind: 'final', problem: { code: 'REFUSED' } }],
  [408, { kind: 'retry' }],
  [429, { kind: 'retry' }],
  [500, { kind: 'retry' }],
  [503, { kind: 'retry' }],
  [307, { kind: 'retry' }],
])('a store that answers %i', (status, expected) => {
  const verdict = verdictOfResponse(response(status), 0);
  if (typeof expected === 'string') expect(verdict).toBe(expected);
  else expect(verdict).toMatchObject(expected as object);
});

it("believes a store's Retry-After, and passes on its reason", () => {
  expect(verdictOfResponse(response(503, { 'retry-after': '7' }), 0)).toEqual({
    kind: 'retry',
    code: 'SERVER_BUSY',
    isBounded: true,
    afterSeconds: 7,
  });
  const refused = response(400, {}, '{"detail":"This link is for exactly 5 bytes."}');
  expect(verdictOfResponse(refused, 0)).toMatchObject({
    problem: { message: 'The server refused the recording. This link is for exactly 5 bytes.' },
  });
});

const xml = (code: string, message = 'No.') =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;

it.each([
  ['RequestTimeout', 'NO_CONNECTION', false],
  ['IncompleteBody', 'NO_CONNECTION', false],
  ['ExpiredToken', 'SERVER_BUSY', true],
  ['BadDigest', 'DAMAGED_ON_THE_WAY', true],
])('tries again where S3 answers 400 %s', (name, code, isBounded) => {
  expect(verdictOfResponse(response(400, {}, xml(name)), 0)).toMatchObject({
    kind: 'retry',
    code,
    isBounded,
  });
});

it('passes on what S3 says of a refusal', () => {
  const refused = response(400, {}, xml('EntityTooSmall', 'Smaller than &lt;5 &amp; a bit&gt; MB.'));
  expect(verdictOfResponse(refused, 0)).toMatchObject({
    kind: 'final',
    problem: { message: 'The server refused the recording. Smaller than <5 & a bit> MB.' },
  });
});
