import { EarshotError } from './errors.js';
import { dataOf, retryAfterSeconds } from './response.js';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const json = (value: unknown) => JSON.stringify(value);

function read(status: number, body: string, headers: Record<string, string> = {}): unknown {
  return dataOf({ status, body, header: (name) => headers[name] ?? null }, 'Leads', NOW);
}

function failure(status: number, body: string, headers: Record<string, string> = {}): EarshotError {
  try {
    read(status, body, headers);
  } catch (error) {
    if (error instanceof EarshotError) return error;
    throw error;
  }
  throw new Error('It should have failed.');
}

describe('dataOf', () => {
  it.each([
    ['data alone', json({ data: { me: 1 } })],
    ['an empty list of errors', json({ data: { me: 1 }, errors: [] })],
  ])('gives the data: %s', (_name, body) => {
    expect(read(200, body)).toEqual({ me: 1 });
  });

  const offset = { code: 'OFFSET_MISMATCH', expectedOffset: 42, requestId: 'r9' };
  const limited = { code: 'RATE_LIMITED', retryAfterSeconds: 5 };
  const html = '<html><h1>502 Bad Gateway</h1></html>';

  it.each([
    [
      'a code with its details',
      200,
      json({ errors: [{ message: 'm', path: ['appendChunk'], extensions: offset }] }),
      {},
      {
        name: 'OffsetMismatchError',
        expectedOffset: 42,
        requestId: 'r9',
        path: ['appendChunk'],
        status: 200,
      },
    ],
    [
      'its own wait before the header',
      429,
      json({ errors: [{ message: 'm', extensions: limited }] }),
      { 'retry-after': '60' },
      { name: 'RateLimitedError', retryAfterSeconds: 5 },
    ],
    [
      'the header where it names no wait',
      503,
      json({ errors: [{ message: 'm', extensions: { code: 'UNAVAILABLE' } }] }),
      { 'retry-after': '7' },
      { name: 'UnavailableError', retryAfterSeconds: 7 },
    ],
    [
      'errors beside data',
      200,
      json({ data: { lead: null, me: 1 }, errors: [{ message: 'm', extensions: { code: 'NOT_FOUND' } }] }),
      {},
      { name: 'NotFoundError', data: { lead: null, me: 1 } },
    ],
    [
      'errors and null data',
      200,
      json({ data: null, errors: [{ message: 'm', extensions: { code: 'FORBIDDEN' } }] }),
      {},
      { name: 'ForbiddenError', data: undefined },
    ],
    [
      'the first of several errors',
      200,
      json({ errors: [{ message: 'm', extensions: { code: 'CONFLICT' } }, { message: 'n' }] }),
      {},
      {
        name: 'ConflictError',
        errors: [{ message: 'm', extensions: { code: 'CONFLICT' } }, { message: 'n' }],
      },
    ],
    [
      'an unknown code',
      200,
      json({ errors: [{ message: 'm', extensions: { code: 'NEW_ONE' } }] }),
      {},
      { name: 'EarshotError', code: 'NEW_ONE', message: 'm' },
    ],
    [
      'an error without extensions',
      200,
      json({ errors: [{ message: 'm' }] }),
      {},
      { name: 'InternalServerError', code: 'INTERNAL' },
    ],
    [
      'an error that is no object',
      200,
      json({ errors: ['m'] }),
      {},
      { name: 'InternalServerError', message: 'The server refused without a reason.' },
    ],
    [
      'details of the wrong type',
      200,
      json({ errors: [{ message: 'm', extensions: { code: 'CONFLICT', limit: '3', field: 4 } }] }),
      {},
      { name: 'ConflictError', limit: undefined, field: undefined },
    ],
    [
      'a request id in the header',
      200,
      json({ errors: [{ message: 'm' }] }),
      { 'x-request-id': 'h1' },
      { requestId: 'h1' },
    ],
    [
      'a problem',
      413,
      json({
        type: 'about:blank',
        title: 't',
        detail: 'At most 3 bytes.',
        code: 'PAYLOAD_TOO_LARGE',
        limit: 3,
        field: 'chunk',
      }),
      {},
      { name: 'PayloadTooLargeError', message: 'At most 3 bytes.', limit: 3, field: 'chunk' },
    ],
    [
      'a problem with a title only',
      400,
      json({ title: 'Bad.', code: 'BAD_REQUEST' }),
      {},
      { name: 'BadRequestError', message: 'Bad.' },
    ],
    [
      'a page of a failing gateway',
      502,
      html,
      { 'content-type': 'text/html', 'retry-after': '3' },
      { name: 'UnavailableError', retryable: true, retryAfterSeconds: 3, status: 502 },
    ],
    ['a page of a busy gateway', 503, html, {}, { name: 'UnavailableError' }],
    ['a gateway that waited too long', 504, '', {}, { name: 'UnavailableError' }],
    [
      'a proxy that limits',
      429,
      '',
      { 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' },
      { name: 'RateLimitedError', retryAfterSeconds: 30 },
    ],
    ['a proxy that takes no such body', 413, html, {}, { name: 'PayloadTooLargeError', retryable: false }],
    ['a proxy that wants a token', 401, 'no', {}, { name: 'UnauthenticatedError' }],
    [
      'a captive portal',
      200,
      html,
      { 'content-type': 'text/html' },
      { name: 'ResponseFormatError', code: 'BAD_RESPONSE', retryable: true },
    ],
    ['another address', 404, html, {}, { name: 'ResponseFormatError', retryable: false }],
    ['a server that broke', 500, 'oops', {}, { name: 'ResponseFormatError', retryable: true }],
    ['JSON of another kind', 200, '[1]', {}, { name: 'ResponseFormatError' }],
    ['an object of another kind', 200, json({ ok: true }), {}, { name: 'ResponseFormatError' }],
    ['null data without a reason', 200, json({ data: null }), {}, { name: 'ResponseFormatError' }],
    ['a body cut short', 200, '{"data":{"me"', {}, { name: 'ResponseFormatError' }],
  ])('fails on %s', (_name, status, body, headers, expected) => {
    expect(failure(status, body, headers as Record<string, string>)).toMatchObject({
      operation: 'Leads',
      ...expected,
    });
  });
});

describe('retryAfterSeconds', () => {
  it.each([
    [null, undefined],
    ['', undefined],
    ['0', 0],
    ['120', 120],
    ['Thu, 01 Jan 2026 00:01:00 GMT', 60],
    ['Wed, 31 Dec 2025 23:00:00 GMT', 0],
    ['soon', undefined],
    ['-5', 0],
  ])('%j is %p', (header, expected) => {
    expect(retryAfterSeconds(header, NOW)).toBe(expected);
  });
});
