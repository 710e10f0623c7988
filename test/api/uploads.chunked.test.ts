import { CALLS, fixture, sha256 } from '../support/fixtures.js';
import { testS3 } from '../support/s3.js';
import { TestApp } from '../support/test-app.js';
import { Caller, stateOf } from '../support/upload-steps.js';

const MIB = 1024 * 1024;
const FIRST = 40_000;

let app: TestApp;
let caller: Caller;
let file: Buffer;

beforeAll(async () => {
  app = await TestApp.start({ s3: testS3() });
  caller = await Caller.create(app);
  file = await fixture('call.mp3');
});
afterAll(() => app[Symbol.asyncDispose]());

const append = (uploadId: string, offset: number, chunk: Uint8Array, hash?: string) =>
  caller.client.appendChunk({ uploadId, offset, chunk, sha256: hash });

/** An upload of the fixture whose first chunk has arrived. */
async function begun(): Promise<string> {
  const { id } = await caller.open({ byteSize: file.length });
  await append(id, 0, file.subarray(0, FIRST));
  return id;
}

const next = () => file.subarray(FIRST, FIRST + 5000);
const other = (bytes: Buffer) => Buffer.from(bytes.map((byte) => byte ^ 1));

describe('behind a first chunk of 40,000 bytes', () => {
  it.each<[string, { offset: number; chunk: () => Uint8Array; sha256?: () => string; error: object }]>([
    ['a gap', { offset: FIRST + 1, chunk: next, error: { code: 'OFFSET_MISMATCH', expectedOffset: FIRST } }],
    [
      'a chunk far out',
      { offset: 10 ** 12, chunk: next, error: { code: 'OFFSET_MISMATCH', expectedOffset: FIRST } },
    ],
    [
      'an offset within the first chunk',
      { offset: 10, chunk: next, error: { code: 'OFFSET_MISMATCH', expectedOffset: FIRST } },
    ],
    ['a negative offset', { offset: -1, chunk: next, error: { code: 'BAD_USER_INPUT', field: 'offset' } }],
    [
      'an offset that is no safe integer',
      { offset: 2 ** 53, chunk: next, error: { code: 'BAD_USER_INPUT' } },
    ],
    [
      'other bytes in the same range',
      { offset: 0, chunk: () => other(file.subarray(0, FIRST)), error: { code: 'CHUNK_DIFFERS' } },
    ],
    [
      'the same offset, shorter',
      {
        offset: 0,
        chunk: () => file.subarray(0, FIRST - 1),
        error: { code: 'OFFSET_MISMATCH', expectedOffset: FIRST },
      },
    ],
    [
      'the same offset, longer',
      {
        offset: 0,
        chunk: () => file.subarray(0, FIRST + 1),
        error: { code: 'OFFSET_MISMATCH', expectedOffset: FIRST },
      },
    ],
    [
      'another SHA-256',
      {
        offset: FIRST,
        chunk: next,
        sha256: () => sha256(file),
        error: { code: 'CHECKSUM_MISMATCH', field: 'sha256' },
      },
    ],
    [
      'the first chunk again, broken on the way',
      {
        offset: 0,
        chunk: () => other(file.subarray(0, FIRST)),
        sha256: () => sha256(file.subarray(0, FIRST)),
        error: { code: 'CHECKSUM_MISMATCH', field: 'sha256' },
      },
    ],
    [
      'a malformed SHA-256',
      { offset: FIRST, chunk: next, sha256: () => 'abc', error: { code: 'BAD_USER_INPUT', field: 'sha256' } },
    ],
    [
      'a gap and another SHA-256: the offset comes first',
      {
        offset: FIRST + 9,
        chunk: next,
        sha256: () => sha256(file),
        error: { code: 'OFFSET_MISMATCH', expectedOffset: FIRST },
      },
    ],
    [
      'no bytes',
      { offset: FIRST, chunk: () => Buffer.alloc(0), error: { code: 'BAD_USER_INPUT', field: 'chunk' } },
    ],
    [
      'more than the rest',
      {
        offset: FIRST,
        chunk: () => Buffer.alloc(file.length - FIRST + 1),
        error: { code: 'PAYLOAD_TOO_LARGE', field: 'chunk' },
      },
    ],
  ])('%s is refused, and nothing has changed', async (_name, { offset, chunk, sha256: hash, error }) => {
    const id = await begun();
    const before = await stateOf(app, id);
    await expect(append(id, offset, chunk(), hash?.())).rejects.toMatchObject({ retryable: false, ...error });
    expect(await stateOf(app, id)).toEqual(before);
  });

  it('the same chunk again is answered as done, and stored once', async () => {
    const id = await begun();
    const before = await stateOf(app, id);
    await expect(append(id, 0, file.subarray(0, FIRST))).resolves.toMatchObject({ receivedBytes: FIRST });
    expect(await stateOf(app, id)).toEqual(before);
  });

  it('the next chunk is taken, its SHA-256 in capitals, and sets the expiry anew', async () => {
    const id = await begun();
    await app.database.query(
      `update upload_sessions set expires_at = now() + interval '1 minute' where id = $1`,
      [id],
    );
    const answer = await append(id, FIRST, next(), sha256(next()).toUpperCase());
    expect(answer).toMatchObject({ receivedBytes: FIRST + 5000, status: 'OPEN', recording: null });
    expect(Date.parse(answer.expiresAt) - Date.now()).toBeGreaterThan(23 * 3_600_000);
  });

  it.each([
    ['cancelled', 'CONFLICT', (id: string) => caller.client.cancelUpload({ uploadId: id })],
    [
      'expired',
      'EXPIRED',
      (id: string) => app.database.query(`update upload_sessions set status = 'EXPIRED' where id = $1`, [id]),
    ],
    [
      'finalizing',
      'CONFLICT',
      (id: string) =>
        app.database.query(`update upload_sessions set status = 'FINALIZING' where id = $1`, [id]),
    ],
  ])('once it is %s, a chunk is refused with %s', async (_name, code, end) => {
    const id = await begun();
    await end(id);
    await expect(append(id, FIRST, next())).rejects.toMatchObject({ code });
    await expect(append(id, 0, file.subarray(0, FIRST))).rejects.toMatchObject({ code });
  });
});

describe('sizes', () => {
  it('16 MiB are taken, a byte more is refused', async () => {
    const wave = Buffer.alloc(16 * MIB + 1);
    (await fixture('call.wav')).copy(wave);
    const { id } = await caller.open({ byteSize: 40 * MIB });
    await expect(append(id, 0, wave)).rejects.toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
      field: 'chunk',
      limit: 16 * MIB,
    });
    expect(await stateOf(app, id)).toMatchObject({ session: { received_bytes: '0' }, objects: [] });
    await expect(append(id, 0, wave.subarray(1))).rejects.toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE' });
    await expect(append(id, 0, wave.subarray(0, 16 * MIB))).resolves.toMatchObject({
      receivedBytes: 16 * MIB,
    });
  });

  it('chunks of one byte make the file', async () => {
    const { id } = await caller.open({ byteSize: 5 });
    for (let offset = 0; offset < 5; offset++) await append(id, offset, file.subarray(offset, offset + 1));
    expect(await stateOf(app, id)).toMatchObject({ session: { received_bytes: '5', chunk_count: 5 } });
  });

  it('the 10,000th chunk is taken, one more is refused', async () => {
    const { id } = await caller.open({ byteSize: 20_000 });
    await app.database.query(
      `with made as (insert into upload_chunks (upload_id, first_byte, byte_size, sha256, key)
         select $1, n, 1, repeat('0', 64), 'uploads/none/' || n from generate_series(0, 9998) n)
       update upload_sessions set received_bytes = 9999, chunk_count = 9999 where id = $1`,
      [id],
    );
    await append(id, 9999, file.subarray(0, 1));
    await expect(append(id, 10_000, file.subarray(0, 1))).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'chunk',
      limit: 10_000,
    });
    expect(await stateOf(app, id)).toMatchObject({
      session: { received_bytes: '10000', chunk_count: 10_000 },
    });
  });
});

describe('the first chunk', () => {
  const html = '<!doctype html><title>Sign in</title>';
  it.each([
    ['a page', Buffer.from(html)],
    ['a page behind a byte order mark and space', Buffer.from(`\ufeff\n  ${html}`)],
    ['a long page', Buffer.from(html.padEnd(20_000, ' '))],
    ['a PDF', Buffer.from('%PDF-1.7\n%âãÏÓ\n')],
    ['a long PDF', Buffer.from('%PDF-1.7\n'.padEnd(20_000, '1'))],
    ['a PNG', Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13])],
    ['JSON', Buffer.from('{"error":"not found"}')],
  ])('%s is refused at once', async (_name, bytes) => {
    const { id } = await caller.open({ byteSize: 100_000 });
    await expect(append(id, 0, bytes)).rejects.toMatchObject({
      code: 'UNSUPPORTED_MEDIA_TYPE',
      retryable: false,
    });
    expect(await stateOf(app, id)).toMatchObject({
      session: { received_bytes: '0' },
      chunks: [],
      objects: [],
    });
  });

  it.each(CALLS)('of $file is taken, however short', async ({ file: name }) => {
    const bytes = await fixture(name);
    for (const length of [1, 3, 4, 12, 700, 17_000]) {
      const { id } = await caller.open({ byteSize: bytes.length });
      await expect(append(id, 0, bytes.subarray(0, length))).resolves.toMatchObject({
        receivedBytes: length,
      });
    }
  });
});
