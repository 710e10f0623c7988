import { once } from 'node:events';
import { eventually } from '../support/eventually.js';
import { FaultyStorage } from '../support/faulty-storage.js';
import { fixture, sha256 } from '../support/fixtures.js';
import { begin, type Answer } from '../support/raw-request.js';
import { TestApp } from '../support/test-app.js';
import {
  checksumOf,
  metadataOf,
  problemOf,
  TUS_BYTES,
  TusCaller,
  type TusHeaders,
} from '../support/tus-steps.js';
import { stateOf } from '../support/upload-steps.js';

const FIRST = 40_000;
const MIB = 1024 * 1024;

let app: TestApp;
let storage: FaultyStorage;
let tus: TusCaller;
let file: Buffer;

beforeAll(async () => {
  storage = await FaultyStorage.create();
  app = await TestApp.start({ storage });
  tus = await TusCaller.create(app);
  file = await fixture('call.mp3');
});
afterAll(() => app[Symbol.asyncDispose]());

const create = (headers: TusHeaders = {}, body?: Uint8Array) =>
  tus.create({ 'upload-length': file.length, ...headers }, body);

/** An upload of the fixture whose first bytes have arrived. */
const begun = async () => (await create(TUS_BYTES, file.subarray(0, FIRST))).id;

const rest = () => file.subarray(FIRST);

describe('bytes', () => {
  it.each<[string, (id: string) => Promise<Answer>, object]>([
    ['a gap', (id) => tus.patch(id, FIRST + 1, rest()), { status: 409, expectedOffset: FIRST }],
    [
      'an offset that was passed',
      (id) => tus.patch(id, 0, file.subarray(0, FIRST)),
      { status: 409, expectedOffset: FIRST },
    ],
    [
      'no offset',
      (id) => tus.patch(id, 0, rest(), { 'upload-offset': null }),
      { status: 400, field: 'Upload-Offset' },
    ],
    ['an offset that is none', (id) => tus.patch(id, -1, rest()), { status: 400, field: 'Upload-Offset' }],
    ['another type', (id) => tus.patch(id, FIRST, rest(), { 'content-type': 'audio/mpeg' }), { status: 415 }],
    [
      'another length',
      (id) => tus.patch(id, FIRST, rest(), { 'upload-length': 1 }),
      { status: 400, field: 'Upload-Length' },
    ],
    [
      'a byte too many',
      (id) => tus.patch(id, FIRST, Buffer.concat([rest(), Buffer.alloc(1)])),
      { status: 413 },
    ],
    [
      'a byte too many, undeclared',
      (id) =>
        tus.patch(id, FIRST, Buffer.concat([rest(), Buffer.alloc(1)]), { 'transfer-encoding': 'chunked' }),
      { status: 413 },
    ],
    [
      'another SHA-1',
      (id) => tus.patch(id, FIRST, rest(), { 'upload-checksum': checksumOf('sha1', file) }),
      { status: 460, code: 'CHECKSUM_MISMATCH' },
    ],
    [
      'another SHA-256',
      (id) => tus.patch(id, FIRST, rest(), { 'upload-checksum': checksumOf('sha256', file) }),
      { status: 460 },
    ],
    [
      'an unknown checksum',
      (id) => tus.patch(id, FIRST, rest(), { 'upload-checksum': 'crc32 AAAAAA==' }),
      { status: 400, field: 'Upload-Checksum' },
    ],
    [
      'half a checksum',
      (id) => tus.patch(id, FIRST, rest(), { 'upload-checksum': 'sha1 AAAA' }),
      { status: 400, field: 'Upload-Checksum' },
    ],
  ])('%s is refused, and nothing has changed', async (_name, request, problem) => {
    const id = await begun();
    const before = await stateOf(app, id);
    expect(problemOf(await request(id))).toMatchObject(problem);
    expect(await stateOf(app, id)).toEqual(before);
  });

  it('with good checksums make the file', async () => {
    const { id } = await create();
    const cuts = [0, 1, FIRST, 2 * FIRST, file.length];
    for (const [n, algorithm] of ['sha1', 'sha256', 'sha512', 'sha1'].entries()) {
      const part = file.subarray(cuts[n], cuts[n + 1]);
      const answer = await tus.patch(id, cuts[n] ?? 0, part, {
        'upload-checksum': checksumOf(algorithm, part),
      });
      expect(answer).toMatchObject({ status: 204, headers: { 'upload-offset': String(cuts[n + 1]) } });
    }
    await app.ingested(id);
    expect(await tus.caller.client.upload(id)).toMatchObject({ status: 'COMPLETED' });
  });

  it('none change nothing', async () => {
    const id = await begun();
    const before = await stateOf(app, id);
    expect(await tus.patch(id, FIRST, Buffer.alloc(0))).toMatchObject({
      status: 204,
      headers: { 'upload-offset': String(FIRST) },
    });
    expect(await stateOf(app, id)).toEqual(before);
  });

  it('of no audio are refused', async () => {
    const { id } = await create();
    expect((await tus.patch(id, 0, Buffer.from('<!doctype html>'.padEnd(20_000)))).status).toBe(415);
    expect((await tus.patch(id, 0, file)).status).toBe(204);
  });

  it('of a large body are kept in pieces', async () => {
    const wave = Buffer.alloc(20 * MIB + 5);
    (await fixture('call.wav')).copy(wave);
    const { id } = await create({ 'upload-length': wave.length });
    expect((await tus.patch(id, 0, wave)).headers).toMatchObject({ 'upload-offset': String(wave.length) });
    const { chunks } = await stateOf(app, id);
    expect(chunks.map(({ first_byte }) => Number(first_byte))).toEqual([0, 8 * MIB, 16 * MIB]);
    expect(await tus.storedHash(id)).toBe(sha256(wave));
  });
});

describe('a connection that breaks', () => {
  /** A request whose first bytes the server has begun to store. */
  async function stalled(id: string, byteSize: number, headers: TusHeaders = {}) {
    const putting = once(storage.events, 'put');
    const { req, answer } = begin(`${app.url}/tus/${id}`, {
      method: 'PATCH',
      headers: tus.headers({ ...TUS_BYTES, 'upload-offset': FIRST, 'content-length': byteSize, ...headers }),
    });
    req.write(file.subarray(FIRST, FIRST + 1000));
    await putting;
    return { req, answer };
  }

  async function offsetBecomes(id: string, offset: number): Promise<void> {
    await eventually(async () => Number((await tus.head(id)).headers['upload-offset']) === offset);
  }

  it('leaves what arrived', async () => {
    const id = await begun();
    const { req } = await stalled(id, 5000);
    req.destroy();
    await offsetBecomes(id, FIRST + 1000);
    expect((await tus.patch(id, FIRST + 1000, file.subarray(FIRST + 1000))).status).toBe(204);
    expect(await tus.storedHash(id)).toBe(sha256(file));
  });

  it('with a checksum leaves nothing', async () => {
    const id = await begun();
    const before = await stateOf(app, id);
    const refused = once(storage.events, 'settled');
    const { req } = await stalled(id, 5000, { 'upload-checksum': checksumOf('sha1', rest()) });
    req.destroy();
    await refused;
    expect(await stateOf(app, id)).toEqual(before);
  });

  it('and comes back to life finds the newer writer ahead', async () => {
    const id = await begun();
    const { req, answer } = await stalled(id, 5000);
    expect((await tus.patch(id, FIRST, rest())).status).toBe(204);
    req.end(file.subarray(FIRST + 1000, FIRST + 5000));
    expect((await answer).status).toBe(409);
    expect(await tus.storedHash(id)).toBe(sha256(file));
  });

  it('after the last byte costs nothing: HEAD finalizes', async () => {
    const id = await begun();
    await tus.caller.client.appendChunk({ uploadId: id, offset: FIRST, chunk: rest() });
    expect(await tus.head(id)).toMatchObject({
      status: 200,
      headers: { 'upload-offset': String(file.length) },
    });
    await app.ingested(id);
    expect(await tus.head(id)).toMatchObject({
      status: 200,
      headers: { 'upload-length': String(file.length) },
    });
    expect((await tus.patch(id, file.length, Buffer.alloc(0))).status).toBe(204);
    expect(await tus.caller.client.upload(id)).toMatchObject({ status: 'COMPLETED' });
  });
});

describe('an upload that is over', () => {
  const set = (status: string) => (id: string) =>
    app.database.query(`update upload_sessions set status = $2 where id = $1`, [id, status]);

  it.each([
    ['terminated', (id: string) => tus.ask('DELETE', `/tus/${id}`), [410, 410, 410]],
    ['expired', set('EXPIRED'), [410, 410, 410]],
    ['failed', set('FAILED'), [410, 410, 410]],
    ['finalizing', set('FINALIZING'), [200, 409, 409]],
  ])('%s', async (_name, end, statuses) => {
    const id = await begun();
    await end(id);
    const answers = [
      await tus.head(id),
      await tus.patch(id, FIRST, rest()),
      await tus.ask('DELETE', `/tus/${id}`),
    ];
    expect(answers.map(({ status }) => status)).toEqual(statuses);
  });

  it('one that goes another way is none of tus', async () => {
    const { id } = await tus.caller.open({ byteSize: file.length, strategy: 'PUT' });
    expect((await tus.head(id)).status).toBe(409);
    expect((await tus.patch(id, 0, file)).status).toBe(409);
  });

  it('its call has a recording already', async () => {
    const { callLogId } = await tus.caller.recorded('call.amr');
    const { answer } = await create({ 'upload-metadata': metadataOf({ callLogId }) });
    expect(answer.status).toBe(409);
  });
});
