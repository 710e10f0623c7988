import { StorageUnavailable } from '../../server/storage/storage.js';
import { eventually } from '../support/eventually.js';
import { FaultyStorage } from '../support/faulty-storage.js';
import { fixture, sha256 } from '../support/fixtures.js';
import { graphql, tokenOf } from '../support/graphql.js';
import { TestApp } from '../support/test-app.js';
import { below, Caller, collected, keysBelow } from '../support/upload-steps.js';

let app: TestApp;
let storage: FaultyStorage;
let caller: Caller;
let manager: string;
let file: Buffer;

beforeAll(async () => {
  storage = await FaultyStorage.create();
  app = await TestApp.start({ storage });
  caller = await Caller.create(app);
  manager = await tokenOf(app, await app.make.user('MANAGER'));
  file = await fixture('call.amr');
  // One try each.
  await app.database.query(`update pgboss.queue set retry_limit = 0 where name = 'recording.ingest'`);
});
afterAll(() => app[Symbol.asyncDispose]());
afterEach(() => {
  storage.onPut = () => undefined;
});

const full = () => Promise.reject(new StorageUnavailable('full'));

interface Retried {
  retryRecording: { recording: { status: string } };
}
const retry = async (recordingId: string) => {
  const query = `mutation($input: RetryRecordingInput!) { retryRecording(input: $input) { recording { status } } }`;
  const variables = { input: { recordingId } };
  const answer = await app.beforeStoring(() => graphql<Retried>(app, query, { token: manager, variables }));
  return answer.data?.retryRecording.recording.status ?? answer.code;
};

/** An upload that the store did not take. */
async function unstored(idempotencyKey?: string) {
  const callLogId = await caller.call();
  const uploadId = await caller.sent(file, { callLogId, idempotencyKey });
  storage.onPut = full;
  await caller.client.finalizeUpload({ uploadId });
  await app.ingested(uploadId, 'failed');
  storage.onPut = () => undefined;
  await becomes(uploadId, 'FAILED');
  const { recording, error } = await caller.client.upload(uploadId);
  if (!recording) throw new Error('no recording');
  return { callLogId, uploadId, recordingId: recording.id, status: recording.status, code: error?.code };
}

const statusOf = async (uploadId: string) => (await caller.client.upload(uploadId)).status;
const becomes = (uploadId: string, status: string) =>
  eventually(async () => (await statusOf(uploadId)) === status);

it('stores what the store did not take, from the bytes that are there, however often that takes', async () => {
  const { uploadId, recordingId, status, code } = await unstored();
  expect([status, code]).toEqual(['FAILED', 'STORAGE_UNAVAILABLE']);
  storage.onPut = full;
  expect(await retry(recordingId)).toBe('PENDING');
  await becomes(uploadId, 'FAILED');
  storage.onPut = () => undefined;
  // Two at once are one try.
  const both = await Promise.all([retry(recordingId), retry(recordingId)]);
  expect(both).toContain('PENDING');
  await becomes(uploadId, 'COMPLETED');
  const recording = await caller.client.recording(recordingId);
  expect(recording).toMatchObject({ status: 'UPLOADED', sha256: sha256(file), error: null });
  expect(await keysBelow(app, below.recording(recordingId))).toHaveLength(1);
  expect(await retry(recordingId)).toBe('CONFLICT');
});

it('stores what is there, though its key stands for another upload by now', async () => {
  const { callLogId, uploadId, recordingId } = await unstored('once');
  const next = await caller.open({ callLogId, byteSize: file.length, idempotencyKey: 'once' });
  expect(next.id).not.toBe(uploadId);
  expect(await retry(recordingId)).toBe('PENDING');
  await becomes(uploadId, 'COMPLETED');
  expect(await caller.client.recording(recordingId)).toMatchObject({ status: 'UPLOADED' });
});

it('has nothing to try what is not what it was said to be from', async () => {
  const callLogId = await caller.call();
  const uploadId = await caller.sent(file, { callLogId });
  await caller.client.finalizeUpload({ uploadId, sha256: sha256(Buffer.from('something else')) });
  await app.ingested(uploadId);
  const { recording, status, error } = await caller.client.upload(uploadId);
  expect([status, error?.code]).toEqual(['FAILED', 'CHECKSUM_MISMATCH']);
  expect(await retry(recording?.id ?? '')).toBe('CONFLICT');
});

it('has nothing to try from when the bytes were collected; another upload takes the place', async () => {
  const { callLogId, uploadId, recordingId } = await unstored();
  await app.database.query(
    `update upload_sessions set expires_at = now() - interval '1 minute' where id = $1`,
    [uploadId],
  );
  await collected(app, below.upload(uploadId));
  expect(await retry(recordingId)).toBe('CONFLICT');
  const again = await caller.ingested(file, { callLogId });
  expect(await caller.client.upload(again)).toMatchObject({
    status: 'COMPLETED',
    recording: { id: recordingId, status: 'UPLOADED' },
  });
});
