import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UploadPartsDocument } from '../../sdk/core/generated/operations.js';
import type { EarshotClient } from '../../sdk/core/index.js';
import { LocalStorage } from '../../server/storage/local-storage.js';
import { S3Storage } from '../../server/storage/s3-storage.js';
import type { Storage } from '../../server/storage/storage.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { until } from '../support/eventually.js';
import { collect, TestBucket, testS3 } from '../support/s3.js';
import { seededWav, type SeededWav } from '../support/seeded-wav.js';
import { SECRETS, ServerProcess, type Env } from '../support/server-process.js';
import { heardHash, openUpload, stored } from '../support/server-steps.js';
import { below } from '../support/upload-steps.js';

/** kill -9 at every step from the last byte to the tidy end, each on a whole process that stands still at that step. */
const s3 = testS3();
const isHeavy = process.env['EARSHOT_TEST_HEAVY'] === '1';
const MIB = 1024 * 1024;
const STEPPING = ['--import', 'tsx', 'test/support/stepping-server.ts'];
const IMPATIENT = { CLAIM_SECONDS: '2', CLAIM_RENEWAL_SECONDS: '1', SWEEP_SECONDS: '1' };
const KILLED = { code: null, signal: 'SIGKILL' };

let database: TestDatabase;
let dataDir: string;
let wav: SeededWav;
let storage: Storage;
let bucket: TestBucket | undefined;
let env: Env;

/** The database, with the demo's people in it, and a store. */
async function prepare(store: 'local' | 'S3'): Promise<void> {
  database = await createDatabase();
  dataDir = await mkdtemp(join(tmpdir(), 'earshot-steps-'));
  wav = await seededWav('steps', 9 * MIB);
  env = { ...SECRETS, ...IMPATIENT, DATABASE_URL: database.url, EARSHOT_DEMO: '1' };
  if (store === 'S3' && s3) {
    bucket = await TestBucket.create(s3);
    storage = new S3Storage(bucket.options());
    Object.assign(env, {
      S3_BUCKET: bucket.name,
      S3_ENDPOINT: s3.endpoint,
      S3_FORCE_PATH_STYLE: '1',
      AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
    });
  } else storage = await LocalStorage.open(join(dataDir, 'objects'));
}

async function cleanUp(): Promise<void> {
  await storage[Symbol.asyncDispose]();
  await bucket?.remove();
  await database[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true, force: true });
}

/** Sends all bytes. */
async function send(client: EarshotClient, strategy: 'CHUNKED' | 'PUT' | 'MULTIPART'): Promise<string> {
  const { id, request, chunkSize } = await openUpload(client, wav, strategy);
  const put = async (url: string, headers: readonly { name: string; value: string }[], body: Buffer) => {
    const { ok } = await fetch(url, {
      method: 'PUT',
      headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])),
      body: new Uint8Array(body),
    });
    if (!ok) throw new Error('the bytes were refused');
  };
  if (strategy === 'CHUNKED')
    await client.appendChunk({ uploadId: id, offset: 0, chunk: await wav.read(0, wav.byteSize) });
  else if (request) await put(request.url, request.headers, await wav.read(0, wav.byteSize));
  else {
    const { upload } = await client.request(UploadPartsDocument, { id, numbers: [1, 2] });
    for (const { number, url, headers } of upload?.parts ?? []) {
      const offset = (number - 1) * chunkSize;
      await put(url, headers, await wav.read(offset, Math.min(chunkSize, wav.byteSize - offset)));
    }
  }
  return id;
}

const keys = async (prefix: string) => (await collect(storage.list(prefix))).map(({ key }) => key);

/** Killed at this step, a new start ends with the recording stored once, whole, and nothing else. */
async function killedAt(step: string, strategy: 'CHUNKED' | 'PUT' | 'MULTIPART'): Promise<void> {
  const before = await ServerProcess.start(dataDir, { ...env, STOP_AT: step }, STEPPING);
  const client = await before.signedIn('telecaller');
  const id = await send(client, strategy);
  const finalizing = client.finalizeUpload({ uploadId: id }).catch(() => undefined);
  await before.printed(new RegExp(`^STOPPED ${step}$`, 'm'));
  expect(await before.end('SIGKILL')).toEqual(KILLED);
  await finalizing;

  await using after = await ServerProcess.start(dataDir, env);
  const again = await after.signedIn('telecaller');
  await again.finalizeUpload({ uploadId: id });
  const recording = await stored(again, id);
  expect(await heardHash(again, recording.id)).toBe(`200 ${wav.sha256}`);
  await until(async () => (await keys('uploads/')).length === 0, 20);
  expect(await keys(below.recording(recording.id))).toHaveLength(1);
  expect((await bucket?.unfinished()) ?? []).toEqual([]);
}

if (isHeavy || s3) {
  describe('kill -9 with local storage', () => {
    beforeAll(() => prepare('local'));
    afterAll(cleanUp);
    it.each([
      'before get uploads/',
      'amid put recordings/',
      'after put recordings/',
      'before delete uploads/',
    ])('%s', (step) => killedAt(step, 'CHUNKED'), 120_000);
  });
} else {
  it('the steps of finalizing are not tried: neither EARSHOT_TEST_HEAVY nor S3_TEST_ENDPOINT is set', () => {
    console.info('kill -9 at each step was not tried: EARSHOT_TEST_HEAVY=1 does');
    expect(isHeavy).toBe(false);
  });
}

if (s3) {
  describe('kill -9 with S3', () => {
    beforeAll(() => prepare('S3'));
    afterAll(cleanUp);
    it.each([
      'before completeMultipart uploads/',
      'after completeMultipart uploads/',
      'amid put recordings/',
      'after put recordings/',
      'before delete uploads/',
    ])('of an upload by parts %s', (step) => killedAt(step, 'MULTIPART'), 120_000);
    it.each(['before head uploads/', 'after head uploads/'])(
      'of a PUT %s',
      (step) => killedAt(step, 'PUT'),
      120_000,
    );
  });
}
