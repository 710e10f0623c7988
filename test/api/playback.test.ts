import { Readable } from 'node:stream';
import { CALLS, sha256 } from '../support/fixtures.js';
import { send, type Answer } from '../support/raw-request.js';
import { testS3 } from '../support/s3.js';
import { TestApp } from '../support/test-app.js';
import { Caller, below, keysBelow } from '../support/upload-steps.js';

let app: TestApp;
let caller: Caller;
let bytes: Buffer;
let url: string;
let recordingId: string;
let modified: string;
const N = 18_350;

beforeAll(async () => {
  app = await TestApp.start({ s3: testS3() });
  caller = await Caller.create(app);
  ({ recordingId, bytes } = await caller.recorded('call.amr'));
  const { url: link, uploadedAt } = await caller.client.recording(recordingId);
  url = link?.url ?? '';
  modified = new Date(uploadedAt ?? '').toUTCString();
});
afterAll(() => app[Symbol.asyncDispose]());

const get = (headers: Record<string, string> = {}, method = 'GET', from = url) =>
  send(from, undefined, { method, headers });
const etag = () => `"${sha256(bytes)}"`;

function problemOf({ status, headers, body }: Answer): object {
  expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
  return { status, ...(JSON.parse(body.toString()) as object) };
}

type Part = readonly [first: number, last: number];
const WHOLE = 'whole';
const NONE = 'none';
const past = 'Thu, 01 Jan 2015 00:00:00 GMT';
const future = 'Fri, 01 Jan 2100 00:00:00 GMT';

it.each<
  [
    string,
    Record<string, string> | (() => Record<string, string>),
    Part | 'whole' | 'none' | 'not modified' | 'failed',
  ]
>([
  ['no header', {}, WHOLE],
  ['Safari’s first question', { range: 'bytes=0-1' }, [0, 1]],
  ['everything', { range: 'bytes=0-' }, [0, N - 1]],
  ['from the middle', { range: 'bytes=9000-' }, [9000, N - 1]],
  ['a middle', { range: 'bytes=100-199' }, [100, 199]],
  ['one byte', { range: 'bytes=5-5' }, [5, 5]],
  ['the last byte', { range: `bytes=${N - 1}-` }, [N - 1, N - 1]],
  ['an end past the file', { range: 'bytes=18000-99999' }, [18_000, N - 1]],
  ['an end far past the file', { range: 'bytes=0-99999999999999999999' }, [0, N - 1]],
  ['the last 500 bytes', { range: 'bytes=-500' }, [N - 500, N - 1]],
  ['a suffix longer than the file', { range: 'bytes=-99999' }, [0, N - 1]],
  ['the unit in capitals', { range: 'BYTES=0-1' }, [0, 1]],
  ['space behind', { range: 'bytes=0-1 ' }, [0, 1]],
  ['an empty element of the list', { range: 'bytes=0-1,' }, [0, 1]],
  ['a start at the end', { range: `bytes=${N}-` }, NONE],
  ['a start past the end', { range: 'bytes=99999-' }, NONE],
  ['a suffix of nothing', { range: 'bytes=-0' }, NONE],
  ['an end before its start', { range: 'bytes=5-4' }, WHOLE],
  ['two ranges', { range: 'bytes=0-1,5-6' }, WHOLE],
  ['another unit', { range: 'seconds=0-1' }, WHOLE],
  ['a hex number', { range: 'bytes=0x0-0x1' }, WHOLE],
  ['a sign', { range: 'bytes=+0-1' }, WHOLE],
  ['two dashes', { range: 'bytes=--5' }, WHOLE],
  ['no numbers', { range: 'bytes=-' }, WHOLE],
  ['no unit', { range: '0-1' }, WHOLE],
  ['If-Range with the tag', () => ({ range: 'bytes=0-1', 'if-range': etag() }), [0, 1]],
  ['If-Range with another tag', { range: 'bytes=0-1', 'if-range': '"other"' }, WHOLE],
  ['If-Range with the tag, weak', () => ({ range: 'bytes=0-1', 'if-range': `W/${etag()}` }), WHOLE],
  ['If-Range with the date', () => ({ range: 'bytes=0-1', 'if-range': modified }), [0, 1]],
  ['If-Range with a later date', { range: 'bytes=0-1', 'if-range': future }, WHOLE],
  ['If-Range with an earlier date', { range: 'bytes=0-1', 'if-range': past }, WHOLE],
  ['If-None-Match with the tag', () => ({ 'if-none-match': etag() }), 'not modified'],
  ['If-None-Match with the tag in a list', () => ({ 'if-none-match': `"a", W/${etag()}` }), 'not modified'],
  ['If-None-Match with a star', { 'if-none-match': '*' }, 'not modified'],
  ['If-None-Match and a range', () => ({ 'if-none-match': etag(), range: 'bytes=0-1' }), 'not modified'],
  ['If-None-Match with another tag', { 'if-none-match': '"other"' }, WHOLE],
  ['If-Modified-Since its date', () => ({ 'if-modified-since': modified }), 'not modified'],
  ['If-Modified-Since long ago', { 'if-modified-since': past }, WHOLE],
  ['If-Match with the tag', () => ({ 'if-match': etag() }), WHOLE],
  ['If-Match with another tag', { 'if-match': '"other"' }, 'failed'],
  ['If-Match with the tag, weak', () => ({ 'if-match': `W/${etag()}` }), 'failed'],
  ['If-Unmodified-Since long ago', { 'if-unmodified-since': past }, 'failed'],
  ['If-Unmodified-Since its date', () => ({ 'if-unmodified-since': modified }), WHOLE],
  ['the wish for compression', { 'accept-encoding': 'gzip, br' }, WHOLE],
])('%s', async (_name, given, expected) => {
  const answer = await get(typeof given === 'function' ? given() : given);
  const { status, headers, body } = answer;
  expect(headers['content-encoding']).toBeUndefined();
  if (expected === 'failed') return expect({ status, body }).toEqual({ status: 412, body: Buffer.alloc(0) });
  if (expected === 'none') {
    expect({ status, range: headers['content-range'], body }).toEqual({
      status: 416,
      range: `bytes */${N}`,
      body: Buffer.alloc(0),
    });
    return expect(headers['accept-ranges']).toBe('bytes');
  }
  expect(headers.etag).toBe(etag());
  expect(headers['last-modified']).toBe(modified);
  if (expected === 'not modified')
    return expect({ status, body }).toEqual({ status: 304, body: Buffer.alloc(0) });
  const [first, last] = expected === 'whole' ? [0, N - 1] : expected;
  expect({ status, range: headers['content-range'], length: headers['content-length'] }).toEqual({
    status: expected === 'whole' ? 200 : 206,
    range: expected === 'whole' ? undefined : `bytes ${first}-${last}/${N}`,
    length: String(last - first + 1),
  });
  expect(headers['accept-ranges']).toBe('bytes');
  expect(body.equals(bytes.subarray(first, last + 1))).toBe(true);
});

it.each([{}, { range: 'bytes=0-1' }, { range: 'bytes=99999-' }])(
  'HEAD with %p answers the whole’s headers, and no body',
  async (headers) => {
    const head = await get(headers, 'HEAD');
    expect(head).toMatchObject({
      status: 200,
      body: Buffer.alloc(0),
      headers: {
        'content-length': String(N),
        'accept-ranges': 'bytes',
        etag: etag(),
        'content-type': 'audio/amr',
      },
    });
    expect(head.headers['content-range']).toBeUndefined();
  },
);

it('tells browsers to take it for nothing but audio', async () => {
  const { headers } = await get();
  expect(headers).toMatchObject({
    'content-type': 'audio/amr',
    'content-disposition': `inline; filename="${recordingId}.amr"`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'cross-origin',
  });
  expect(headers['cache-control']).toMatch(/^private, no-transform, max-age=\d+$/);
  expect(headers['set-cookie']).toBeUndefined();
  expect(headers['x-powered-by']).toBeUndefined();
});

it.each(CALLS)(
  '$file is served as $contentType, under a name that ends as it does',
  async ({ file, contentType }) => {
    const { recordingId: id, bytes: stored } = await caller.recorded(file);
    const link = (await caller.client.recording(id)).url?.url ?? '';
    expect(new URL(link).pathname).toBe(`/recordings/${id}/${id}.${file.split('.')[1] ?? ''}`);
    const { status, headers, body } = await get({}, 'GET', link);
    expect({ status, type: headers['content-type'], etag: headers.etag }).toEqual({
      status: 200,
      type: contentType,
      etag: `"${sha256(stored)}"`,
    });
    expect(body.equals(stored)).toBe(true);
  },
);

it('a page of a known origin may ask for ranges and read what it got', async () => {
  const origin = 'http://localhost:5173';
  const preflight = await get(
    { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'range,if-range' },
    'OPTIONS',
  );
  expect(preflight).toMatchObject({ status: 204, headers: { 'access-control-allow-origin': origin } });
  expect(preflight.headers['access-control-allow-headers']).toMatch(/\bRange\b.*\bIf-Range\b/);
  const { headers } = await get({ origin, range: 'bytes=0-1' });
  expect(headers['access-control-allow-origin']).toBe(origin);
  for (const name of ['Content-Range', 'Content-Length', 'ETag', 'Accept-Ranges'])
    expect(headers['access-control-expose-headers']).toContain(name);
  expect(
    (await get({ origin: 'https://evil.example' })).headers['access-control-allow-origin'],
  ).toBeUndefined();
});

it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s is not a way to listen', async (method) => {
  expect(problemOf(await get({}, method))).toMatchObject({ status: 404, code: 'NOT_FOUND' });
});

it('two listen at once, one breaks off: the other hears everything', async () => {
  const { recordingId: id, bytes: stored } = await caller.recorded('call.wav');
  const link = (await caller.client.recording(id)).url?.url ?? '';
  const left = new AbortController();
  const first = await fetch(link, { signal: left.signal });
  const second = get({}, 'GET', link);
  left.abort();
  await expect(first.arrayBuffer()).rejects.toThrow();
  expect((await second).body.equals(stored)).toBe(true);
});

describe('a recording', () => {
  const stored = async () => {
    const { recordingId: id } = await caller.recorded('call.ogg');
    const [key = ''] = await keysBelow(app, below.recording(id));
    return { id, key, link: (await caller.client.recording(id)).url?.url ?? '' };
  };
  const missing = { status: 404, code: 'NOT_FOUND' };

  it.each<[string, (id: string, key: string) => Promise<unknown>]>([
    ['whose object is gone from the store', (_id, key) => app.services.storage.delete(key)],
    [
      'that was removed',
      (id) =>
        app.database.query(`update recordings set status = 'DELETED', error_code = 'REMOVED' where id = $1`, [
          id,
        ]),
    ],
    [
      'that is fetched anew',
      (id) => app.database.query(`update recordings set status = 'PENDING' where id = $1`, [id]),
    ],
  ])('%s is not found', async (_name, act) => {
    const { id, key, link } = await stored();
    await act(id, key);
    expect(problemOf(await get({}, 'GET', link))).toMatchObject(missing);
    expect(problemOf(await get({ range: 'bytes=0-1' }, 'GET', link))).toMatchObject(missing);
  });

  it('that is cut short in the store never looks whole', async () => {
    const { key, link } = await stored();
    await app.services.storage.delete(key);
    await app.services.storage.put(key, Readable.from([Buffer.alloc(1000)]));
    await expect(get({}, 'GET', link)).rejects.toThrow();
    expect(problemOf(await get({ range: 'bytes=5000-' }, 'GET', link))).toMatchObject({
      status: 503,
      code: 'UNAVAILABLE',
    });
    expect(await get({ range: 'bytes=0-9' }, 'GET', link)).toMatchObject({
      status: 206,
      body: Buffer.alloc(10),
    });
  });
});
