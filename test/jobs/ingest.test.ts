import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { FailureCode } from '../../server/errors.js';
import { parseStoredPath } from '../../server/recordings/stored-path.js';
import { FaultyStorage } from '../support/faulty-storage.js';
import { CALLS, fixture, sha256 } from '../support/fixtures.js';
import { TestApp } from '../support/test-app.js';
import { Caller, below, collected, keysBelow } from '../support/upload-steps.js';

let app: TestApp;
let storage: FaultyStorage;
let caller: Caller;

beforeAll(async () => {
  storage = await FaultyStorage.create();
  app = await TestApp.start({ storage });
  caller = await Caller.create(app);
});
afterAll(() => app[Symbol.asyncDispose]());

/** One channel of silence, 8,000 samples a second. */
function wave(seconds: number, declared = seconds): Buffer {
  const bytes = Buffer.alloc(44 + 16_000 * seconds);
  bytes.write('RIFF');
  bytes.writeUInt32LE(36 + 16_000 * declared, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.set([1, 0, 1, 0, 0x40, 0x1f, 0, 0, 0x80, 0x3e, 0, 0, 2, 0, 16, 0], 20);
  bytes.write('data', 36);
  bytes.writeUInt32LE(16_000 * declared, 40);
  return bytes;
}

const html = Buffer.from('<!doctype html><title>Sign in</title>'.padEnd(30_000, ' '));
const half = async (file: string) => (await fixture(file)).subarray(0, 60_000);

describe('what the bytes are refused for', () => {
  it.each<[string, () => Buffer | Promise<Buffer>, object, FailureCode, boolean]>([
    ['a page', () => html, { filename: 'call.mp3', contentType: 'audio/mpeg' }, 'NOT_AUDIO', false],
    ['a PDF', () => Buffer.from('%PDF-1.7\n'.padEnd(30_000, '%')), {}, 'NOT_AUDIO', false],
    [
      'a PNG',
      () => Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(900)]),
      {},
      'NOT_AUDIO',
      false,
    ],
    ['text', () => Buffer.from('not found'), {}, 'NOT_AUDIO', false],
    ['noise', () => randomBytes(50_000).fill(0, 0, 4), {}, 'NOT_AUDIO', false],
    ['a WAV without a sound', () => wave(0), {}, 'NOT_AUDIO', false],
    ['half an M4A', () => half('call.m4a'), {}, 'TRUNCATED', true],
    ['half a WAV', () => wave(2, 4), {}, 'TRUNCATED', true],
    ['another SHA-256', () => fixture('call.mp3'), { sha256: 'a'.repeat(64) }, 'CHECKSUM_MISMATCH', false],
  ])('%s', async (_name, make, facts, code, retryable) => {
    const callLogId = await caller.call();
    const id = await caller.ingested(await make(), { ...facts, callLogId }, 1);
    const error = { code, retryable, message: expect.stringMatching(/\S/) as string };
    const upload = await caller.client.upload(id);
    expect(upload).toMatchObject({ status: 'FAILED', error, recording: { status: 'FAILED' } });
    const recordingId = upload.recording?.id ?? '';
    expect(await caller.client.recording(recordingId)).toMatchObject({
      status: 'FAILED',
      error,
      attempts: 1,
      url: null,
      path: null,
    });
    expect(await keysBelow(app, below.recording(recordingId))).toEqual([]);
    // The bytes are of no use to anybody: they do not wait for the upload's expiry.
    await collected(app, below.upload(id));
  });

  it('lets the call have another try', async () => {
    const callLogId = await caller.call();
    const failed = await caller.client.upload(await caller.ingested(html, { callLogId }, 1));
    const bytes = await fixture('call.ogg');
    const stored = await caller.client.upload(await caller.ingested(bytes, { callLogId }));
    expect(stored).toMatchObject({
      status: 'COMPLETED',
      recording: { id: failed.recording?.id, status: 'UPLOADED' },
    });
    expect(await caller.client.recording(stored.recording?.id ?? '')).toMatchObject({
      error: null,
      attempts: 2,
      sha256: sha256(bytes),
    });
  });

  it('is TRUNCATED when the store lost a chunk', async () => {
    const id = await caller.sent(await fixture('call.mp3'), {}, 40_000);
    const [first = ''] = await keysBelow(app, below.upload(id));
    await app.services.storage.delete(first);
    await caller.client.finalizeUpload({ uploadId: id });
    await app.ingested(id);
    expect(await caller.client.upload(id)).toMatchObject({
      status: 'FAILED',
      error: { code: 'TRUNCATED', retryable: true },
    });
  });

  // As a power cut leaves what was never written to the disk.
  it.each<[string, 'first' | 'second', (bytes: Buffer) => Buffer]>([
    ['is empty', 'first', () => Buffer.alloc(0)],
    ['has zeros in the place of bytes', 'first', (bytes) => Buffer.alloc(bytes.length)],
    ['has another last byte', 'first', (bytes) => Buffer.concat([bytes.subarray(0, -1), Buffer.of(1)])],
    ['is cut short', 'second', (bytes) => bytes.subarray(0, 4096)],
    ['has zeros in the place of bytes', 'second', (bytes) => Buffer.alloc(bytes.length)],
    ['has bytes of another behind it', 'second', (bytes) => Buffer.concat([bytes, Buffer.alloc(9)])],
  ])('is STORED_COPY_DAMAGED when a chunk %s (the %s)', async (_what, which, damage) => {
    const bytes = await fixture('call.mp3');
    const callLogId = await caller.call();
    const id = await caller.sent(bytes, { callLogId }, 40_000);
    const keys = await keysBelow(app, below.upload(id));
    const path = join(storage.folder, keys.find((key) => /\/0-/.test(key) === (which === 'first')) ?? '');
    await writeFile(path, damage(await readFile(path)));
    await caller.client.finalizeUpload({ uploadId: id });
    await app.ingested(id);
    const failed = await caller.client.upload(id);
    expect(failed).toMatchObject({
      status: 'FAILED',
      error: { code: 'STORED_COPY_DAMAGED', retryable: true },
      recording: { status: 'FAILED' },
    });
    expect(await keysBelow(app, below.recording(failed.recording?.id ?? ''))).toEqual([]);
    const again = await caller.client.upload(await caller.ingested(bytes, { callLogId }));
    expect(again).toMatchObject({ status: 'COMPLETED', recording: { status: 'UPLOADED' } });
  });
});

describe('what is stored', () => {
  it.each(CALLS)('$file lies in the store byte for byte', async ({ file }) => {
    const { recordingId, bytes } = await caller.recorded(file);
    const admin = await app.client(await app.make.user('ADMIN'));
    const { path, byteSize } = await admin.recording(recordingId);
    const [extension] = /[^.]+$/.exec(file) ?? [''];
    expect(path).toMatch(
      new RegExp(`^local:recordings/${recordingId.slice(-2)}/${recordingId}/[0-9a-f-]{36}\\.${extension}$`),
    );
    const { key } = parseStoredPath(path ?? '');
    expect(sha256(await buffer(await storage.get(key)))).toBe(sha256(bytes));
    expect(byteSize).toBe(bytes.length);
    expect(await keysBelow(app, below.recording(recordingId))).toEqual([key]);
  });

  it.each([
    [1, 1000, ['SHORT']],
    [2, 2000, ['SHORT']],
    [3, 3000, []],
  ])('%i seconds of sound', async (seconds, durationMs, flags) => {
    const { recording } = await caller.client.upload(await caller.ingested(wave(seconds)));
    expect(await caller.client.recording(recording?.id ?? '')).toMatchObject({
      status: 'UPLOADED',
      durationMs,
      flags,
    });
  });

  it('the same bytes for a second call are a duplicate, and say so', async () => {
    const bytes = Buffer.concat([await fixture('call.mp3'), Buffer.alloc(64)]);
    const ids = [await caller.ingested(bytes), await caller.ingested(bytes)];
    const flags = ids.map(async (id) => {
      const { recording } = await caller.client.upload(id);
      return (await caller.client.recording(recording?.id ?? '')).flags;
    });
    expect(await Promise.all(flags)).toEqual([[], ['DUPLICATE']]);
  });

  it('the same bytes for many calls at once: all but one are duplicates', async () => {
    const bytes = Buffer.concat([
      await fixture('call.amr'),
      await fixture('call.amr').then((again) => again.subarray(6)),
    ]);
    const ids = await Promise.all(Array.from({ length: 4 }, () => caller.sent(bytes)));
    await Promise.all(ids.map((uploadId) => caller.client.finalizeUpload({ uploadId })));
    await Promise.all(ids.map((id) => app.ingested(id)));
    const duplicates = await app.database.query(
      `select 1 from recordings where sha256 = $1 and 'DUPLICATE' = any(flags)`,
      [sha256(bytes)],
    );
    expect(duplicates).toHaveLength(3);
  });
});
