import { contentRange, readHeaders, retryAfter } from './response-headers.js';

const NOW = Date.UTC(2025, 7, 8, 12, 0, 0);

it.each([
  ['120', 120],
  ['0', 0],
  ['Fri, 08 Aug 2025 12:01:00 GMT', 60],
  ['Fri, 08 Aug 2025 11:00:00 GMT', 0],
  ['999999999', 86_400],
  ['soon', undefined],
  [undefined, undefined],
])('Retry-After %s is %s seconds', (value, seconds) => {
  expect(retryAfter(value, NOW)).toBe(seconds);
});

it.each([
  ['bytes 0-1/100', { first: 0, last: 1, byteSize: 100 }],
  ['bytes 5-9/*', { first: 5, last: 9, byteSize: undefined }],
  ['bytes */100', { first: undefined, last: undefined, byteSize: 100 }],
  ['items 0-1/2', undefined],
  ['bytes 0-1', undefined],
])('Content-Range %s', (value, expected) => {
  expect(contentRange(value)).toEqual(expected);
});

it('believes no length that is not a number, and no header that is too long', () => {
  const headers = readHeaders(
    { 'content-length': '1e3', 'content-type': 'x'.repeat(300), 'accept-ranges': 'Bytes' },
    NOW,
  );
  expect(headers).toMatchObject({ contentLength: undefined, contentType: undefined, acceptsRanges: true });
});
