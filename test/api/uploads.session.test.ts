import type { User } from '../../server/auth/user.entity.js';
import { fixture, sha256 } from '../support/fixtures.js';
import { testS3 } from '../support/s3.js';
import { TestApp } from '../support/test-app.js';
import { Caller, below, keysBelow } from '../support/upload-steps.js';

const MIB = 1024 * 1024;
const QUOTA = 4 * 1000 * MIB;

let app: TestApp;
let caller: Caller;
let file: Buffer;

/** By AUTO, of what is more than one PUT. */
const LARGE = testS3()
  ? { strategy: 'MULTIPART', chunkSize: 8 * MIB }
  : { strategy: 'CHUNKED', chunkSize: MIB };

beforeAll(async () => {
  app = await TestApp.start({ s3: testS3(), env: { UPLOAD_QUOTA_BYTES: String(QUOTA) } });
  file = await fixture('call.amr');
});
beforeEach(async () => (caller = await Caller.create(app)));
afterAll(() => app[Symbol.asyncDispose]());

const request = (input: object) => caller.client.requestUpload({ byteSize: 1000, ...input });
const statusOf = async (id: string) => (await caller.client.upload(id)).status;

const PARTS_LOCALLY: [string, object, object] = [
  'parts on a local store',
  { strategy: 'MULTIPART' },
  { code: 'BAD_USER_INPUT', field: 'strategy' },
];

describe('requestUpload', () => {
  it.each<[string, object | ((callLogId: string) => object), object]>([
    ['no call', () => ({}), { code: 'BAD_USER_INPUT', field: 'callLogId' }],
    [
      'two calls',
      (callLogId) => ({ callLogId, catiCallId: callLogId }),
      { code: 'BAD_USER_INPUT', field: 'callLogId' },
    ],
    ['a call that is none', { callLogId: '00000000-0000-7000-8000-000000000000' }, { code: 'NOT_FOUND' }],
    ['an id that is none', { callLogId: `../../etc/passwd` }, { code: 'NOT_FOUND' }],
    ['no bytes', { byteSize: 0 }, { code: 'BAD_USER_INPUT', field: 'byteSize' }],
    ['fewer than no bytes', { byteSize: -1 }, { code: 'BAD_USER_INPUT', field: 'byteSize' }],
    ['half a byte', { byteSize: 0.5 }, { code: 'BAD_USER_INPUT' }],
    [
      'too many bytes',
      { byteSize: 1000 * MIB + 1 },
      { code: 'PAYLOAD_TOO_LARGE', field: 'byteSize', limit: 1000 * MIB },
    ],
    ['a SHA-256 that is too short', { sha256: 'a'.repeat(63) }, { code: 'BAD_USER_INPUT', field: 'sha256' }],
    ['a SHA-256 that is not hex', { sha256: 'g'.repeat(64) }, { code: 'BAD_USER_INPUT', field: 'sha256' }],
    ['a page', { contentType: 'text/html' }, { code: 'UNSUPPORTED_MEDIA_TYPE' }],
    [
      'a content type that is none',
      { contentType: 'audio' },
      { code: 'BAD_USER_INPUT', field: 'contentType' },
    ],
    [
      'a content type with a line break',
      { contentType: 'audio/mp4\r\nX: y' },
      { code: 'BAD_USER_INPUT', field: 'contentType' },
    ],
    ...['audio/mp4; name=é', 'audio/mp4;\tcodecs=a', 'audio/mp4\r\n;x: y'].map(
      (contentType): [string, object, object] => [
        `a content type that is no header's value (${JSON.stringify(contentType)})`,
        { contentType },
        { code: 'BAD_USER_INPUT', field: 'contentType' },
      ],
    ),
    [
      'a long content type',
      { contentType: `audio/${'x'.repeat(95)}` },
      { code: 'BAD_USER_INPUT', field: 'contentType' },
    ],
    [
      'a long file name',
      { filename: 'x'.repeat(256) },
      { code: 'BAD_USER_INPUT', field: 'filename', limit: 255 },
    ],
    ['a file name with a NUL', { filename: 'a\0b' }, { code: 'BAD_USER_INPUT', field: 'filename' }],
    ['a long key', { idempotencyKey: 'x'.repeat(201) }, { code: 'BAD_USER_INPUT', field: 'idempotencyKey' }],
    ...(testS3() ? [] : [PARTS_LOCALLY]),
  ])('%s is refused', async (name, input, error) => {
    const callLogId = await caller.call();
    const facts = typeof input === 'function' ? input(callLogId) : { callLogId, ...input };
    await expect(request(facts)).rejects.toMatchObject({ retryable: false, ...error });
    const open = await app.database.query('select 1 from upload_sessions where call_log_id = $1', [
      callLogId,
    ]);
    expect({ name, open }).toEqual({ name, open: [] });
  });

  it.each<[string, object, object]>([
    [
      '8 MiB by AUTO',
      { byteSize: 8 * MIB, strategy: 'AUTO' },
      { strategy: 'PUT', request: { method: 'PUT' } },
    ],
    ['a byte more by AUTO', { byteSize: 8 * MIB + 1, strategy: 'AUTO' }, { ...LARGE, request: null }],
    ['the largest', { byteSize: 1000 * MIB }, { ...LARGE, byteSize: 1000 * MIB }],
    ['a large PUT', { byteSize: 100 * MIB, strategy: 'PUT' }, { strategy: 'PUT' }],
    ['a name at the limit', { filename: 'ö'.repeat(255) }, { status: 'OPEN' }],
    ['a content type with parameters', { contentType: 'audio/ogg; codecs=opus' }, { status: 'OPEN' }],
    ['a video, as phones call their audio', { contentType: 'video/3gpp' }, { status: 'OPEN' }],
  ])('%s is taken', async (_name, input, expected) => {
    const upload = await request({ callLogId: await caller.call(), ...input });
    expect(upload).toMatchObject({
      status: 'OPEN',
      receivedBytes: 0,
      chunkSize: MIB,
      recording: null,
      error: null,
      ...expected,
    });
    expect(Date.parse(upload.expiresAt) - Date.now()).toBeGreaterThan(24 * 3_600_000 - 60_000);
  });
});

describe('one open upload for a call', () => {
  it.each<[string, object, object, boolean]>([
    ['the same key', { idempotencyKey: 'one' }, { idempotencyKey: 'one' }, true],
    ['the same size and hash', { sha256: 'a'.repeat(64) }, { sha256: 'A'.repeat(64) }, true],
    [
      'the same size and hash, once by chunks and then as the server likes',
      { sha256: 'a'.repeat(64), strategy: 'CHUNKED' },
      { sha256: 'a'.repeat(64), strategy: 'AUTO' },
      true,
    ],
    [
      'the same size and hash, another strategy',
      { sha256: 'a'.repeat(64), strategy: 'CHUNKED' },
      { sha256: 'a'.repeat(64), strategy: 'PUT' },
      false,
    ],
    [
      'the same key, the hash only once',
      { idempotencyKey: 'one' },
      { idempotencyKey: 'one', sha256: 'a'.repeat(64) },
      true,
    ],
    ['the same size, no hash', {}, {}, false],
    ['another hash', { sha256: 'a'.repeat(64) }, { sha256: 'b'.repeat(64) }, false],
    ['another size', { sha256: 'a'.repeat(64) }, { sha256: 'a'.repeat(64), byteSize: 1001 }, false],
    [
      'another key, the same file',
      { idempotencyKey: 'one', sha256: 'a'.repeat(64) },
      { idempotencyKey: 'two', sha256: 'a'.repeat(64) },
      true,
    ],
    ['another key, another file', { idempotencyKey: 'one' }, { idempotencyKey: 'two', byteSize: 2 }, false],
  ])('%s', async (_name, first, second, same) => {
    const callLogId = await caller.call();
    const one = await request({ callLogId, ...first });
    const two = await request({ callLogId, ...second });
    expect(two.id === one.id).toBe(same);
    expect(await statusOf(one.id)).toBe(same ? 'OPEN' : 'CANCELLED');
    expect(await statusOf(two.id)).toBe('OPEN');
  });

  it('a key stands for one upload', async () => {
    const callLogId = await caller.call();
    await request({ callLogId, idempotencyKey: 'mine', sha256: 'a'.repeat(64) });
    const others = [
      { callLogId: await caller.call() },
      { callLogId, byteSize: 1001 },
      { callLogId, sha256: 'b'.repeat(64) },
    ];
    for (const facts of others) {
      const again = request({ idempotencyKey: 'mine', ...facts });
      await expect(again).rejects.toMatchObject({ code: 'BAD_USER_INPUT', field: 'idempotencyKey' });
    }
    const other = await Caller.create(app);
    await expect(other.open({ byteSize: 1, idempotencyKey: 'mine' })).resolves.toMatchObject({
      status: 'OPEN',
    });
  });

  it.each<[string, () => object]>([
    ['of one key', () => ({ idempotencyKey: 'twenty' })],
    ['of 20 keys', () => ({})],
  ])('20 requests at once, %s, leave one open', async (name, facts) => {
    const callLogId = await caller.call();
    const made = await Promise.all(Array.from({ length: 20 }, () => request({ callLogId, ...facts() })));
    const open = await app.database.query<{ id: string }>(
      `select id from upload_sessions where call_log_id = $1 and status = 'OPEN'`,
      [callLogId],
    );
    expect(open).toHaveLength(1);
    expect(new Set(made.map(({ id }) => id)).size).toBe(name === 'of one key' ? 1 : 20);
  });

  it('a replaced upload that is being finalized stays what it became', async () => {
    for (let turn = 0; turn < 10; turn++) {
      const callLogId = await caller.call();
      const id = await caller.sent(file, { callLogId });
      const [finalized] = await Promise.allSettled([
        caller.client.finalizeUpload({ uploadId: id }),
        request({ callLogId, byteSize: 5 }),
      ]);
      if (finalized.status === 'fulfilled') await app.ingested(id);
      expect(await statusOf(id)).toBe(finalized.status === 'fulfilled' ? 'COMPLETED' : 'CANCELLED');
    }
  });

  it.each([
    ['was removed', `status = 'DELETED', error_code = 'REMOVED', removed_at = now()`],
    ['was found damaged', `status = 'FAILED', error_code = 'STORED_COPY_DAMAGED'`],
  ])('the key of an upload whose recording %s stands for the next one', async (_name, harm) => {
    const callLogId = await caller.call();
    const facts = { callLogId, idempotencyKey: 'again', byteSize: file.length };
    const first = await caller.ingested(file, facts);
    const { recording } = await caller.client.upload(first);
    await app.database.query(`update recordings set ${harm} where id = $1`, [recording?.id]);
    const second = await request(facts);
    expect(second).toMatchObject({ status: 'OPEN', receivedBytes: 0 });
    expect((await request(facts)).id).toBe(second.id);
  });

  it('a call with a recording takes no upload', async () => {
    const { callLogId } = await caller.recorded('call.amr');
    await expect(request({ callLogId })).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});

describe('the quota of a user and day', () => {
  const large = () => request({ callLogId, byteSize: 1000 * MIB });
  let callLogId: string;

  it.each<[string, (id: string) => Promise<unknown>]>([
    ['cancelled', (id) => caller.client.cancelUpload({ uploadId: id })],
    [
      'expired',
      (id) => app.database.query(`update upload_sessions set status = 'EXPIRED' where id = $1`, [id]),
    ],
    [
      'failed',
      (id) => app.database.query(`update upload_sessions set status = 'FAILED' where id = $1`, [id]),
    ],
    [
      'yesterday’s',
      (id) =>
        app.database.query(
          `update upload_sessions set inserted_at = now() - interval '25 hours' where id = $1`,
          [id],
        ),
    ],
  ])('is held by what is open, and released by what was %s', async (_name, release) => {
    const first = await request({ callLogId: await caller.call(), byteSize: 1000 * MIB });
    for (let n = 0; n < 3; n++) await request({ callLogId: await caller.call(), byteSize: 1000 * MIB });
    callLogId = await caller.call();
    await expect(large()).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED', limit: QUOTA });
    await expect(request({ callLogId, byteSize: 1 })).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
    await release(first.id);
    await expect(large()).resolves.toMatchObject({ status: 'OPEN' });
  });

  it('is no way around for many at once', async () => {
    const calls = await Promise.all(Array.from({ length: 10 }, () => caller.call()));
    const made = await Promise.allSettled(
      calls.map((id) => request({ callLogId: id, byteSize: 1000 * MIB })),
    );
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
  });
});

describe('roles', () => {
  type Who = 'OWNER' | 'TELECALLER' | 'INTERVIEWER' | 'QUALITY_AGENT' | 'MANAGER' | 'ADMIN';
  it.each<[Who, 'callLog' | 'catiCall', string]>([
    ['OWNER', 'callLog', 'ok'],
    ['ADMIN', 'callLog', 'ok'],
    ['TELECALLER', 'callLog', 'NOT_FOUND'],
    ['INTERVIEWER', 'callLog', 'FORBIDDEN'],
    ['QUALITY_AGENT', 'callLog', 'FORBIDDEN'],
    ['MANAGER', 'callLog', 'FORBIDDEN'],
    ['OWNER', 'catiCall', 'ok'],
    ['ADMIN', 'catiCall', 'ok'],
    ['TELECALLER', 'catiCall', 'FORBIDDEN'],
    ['INTERVIEWER', 'catiCall', 'NOT_FOUND'],
    ['QUALITY_AGENT', 'catiCall', 'FORBIDDEN'],
    ['MANAGER', 'catiCall', 'FORBIDDEN'],
  ])('%s, for a %s: %s', async (who, kind, answer) => {
    const owner: User = kind === 'callLog' ? caller.user : await app.make.user('INTERVIEWER');
    const callLogId = kind === 'callLog' ? await caller.call() : undefined;
    const catiCallId = kind === 'catiCall' ? (await app.make.catiCall(owner)).id : undefined;
    const client = await app.client(who === 'OWNER' ? owner : await app.make.user(who));
    const input = { callLogId, catiCallId, byteSize: file.length };
    const tries = await Promise.allSettled([
      client.requestUpload(input),
      client.uploadRecording({ callLogId, catiCallId, file }),
    ]);
    const answers = tries.map((one) =>
      one.status === 'fulfilled' ? 'ok' : (one.reason as { code: string }).code,
    );
    expect(answers).toEqual([answer, answer]);
  });

  it.each<[Who, string]>([
    ['TELECALLER', 'NOT_FOUND'],
    ['INTERVIEWER', 'NOT_FOUND'],
    ['MANAGER', 'FORBIDDEN'],
    ['QUALITY_AGENT', 'FORBIDDEN'],
  ])('a %s has no hand in another’s upload', async (who, code) => {
    const id = await caller.sent(file);
    const client = await app.client(await app.make.user(who as 'MANAGER'));
    const tries = [
      () => client.appendChunk({ uploadId: id, offset: 0, chunk: file }),
      () => client.finalizeUpload({ uploadId: id }),
      () => client.cancelUpload({ uploadId: id }),
    ];
    for (const one of tries) await expect(one()).rejects.toMatchObject({ code });
    await expect(client.upload(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await keysBelow(app, below.upload(id))).toHaveLength(1);
    expect(await statusOf(id)).toBe('OPEN');
  });

  it('a call log that went to somebody else takes nothing more', async () => {
    const id = await caller.sent(file);
    const heir = await app.make.user('TELECALLER');
    await app.database.query('update leads set telecaller_id = $1 where id = $2', [heir.id, caller.lead.id]);
    await expect(caller.client.finalizeUpload({ uploadId: id, sha256: sha256(file) })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});
