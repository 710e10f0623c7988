import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { asSystem } from '../../server/database-session.js';
import { StorageUnavailable } from '../../server/storage/storage.js';
import { IngestService } from '../../server/uploads/ingest.service.js';
import type { Transaction } from '../../server/unit-of-work.js';
import { createTakeOvers } from '../../server/workers.js';
import { FaultyStorage } from '../support/faulty-storage.js';
import { fixture } from '../support/fixtures.js';
import { TestApp } from '../support/test-app.js';
import { Caller, below, keysBelow } from '../support/upload-steps.js';

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
afterEach(async () => {
  storage.onPut = () => undefined;
  await retries(app.services.jobs.ingest.retries);
});

/** How often the jobs of what is finalized from now on are tried again. */
const retries = (limit: number) =>
  app.database.query(`update pgboss.queue set retry_limit = $1 where name = 'recording.ingest'`, [limit]);

const full = () => Promise.reject(new StorageUnavailable('full'));
const uploadOf = (id: string) => caller.client.upload(id);
const recordingOf = async (id: string) => caller.client.recording((await uploadOf(id)).recording?.id ?? '');
const jobsOf = (id: string) =>
  app.database.query<{ state: string }>(
    `select state from pgboss.job where name = 'recording.ingest' and data->>'uploadId' = $1`,
    [id],
  );
const takeOver = () =>
  createTakeOvers(app.services)
    .find(({ name }) => name === 'uploads.take-over')
    ?.run(never.signal);

interface Facts {
  status?: string;
  claimId?: string | null;
  /** Seconds from now. */
  claimedFor?: number | null;
  finalizedAgo?: number;
}

/** A finalized upload whose job is nowhere, with its recording as the facts say. */
async function orphan({
  status = 'PENDING',
  claimId = null,
  claimedFor = null,
  finalizedAgo = 0,
}: Facts = {}) {
  const callLogId = await caller.call();
  const uploadId = await caller.sent(file, { callLogId });
  const recordingId = randomUUID();
  await app.database.query(
    `with made as (insert into recordings (id, inserted_at, updated_at, status, claim_id, claimed_until, error_code, error_message, error_at)
       values ($1, now(), now(), $2::text, $3, now() + make_interval(secs => $4), case $2::text when 'FAILED' then 'NOT_AUDIO' end, '', now())),
     owned as (update call_logs set recording_id = $1 where id = $5)
     update upload_sessions set status = 'FINALIZING', recording_id = $1, finalized_at = now() - make_interval(secs => $6) where id = $7`,
    [recordingId, status, claimId, claimedFor, callLogId, finalizedAgo, uploadId],
  );
  return { callLogId, uploadId, recordingId };
}

/** As a worker of another process would. */
const system: Transaction = (work) => asSystem(() => app.services.orm.em.fork().transactional(work));

function service(transaction = system): IngestService {
  return new IngestService(
    transaction,
    storage,
    { lifetime: 20, renewal: 5 },
    app.services.logger,
    app.services.mediaPlan,
  );
}
const never = { signal: new AbortController().signal, retryIn: 2 };

describe('a store that fails', () => {
  it('twice, is asked a third time', async () => {
    let faults = 2;
    storage.onPut = (key) => (key.startsWith('recordings/') && faults-- > 0 ? full() : undefined);
    const id = await caller.ingested(file);
    expect(await uploadOf(id)).toMatchObject({ status: 'COMPLETED', error: null });
    const recording = await recordingOf(id);
    expect(recording).toMatchObject({ status: 'UPLOADED', attempts: 3, error: null, nextAttemptAt: null });
    expect(await keysBelow(app, below.recording(recording.id))).toHaveLength(1);
  });

  it('shows its fault and the next try meanwhile, and nobody queues that try twice', async () => {
    storage.onPut = (key) => (key.startsWith('recordings/') ? full() : undefined);
    const id = await caller.sent(file);
    const failed = app.ingested(id, 'failed');
    await caller.client.finalizeUpload({ uploadId: id });
    await failed;
    const recording = await recordingOf(id);
    expect(recording).toMatchObject({
      status: 'PENDING',
      error: { code: 'STORAGE_UNAVAILABLE', retryable: true },
    });
    expect(Date.parse(recording.nextAttemptAt ?? '')).toBeGreaterThan(Date.parse(recording.error?.at ?? ''));
    await app.database.query(
      `update upload_sessions set finalized_at = now() - interval '2 minutes' where id = $1`,
      [id],
    );
    await takeOver();
    expect(await jobsOf(id)).toHaveLength(1);
    storage.onPut = () => undefined;
    await app.ingested(id);
    expect(await recordingOf(id)).toMatchObject({ status: 'UPLOADED', error: null, nextAttemptAt: null });
  });

  it('for ever, ends as FAILED, to be tried again by hand', async () => {
    await retries(1);
    storage.onPut = (key) => (key.startsWith('recordings/') ? full() : undefined);
    const id = await caller.sent(file);
    const { queue, jobs } = app.services;
    const given = queue.spy({ ...jobs.ingest, name: `${jobs.ingest.name}.dead` });
    await caller.client.finalizeUpload({ uploadId: id });
    await given.waitForJob((data) => 'uploadId' in data && data.uploadId === id, 'completed');
    const error = { code: 'STORAGE_UNAVAILABLE', retryable: true };
    expect(await uploadOf(id)).toMatchObject({ status: 'FAILED', error });
    const recording = await recordingOf(id);
    expect(recording).toMatchObject({ status: 'FAILED', error, attempts: 2, nextAttemptAt: null });
    expect(await keysBelow(app, below.recording(recording.id))).toEqual([]);
    // What another try needs is kept.
    expect(await keysBelow(app, below.upload(id))).toHaveLength(1);
  }, 60_000);
});

describe('a claim', () => {
  it('of somebody alive is waited for; when it runs out, what was left is cleared and the work done', async () => {
    const callLogId = await caller.call();
    const { id: recordingId } = await app.make.recording({
      status: 'PENDING',
      claimId: randomUUID(),
      claimedUntil: new Date(Date.now() + 3000),
    });
    await app.database.query('update call_logs set recording_id = $1 where id = $2', [
      recordingId,
      callLogId,
    ]);
    await storage.put(
      `${below.recording(recordingId)}${randomUUID()}.amr`,
      Readable.from([Buffer.from('half')]),
    );
    const id = await caller.sent(file, { callLogId });
    const held = app.ingested(id, 'failed');
    await caller.client.finalizeUpload({ uploadId: id });
    await held;
    expect(await uploadOf(id)).toMatchObject({
      status: 'FINALIZING',
      recording: { id: recordingId, status: 'PENDING' },
    });
    await app.ingested(id);
    expect(await recordingOf(id)).toMatchObject({ id: recordingId, status: 'UPLOADED', attempts: 1 });
    expect(await keysBelow(app, below.recording(recordingId))).toHaveLength(1);
  });

  it.each<[string, Facts]>([
    ['that ran out is taken over', { claimId: randomUUID(), claimedFor: -1 }],
    ['that nobody took for long is taken', { finalizedAgo: 61 }],
    [
      'that is free again after another upload’s bytes were refused is taken',
      { status: 'FAILED', finalizedAgo: 61 },
    ],
    ['of a recording that is only expected is taken', { status: 'EXPECTED', finalizedAgo: 61 }],
  ])('%s', async (_name, facts) => {
    const { uploadId, recordingId } = await orphan(facts);
    await app.ingested(uploadId);
    expect(await uploadOf(uploadId)).toMatchObject({
      status: 'COMPLETED',
      recording: { id: recordingId, status: 'UPLOADED' },
    });
  });

  it.each<[string, Facts]>([
    ['of somebody alive', { claimId: randomUUID(), claimedFor: 60, finalizedAgo: 600 }],
    ['that somebody will take in a moment', { finalizedAgo: 5 }],
  ])('%s is left alone', async (_name, facts) => {
    const { uploadId } = await orphan(facts);
    await takeOver();
    expect(await jobsOf(uploadId)).toEqual([]);
  });

  it('is held by one of many at once', async () => {
    const { uploadId, recordingId } = await orphan();
    const many = await Promise.allSettled(Array.from({ length: 6 }, () => service().ingest(uploadId, never)));
    expect(many.some(({ status }) => status === 'fulfilled')).toBe(true);
    for (const one of many)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ name: 'RecordingHeld' });
    expect(await recordingOf(uploadId)).toMatchObject({ status: 'UPLOADED', attempts: 1 });
    expect(await keysBelow(app, below.recording(recordingId))).toHaveLength(1);
  });

  it('that was lost amid the work counts no more: the object goes, the other’s stays', async () => {
    const { uploadId, recordingId } = await orphan();
    const thief = randomUUID();
    storage.onPut = async (key) => {
      if (!key.startsWith('recordings/')) return;
      await app.database.query('update recordings set claim_id = $2 where id = $1', [recordingId, thief]);
    };
    const stolen = once(storage.events, 'settled');
    await service()
      .ingest(uploadId, never)
      .catch(() => undefined);
    await stolen;
    expect(await keysBelow(app, below.recording(recordingId))).toEqual([]);
    expect(await uploadOf(uploadId)).toMatchObject({
      status: 'FINALIZING',
      recording: { status: 'PENDING' },
    });
    expect(await app.database.query('select claim_id from recordings where id = $1', [recordingId])).toEqual([
      { claim_id: thief },
    ]);
  });
});

it('a commit whose answer was lost keeps its object', async () => {
  const { uploadId, recordingId } = await orphan();
  let lost = 0;
  const losing: Transaction = async (work) => {
    const result = await system(work);
    const [row] = await app.database.query<{ status: string }>(
      'select status from recordings where id = $1',
      [recordingId],
    );
    if (row?.status !== 'UPLOADED' || result !== true) return result;
    lost++;
    throw new Error('connection lost');
  };
  await service(losing)
    .ingest(uploadId, never)
    .catch(() => undefined);
  expect(lost).toBeGreaterThan(0);
  expect(await recordingOf(uploadId)).toMatchObject({ status: 'UPLOADED' });
  expect(await keysBelow(app, below.recording(recordingId))).toHaveLength(1);
});

it('a recording that was removed meanwhile is not brought back', async () => {
  const { uploadId, recordingId } = await orphan();
  await app.database.query(`update recordings set status = 'DELETED', error_code = 'REMOVED' where id = $1`, [
    recordingId,
  ]);
  await service().ingest(uploadId, never);
  expect(await uploadOf(uploadId)).toMatchObject({
    status: 'FAILED',
    error: { code: 'CONFLICT', retryable: false },
  });
  expect(await keysBelow(app, below.recording(recordingId))).toEqual([]);
});
