import { fixture, sha256 } from '../support/fixtures.js';
import { eventually } from '../support/eventually.js';
import { testS3 } from '../support/s3.js';
import { TestApp } from '../support/test-app.js';
import { Caller, below, collected, keysBelow } from '../support/upload-steps.js';

let app: TestApp;
let caller: Caller;
let file: Buffer;

beforeAll(async () => {
  app = await TestApp.start({ s3: testS3() });
  caller = await Caller.create(app);
  file = await fixture('call.amr');
});
afterAll(() => app[Symbol.asyncDispose]());

const finalize = (uploadId: string, hash?: string) =>
  app.beforeStoring(() => caller.client.finalizeUpload({ uploadId, sha256: hash }));
const cancel = (uploadId: string) => caller.client.cancelUpload({ uploadId });
const statusOf = async (id: string) => (await caller.client.upload(id)).status;
const jobsOf = (id: string) =>
  app.database.query(`select 1 from pgboss.job where name = 'recording.ingest' and data->>'uploadId' = $1`, [
    id,
  ]);

describe('finalizeUpload', () => {
  it('before all bytes are there says what is missing, and the upload goes on', async () => {
    const callLogId = await caller.call();
    const { id } = await caller.open({ callLogId, byteSize: file.length });
    await expect(finalize(id)).rejects.toMatchObject({
      code: 'UPLOAD_INCOMPLETE',
      expectedOffset: 0,
      retryable: false,
    });
    await caller.client.appendChunk({ uploadId: id, offset: 0, chunk: file.subarray(0, 9000) });
    await expect(finalize(id)).rejects.toMatchObject({ code: 'UPLOAD_INCOMPLETE', expectedOffset: 9000 });
    expect(await statusOf(id)).toBe('OPEN');
    expect((await caller.client.callLog(callLogId)).recording).toBeNull();
    await caller.client.appendChunk({ uploadId: id, offset: 9000, chunk: file.subarray(9000) });
    expect((await caller.client.callLog(callLogId)).recording).toBeNull();
    const finalized = await finalize(id, sha256(file));
    expect(finalized).toMatchObject({
      status: 'FINALIZING',
      receivedBytes: file.length,
      recording: { status: 'PENDING' },
    });
    expect((await caller.client.callLog(callLogId)).recording).toMatchObject({ id: finalized.recording?.id });
    await app.ingested(id);
  });

  it('with a SHA-256 that contradicts the request’s is refused, and the upload goes on', async () => {
    const id = await caller.sent(file, { sha256: sha256(file) });
    const other = sha256(Buffer.from('other'));
    await expect(finalize(id, other)).rejects.toMatchObject({ code: 'BAD_USER_INPUT', field: 'sha256' });
    await expect(finalize(id, 'short')).rejects.toMatchObject({ code: 'BAD_USER_INPUT', field: 'sha256' });
    expect(await statusOf(id)).toBe('OPEN');
    await expect(finalize(id, sha256(file).toUpperCase())).resolves.toMatchObject({ status: 'FINALIZING' });
  });

  it('with parts is refused: there are none', async () => {
    const id = await caller.sent(file);
    const parts = [{ number: 1, etag: '"a"' }];
    await expect(caller.client.finalizeUpload({ uploadId: id, parts })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'parts',
    });
  });

  it('again answers the present state, during and after', async () => {
    const id = await caller.ingested(file);
    await expect(finalize(id)).resolves.toMatchObject({
      status: 'COMPLETED',
      recording: { status: 'UPLOADED' },
      error: null,
    });
    await expect(finalize(id, sha256(file))).resolves.toMatchObject({ status: 'COMPLETED' });
    expect(await jobsOf(id)).toHaveLength(1);
  });

  it('ten times at once makes one job and one recording', async () => {
    const callLogId = await caller.call();
    const id = await caller.sent(file, { callLogId });
    const answers = await Promise.all(Array.from({ length: 10 }, () => finalize(id)));
    const recordings = new Set(answers.map(({ recording }) => recording?.id));
    expect(recordings.size).toBe(1);
    await app.ingested(id);
    expect(await jobsOf(id)).toHaveLength(1);
    const [recordingId = ''] = recordings;
    expect(await keysBelow(app, below.recording(recordingId))).toHaveLength(1);
    expect(await caller.client.recording(recordingId)).toMatchObject({ status: 'UPLOADED', attempts: 1 });
  });

  it('of a cancelled or expired upload is refused', async () => {
    const [cancelled, expired] = [await caller.sent(file), await caller.sent(file)];
    await cancel(cancelled);
    await app.database.query(`update upload_sessions set status = 'EXPIRED' where id = $1`, [expired]);
    await expect(finalize(cancelled)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(finalize(expired)).rejects.toMatchObject({ code: 'EXPIRED' });
  });

  it('loses to a recording that was stored meanwhile', async () => {
    const callLogId = await caller.call();
    const mine = await caller.sent(file, { callLogId });
    const admin = await app.client(await app.make.user('ADMIN'));
    const theirs = await admin.uploadRecording({ callLogId, file: await fixture('call.mp3') });
    await app.ingested(theirs.id);
    await expect(finalize(mine)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await caller.client.callLog(callLogId)).recording).toMatchObject({ contentType: 'audio/mpeg' });
  });
});

describe('cancelUpload', () => {
  it('deletes the bytes, and may be called again', async () => {
    const id = await caller.sent(file);
    expect(await keysBelow(app, below.upload(id))).toHaveLength(1);
    await expect(cancel(id)).resolves.toMatchObject({ status: 'CANCELLED' });
    await expect(cancel(id)).resolves.toMatchObject({ status: 'CANCELLED', recording: null });
    await collected(app, below.upload(id));
    await expect(cancel(id)).resolves.toMatchObject({ status: 'CANCELLED' });
  });

  it('ten times at once is one', async () => {
    const id = await caller.sent(file);
    const answers = await Promise.all(Array.from({ length: 10 }, () => cancel(id)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set(['CANCELLED']));
  });

  it('is too late once the upload was finalized or has expired', async () => {
    const [done, expired] = [await caller.ingested(file), await caller.sent(file)];
    await app.database.query(`update upload_sessions set status = 'EXPIRED' where id = $1`, [expired]);
    await expect(cancel(done)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(cancel(expired)).rejects.toMatchObject({ code: 'EXPIRED' });
    expect(await statusOf(done)).toBe('COMPLETED');
  });

  it('makes room for the next upload of the call', async () => {
    const callLogId = await caller.call();
    const first = await caller.open({ callLogId, byteSize: 10, idempotencyKey: 'again' });
    await cancel(first.id);
    const second = await caller.open({ callLogId, byteSize: 10, idempotencyKey: 'again' });
    expect(second).toMatchObject({ status: 'OPEN' });
    expect(second.id).not.toBe(first.id);
  });
});

it('an upload that nobody goes on with expires, and its bytes are collected', async () => {
  const id = await caller.sent(file);
  await app.database.query('update upload_sessions set expires_at = now() where id = $1', [id]);
  await collected(app, below.upload(id));
  // The objects go first, then the row says so.
  const state = 'select status, collected_at is not null as collected from upload_sessions where id = $1';
  await eventually(async () => (await app.database.query(state, [id]))[0]?.['collected'] === true);
  expect(await app.database.query(state, [id])).toEqual([{ status: 'EXPIRED', collected: true }]);
  expect(await app.database.query('select 1 from upload_chunks where upload_id = $1', [id])).toEqual([]);
});

it('the chunks of a stored recording are collected, its own object stays', async () => {
  const { recordingId } = await caller.recorded('call.m4a');
  const [upload] = await app.database.query<{ id: string }>(
    'select id from upload_sessions where recording_id = $1',
    [recordingId],
  );
  await collected(app, below.upload(upload?.id ?? ''));
  expect(await keysBelow(app, below.recording(recordingId))).toHaveLength(1);
});
