import { randomUUID } from 'node:crypto';
import { fixture, sha256 } from '../support/fixtures.js';
import { send } from '../support/raw-request.js';
import { testS3 } from '../support/s3.js';
import { TestApp } from '../support/test-app.js';
import { metadataOf, problemOf, TUS_BYTES, TusCaller, type TusHeaders } from '../support/tus-steps.js';
import { stateOf } from '../support/upload-steps.js';

const FIRST = 40_000;
const MIB = 1024 * 1024;

let app: TestApp;
let tus: TusCaller;
let file: Buffer;

beforeAll(async () => {
  app = await TestApp.start({ s3: testS3(), env: { CORS_ORIGINS: 'https://app.example.com' } });
  tus = await TusCaller.create(app);
  file = await fixture('call.mp3');
});
afterAll(() => app[Symbol.asyncDispose]());

const create = (headers: TusHeaders = {}, body?: Uint8Array) =>
  tus.create({ 'upload-length': file.length, ...headers }, body);

/** An upload of the fixture whose first bytes have arrived. */
const begun = async () => (await create(TUS_BYTES, file.subarray(0, FIRST))).id;

const rest = () => file.subarray(FIRST);

describe('the protocol', () => {
  it('OPTIONS tells what the server can, without a token', async () => {
    const { status, headers } = await send(`${app.url}/tus`, undefined, { method: 'OPTIONS' });
    expect({ status, ...headers }).toMatchObject({
      status: 204,
      'tus-resumable': '1.0.0',
      'tus-version': '1.0.0',
      'tus-extension': 'creation,creation-with-upload,creation-defer-length,expiration,checksum,termination',
      'tus-max-size': String(1000 * MIB),
      'tus-checksum-algorithm': 'sha1,sha256,sha512',
    });
  });

  it('a page of another origin may send and read all of its headers', async () => {
    const origin = { origin: 'https://app.example.com' };
    const sent = [
      'authorization',
      'tus-resumable',
      'upload-length',
      'upload-offset',
      'upload-metadata',
      'upload-checksum',
      'upload-defer-length',
      'content-type',
      'x-http-method-override',
    ];
    const { headers } = await send(`${app.url}/tus/1`, undefined, {
      method: 'OPTIONS',
      headers: {
        ...origin,
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': sent.join(),
      },
    });
    const allowed = headers['access-control-allow-headers']?.toLowerCase().split(',');
    expect(allowed).toEqual(expect.arrayContaining(sent));
    expect(headers['access-control-allow-methods']).toContain('PATCH');
    const answer = await tus.ask('HEAD', `/tus/${await begun()}`, origin);
    const exposed = answer.headers['access-control-expose-headers']?.toLowerCase().split(',');
    const read = Object.keys(answer.headers).filter((name) => /^(tus|upload)-/.test(name));
    expect(read).toHaveLength(5);
    expect(exposed).toEqual(
      expect.arrayContaining([...read, 'location', 'tus-version', 'upload-defer-length']),
    );
  });

  it.each(['HEAD', 'PATCH', 'DELETE'])('%s in another version is 412 and names ours', async (method) => {
    for (const version of ['0.2.2', null]) {
      const { status, headers } = await tus.ask(method, `/tus/${await begun()}`, {
        'tus-resumable': version,
      });
      expect({ status, ...headers }).toMatchObject({ status: 412, 'tus-version': '1.0.0' });
    }
  });

  it('refusals speak tus too', async () => {
    const answers = [
      await tus.ask('HEAD', `/tus/${randomUUID()}`),
      await tus.ask('POST', '/tus', { authorization: null }),
      await tus.ask('GET', '/tus/1'),
    ];
    expect(answers.map(({ status, headers }) => [status, headers['tus-resumable']])).toEqual([
      [404, '1.0.0'],
      [401, '1.0.0'],
      [404, '1.0.0'],
    ]);
  });

  it.each(['PATCH', 'DELETE', 'HEAD'])('POST may mean %s', async (method) => {
    const id = await begun();
    const { status } = await tus.ask(
      'POST',
      `/tus/${id}`,
      { ...TUS_BYTES, 'x-http-method-override': method, 'upload-offset': FIRST },
      Buffer.alloc(10),
    );
    expect(status).toBe(method === 'HEAD' ? 200 : 204);
    const session = {
      PATCH: { received_bytes: String(FIRST + 10) },
      DELETE: { status: 'CANCELLED' },
      HEAD: { status: 'OPEN' },
    }[method];
    expect(await stateOf(app, id)).toMatchObject({ session });
  });
});

describe('creation', () => {
  it('opens an upload like requestUpload, and tells what it was told', async () => {
    const callLogId = await tus.caller.call();
    const facts = { callLogId, filename: 'Gespräch 1.mp3', filetype: 'audio/mpeg', sha256: sha256(file) };
    const { answer, id } = await create({
      'upload-metadata': `relativePath ,${metadataOf(facts)},name eA==`,
    });
    expect(answer).toMatchObject({ status: 201, headers: { 'upload-offset': '0' } });
    const upload = await tus.caller.client.upload(id);
    expect(upload).toMatchObject({ status: 'OPEN', strategy: 'CHUNKED', byteSize: file.length });
    const expires = Date.parse(String(answer.headers['upload-expires']));
    expect(Math.abs(expires - Date.parse(upload.expiresAt))).toBeLessThan(1000);
    const { status, headers } = await tus.head(id);
    expect({ status, ...headers }).toMatchObject({
      status: 200,
      'upload-offset': '0',
      'upload-length': String(file.length),
      'upload-metadata': metadataOf(facts),
      'cache-control': 'no-store',
    });
    expect(await create({ 'upload-metadata': metadataOf(facts) })).toMatchObject({
      answer: { status: 201 },
      id,
    });
  });

  it.each<[string, TusHeaders, object]>([
    ['no call', { 'upload-metadata': metadataOf({ filename: 'a' }) }, { status: 400, field: 'callLogId' }],
    ['no metadata', { 'upload-metadata': null }, { status: 400, field: 'callLogId' }],
    ['a call that is none', { 'upload-metadata': metadataOf({ callLogId: randomUUID() }) }, { status: 404 }],
    [
      'metadata that is no Base64',
      { 'upload-metadata': 'callLogId %' },
      { status: 400, field: 'Upload-Metadata' },
    ],
    ['a key twice', { 'upload-metadata': 'a YQ==,a YQ==' }, { status: 400, field: 'Upload-Metadata' }],
    ['no length', { 'upload-length': null }, { status: 400, field: 'Upload-Length' }],
    ['a length that is none', { 'upload-length': '-1' }, { status: 400, field: 'Upload-Length' }],
    ['an empty file', { 'upload-length': 0 }, { status: 400, field: 'byteSize' }],
    ['a file that is too large', { 'upload-length': 1000 * MIB + 1 }, { status: 413, limit: 1000 * MIB }],
    ['a length and none', { 'upload-defer-length': 1 }, { status: 400, field: 'Upload-Length' }],
    ['an unknown deferral', { 'upload-defer-length': 2 }, { status: 400, field: 'Upload-Defer-Length' }],
  ])('%s is refused', async (_name, headers, problem) => {
    expect(problemOf((await create(headers)).answer)).toMatchObject(problem);
  });

  it('a file type that is no audio is refused', async () => {
    const facts = { callLogId: await tus.caller.call(), filetype: 'text/html' };
    expect((await create({ 'upload-metadata': metadataOf(facts) })).answer.status).toBe(415);
  });

  it('brings bytes along, some or all', async () => {
    const some = await create(TUS_BYTES, file.subarray(0, FIRST));
    expect(some.answer).toMatchObject({ status: 201, headers: { 'upload-offset': String(FIRST) } });
    const all = await create(TUS_BYTES, file);
    expect(all.answer).toMatchObject({ status: 201, headers: { 'upload-offset': String(file.length) } });
    await app.ingested(all.id);
    expect(await tus.caller.client.upload(all.id)).toMatchObject({ status: 'COMPLETED' });
  });
});

describe('the length, deferred', () => {
  const DEFERRED = { 'upload-length': null, 'upload-defer-length': 1 };

  it('comes with the last bytes', async () => {
    const { id, answer } = await create(DEFERRED);
    expect(answer.status).toBe(201);
    await tus.patch(id, 0, file.subarray(0, FIRST));
    const { headers } = await tus.head(id);
    expect(headers).toMatchObject({ 'upload-defer-length': '1', 'upload-offset': String(FIRST) });
    expect(headers['upload-length']).toBeUndefined();
    expect((await tus.patch(id, FIRST, rest(), { 'upload-length': file.length })).status).toBe(204);
    await app.ingested(id);
    expect(await tus.caller.client.upload(id)).toMatchObject({ status: 'COMPLETED', byteSize: file.length });
  });

  it('or behind them', async () => {
    const { id } = await create({ ...DEFERRED, ...TUS_BYTES }, file);
    expect(await tus.caller.client.upload(id)).toMatchObject({ status: 'OPEN', receivedBytes: file.length });
    expect((await tus.patch(id, file.length, Buffer.alloc(0), { 'upload-length': file.length })).status).toBe(
      204,
    );
    await app.ingested(id);
    expect((await tus.head(id)).headers).toMatchObject({ 'upload-length': String(file.length) });
  });

  it.each([
    ['less than arrived', FIRST - 1, 400],
    ['more than is taken', 1000 * MIB + 1, 413],
  ])('%s is refused', async (_name, length, status) => {
    const { id } = await create({ ...DEFERRED, ...TUS_BYTES }, file.subarray(0, FIRST));
    expect((await tus.patch(id, FIRST, Buffer.alloc(0), { 'upload-length': length })).status).toBe(status);
    expect((await tus.head(id)).headers).toMatchObject({ 'upload-defer-length': '1' });
  });

  it('is told once', async () => {
    const { id } = await create({ ...DEFERRED, ...TUS_BYTES }, file.subarray(0, FIRST));
    const lengths = [file.length, file.length, file.length + 1];
    const statuses = [];
    for (const length of lengths)
      statuses.push((await tus.patch(id, FIRST, Buffer.alloc(0), { 'upload-length': length })).status);
    expect(statuses).toEqual([204, 204, 400]);
  });
});
