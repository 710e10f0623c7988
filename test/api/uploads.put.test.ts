import { once } from 'node:events';
import { Agent } from 'node:http';
import { StorageUnavailable } from '../../server/storage/storage.js';
import { FaultyStorage } from '../support/faulty-storage.js';
import { fixture, sha256 } from '../support/fixtures.js';
import { begin, send, type Answer, type RawOptions } from '../support/raw-request.js';
import { TestApp } from '../support/test-app.js';
import { Caller, stateOf } from '../support/upload-steps.js';

const EMPTY = { session: { status: 'OPEN', received_bytes: '0' }, chunks: [], objects: [] };

let app: TestApp;
let storage: FaultyStorage;
let caller: Caller;
let file: Buffer;

beforeAll(async () => {
  storage = await FaultyStorage.create();
  app = await TestApp.start({ storage });
  caller = await Caller.create(app);
  file = await fixture('call.amr');
});
afterAll(() => app[Symbol.asyncDispose]());
afterEach(() => (storage.onPut = () => undefined));

async function ticket(byteSize = file.length) {
  const { id, request } = await caller.open({ byteSize, strategy: 'PUT', contentType: 'audio/amr' });
  if (!request) throw new Error('a PUT has a request');
  return { id, url: request.url, request };
}

const put = (url: string, body: Uint8Array = file, options: RawOptions = {}) =>
  send(url, body, { method: 'PUT', headers: { 'content-length': body.length }, ...options });
/** Without a declared length. */
const CHUNKED = { headers: { 'transfer-encoding': 'chunked' } };

function problemOf({ status, headers, body }: Answer): object {
  expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
  return { status, ...(JSON.parse(body.toString()) as object) };
}

it('stores the file once: 201, then 412, and then it is finalized', async () => {
  const { id, url, request } = await ticket();
  expect(request).toMatchObject({ method: 'PUT', headers: [{ name: 'Content-Type', value: 'audio/amr' }] });
  expect(Date.parse(request.expiresAt) - Date.now()).toBeGreaterThan(3_600_000);
  expect(await put(url)).toMatchObject({ status: 201, body: Buffer.alloc(0) });
  const stored = await stateOf(app, id);
  expect(stored).toMatchObject({ session: { received_bytes: String(file.length), chunk_count: 1 } });
  expect(await put(url)).toMatchObject({ status: 412, body: Buffer.alloc(0) });
  expect(await put(url, Buffer.alloc(file.length))).toMatchObject({ status: 412 });
  expect(await stateOf(app, id)).toEqual(stored);

  expect(await caller.client.upload(id)).toMatchObject({ receivedBytes: file.length, request: null });
  await caller.client.finalizeUpload({ uploadId: id, sha256: sha256(file) });
  await app.ingested(id);
  expect(await put(url)).toMatchObject({ status: 412 });
  expect(await caller.client.upload(id)).toMatchObject({ status: 'COMPLETED' });
});

it.each<[string, () => Uint8Array, RawOptions, object]>([
  [
    'a declared length that is too short',
    () => file.subarray(1),
    {},
    { status: 400, code: 'BAD_USER_INPUT', field: 'Content-Length' },
  ],
  [
    'a declared length that is too long',
    () => Buffer.concat([file, file]),
    {},
    { status: 400, code: 'BAD_USER_INPUT', field: 'Content-Length' },
  ],
  ['no bytes', () => Buffer.alloc(0), {}, { status: 400, code: 'BAD_USER_INPUT', field: 'Content-Length' }],
  [
    'too few bytes, undeclared',
    () => file.subarray(0, 9000),
    CHUNKED,
    { status: 409, code: 'UPLOAD_INCOMPLETE', expectedOffset: 0 },
  ],
  [
    'no bytes, undeclared',
    () => Buffer.alloc(0),
    CHUNKED,
    { status: 400, code: 'BAD_USER_INPUT', field: 'body' },
  ],
  [
    'a byte too many, undeclared',
    () => Buffer.concat([file, Buffer.alloc(1)]),
    CHUNKED,
    { status: 413, code: 'PAYLOAD_TOO_LARGE', limit: 18_350 },
  ],
  [
    'far too many bytes, undeclared',
    () => Buffer.alloc(5_000_000, file),
    CHUNKED,
    { status: 413, code: 'PAYLOAD_TOO_LARGE', limit: 18_350 },
  ],
  [
    'a page',
    () => Buffer.from('<!doctype html>'.padEnd(file.length)),
    {},
    { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' },
  ],
])('%s is refused with a problem, and the link stays good', async (_name, body, options, problem) => {
  const { id, url } = await ticket();
  expect(problemOf(await put(url, body(), options))).toMatchObject(problem);
  expect(await stateOf(app, id)).toMatchObject(EMPTY);
  expect(await put(url, file, CHUNKED)).toMatchObject({ status: 201 });
});

it('a refused file does not block the connection that it came by', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const { url } = await ticket();
  expect((await put(url, Buffer.alloc(5_000_000, file), { ...CHUNKED, agent })).status).toBe(413);
  expect((await put(url, file, { ...CHUNKED, agent })).status).toBe(201);
  expect((await put(url, Buffer.alloc(5_000_000, file), { ...CHUNKED, agent })).status).toBe(412);
  expect((await send(`${app.url}/healthz`, undefined, { agent })).status).toBe(200);
  agent.destroy();
});

it.each<[string, FaultyStorage['onPut']]>([
  ['at once', () => Promise.reject(new StorageUnavailable('full'))],
  [
    'amid the file',
    async (_key, body) => {
      for await (const _bytes of body) throw new StorageUnavailable('full');
    },
  ],
])('a store that is full %s answers 503, also to who has not sent everything yet', async (_name, fault) => {
  const large = Buffer.concat([file, Buffer.alloc(8_000_000)]);
  const { id, url } = await ticket(large.length);
  storage.onPut = fault;
  expect(problemOf(await put(url, large))).toMatchObject({ status: 503, code: 'UNAVAILABLE' });
  expect(await stateOf(app, id)).toMatchObject(EMPTY);
});

it('a client that hangs up leaves nothing', async () => {
  const { id, url } = await ticket();
  const putting = once(storage.events, 'put');
  const { req } = begin(url, { method: 'PUT', headers: { 'content-length': file.length } });
  req.write(file.subarray(0, 5000));
  await putting;
  const settled = once(storage.events, 'settled');
  req.destroy();
  await settled;
  expect(await stateOf(app, id)).toMatchObject(EMPTY);
  expect(await put(url)).toMatchObject({ status: 201 });
});

it('a repeated PUT beats one that stalls, which then learns that all is stored', async () => {
  const { id, url } = await ticket();
  const putting = once(storage.events, 'put');
  const slow = begin(url, { method: 'PUT', headers: { 'content-length': file.length } });
  slow.req.write(file.subarray(0, 5000));
  await putting;
  expect(await put(url)).toMatchObject({ status: 201 });
  slow.req.end(file.subarray(5000));
  expect(await slow.answer).toMatchObject({ status: 412 });
  expect((await stateOf(app, id)).objects).toHaveLength(1);
});

it.each([
  ['cancelled', 'CANCELLED', 409, 'CONFLICT'],
  ['expired', 'EXPIRED', 410, 'EXPIRED'],
])(
  'an upload that was %s takes no file, and says so also when it had one',
  async (_name, state, status, code) => {
    for (const had of [false, true]) {
      const { id, url } = await ticket();
      if (had) await put(url);
      await app.database.query('update upload_sessions set status = $2 where id = $1', [id, state]);
      expect(problemOf(await put(url))).toMatchObject({ status, code });
    }
  },
);

describe('the link', () => {
  type Change = (query: URLSearchParams, name: string) => void;
  const CHANGES: [string, Change][] = [
    ['changed', (query, name) => query.set(name, `${query.get(name) ?? ''}1`)],
    ['removed', (query, name) => query.delete(name)],
    ['given twice', (query, name) => query.append(name, query.get(name) ?? '')],
  ];
  const rows = ['v', 'kid', 'exp', 'sig', 'size'].flatMap((name) =>
    CHANGES.map(([what, change]) => [name, what, change] as const),
  );

  it.each([
    ...rows,
    ['viewer', 'added', (query, name) => query.set(name, 'me')] as const satisfies [string, string, Change],
  ])('with %s %s is refused', async (name, _what, change) => {
    const { id, url } = await ticket();
    const changed = new URL(url);
    change(changed.searchParams, name);
    expect(problemOf(await put(changed.href))).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    expect(await stateOf(app, id)).toMatchObject(EMPTY);
  });

  it('has no other parameter than those', async () => {
    expect([...new URL((await ticket()).url).searchParams.keys()].sort()).toEqual([
      'exp',
      'kid',
      'sig',
      'size',
      'v',
    ]);
  });

  it('is good for its own upload alone', async () => {
    const [mine, theirs] = [await ticket(), await ticket()];
    const swapped = mine.url.replace(mine.id, theirs.id);
    expect(problemOf(await put(swapped))).toMatchObject({ status: 403 });
    expect(problemOf(await put(mine.url.replace(mine.id, '..%2f..%2fetc')))).toMatchObject({ status: 403 });
    expect(await stateOf(app, theirs.id)).toMatchObject(EMPTY);
  });

  it('expires', async () => {
    const { id } = await ticket();
    const old = new Date(Date.now() - 2 * 3_600_000);
    const { url } = app.services.uploadLinks.request({ id, byteSize: file.length, contentType: null }, old);
    expect(problemOf(await put(url))).toMatchObject({ status: 410, code: 'EXPIRED' });
  });

  it('for listening is none for uploading, nor the other way round', async () => {
    const { id, url } = await ticket();
    const { recordingId } = await caller.recorded('call.amr');
    const listen = (await caller.client.recording(recordingId)).url?.url ?? '';
    const sized = new URL(listen);
    sized.searchParams.set('size', String(file.length));
    for (const { search } of [new URL(listen), sized])
      expect(problemOf(await put(`${app.url}/uploads/${id}${search}`))).toMatchObject({ status: 403 });
    const { pathname } = new URL(listen);
    expect(problemOf(await send(`${app.url}${pathname}${new URL(url).search}`))).toMatchObject({
      status: 403,
    });
  });

  it('is for PUT alone', async () => {
    const { url } = await ticket();
    for (const method of ['GET', 'POST', 'PATCH', 'DELETE'])
      expect(problemOf(await send(url, undefined, { method }))).toMatchObject({ status: 404 });
  });

  it('of an upload that goes by chunks leads nowhere', async () => {
    const { id, byteSize } = await caller.open({ byteSize: file.length });
    const { url } = app.services.uploadLinks.request({ id, byteSize, contentType: null });
    expect(problemOf(await put(url))).toMatchObject({ status: 404 });
  });

  it('may be used by a page of a known origin', async () => {
    const { url } = await ticket();
    const preflight = await send(url, undefined, {
      method: 'OPTIONS',
      headers: {
        origin: 'http://localhost:5173',
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'content-type',
      },
    });
    expect(preflight).toMatchObject({
      status: 204,
      headers: { 'access-control-allow-origin': 'http://localhost:5173' },
    });
    expect(preflight.headers['access-control-allow-methods']).toContain('PUT');
    expect(preflight.headers['access-control-allow-headers']).toContain('Content-Type');
  });
});
