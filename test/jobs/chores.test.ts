import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { StorageUnavailable } from '../../server/storage/storage.js';
import { createChores } from '../../server/workers.js';
import { until } from '../support/eventually.js';
import { FaultyStorage } from '../support/faulty-storage.js';
import { fixture } from '../support/fixtures.js';
import { graphql, tokenOf } from '../support/graphql.js';
import { TestApp } from '../support/test-app.js';
import { below, Caller, collected, keysBelow } from '../support/upload-steps.js';

/** As the defaults (20, 5, 10, 2 and 10), shorter: taken over within the claim and one turn, drained within the drain. */
const SHORT = {
  CLAIM_SECONDS: '2',
  CLAIM_RENEWAL_SECONDS: '0.5',
  SWEEP_SECONDS: '0.3',
  TAKE_OVER_SECONDS: '0.2',
  DRAIN_SECONDS: '1',
};

let storage: FaultyStorage;
let app: TestApp;
let caller: Caller;
let file: Buffer;

beforeEach(async () => {
  file ??= await fixture('call.amr');
  storage = await FaultyStorage.create();
});
afterEach(async () => {
  storage.onDelete = () => undefined;
  await app[Symbol.asyncDispose]();
});

async function start(env: Record<string, string> = {}): Promise<void> {
  app = await TestApp.start({ storage, env: { ...SHORT, ...env } });
  caller = await Caller.create(app);
}

/** An upload of two chunks that is over: its bytes are for the chore to collect. */
async function cancelled(): Promise<string> {
  const uploadId = await caller.sent(file, {}, 1000);
  await caller.client.cancelUpload({ uploadId });
  return uploadId;
}

/** A finalized upload that a worker held until it was killed. */
async function orphan(): Promise<string> {
  const callLogId = await caller.call();
  const uploadId = await caller.sent(file, { callLogId });
  await app.database.query(
    `with made as (insert into recordings (id, inserted_at, updated_at, status, claim_id, claimed_until)
       values ($1, now(), now(), 'PENDING', gen_random_uuid(), now() + interval '1 second')),
     owned as (update call_logs set recording_id = $1 where id = $2)
     update upload_sessions set status = 'FINALIZING', recording_id = $1, finalized_at = now() where id = $3`,
    [randomUUID(), callLogId, uploadId],
  );
  return uploadId;
}

describe('a store that takes very long to delete', () => {
  let released: PromiseWithResolvers<void>;

  beforeEach(async () => {
    await start();
    released = Promise.withResolvers();
    storage.onDelete = () => released.promise;
    const deleting = once(storage.events, 'delete');
    await cancelled();
    await deleting;
  });
  afterEach(() => released.resolve());

  it('keeps nobody from taking over what a dead worker held', async () => {
    const id = await orphan();
    // Two turns after the claim has run out.
    await until(async () => (await caller.client.upload(id)).status !== 'FINALIZING', 10);
    expect(await caller.client.upload(id)).toMatchObject({ status: 'COMPLETED' });
  });

  it('keeps no process from stopping', async () => {
    const begun = performance.now();
    await app.app.close();
    expect(performance.now() - begun).toBeLessThan(4000);
  });
});

describe('an object that cannot be deleted', () => {
  const refuse = (poison: string) => {
    storage.onDelete = (key) => {
      if (key === poison) throw new StorageUnavailable('not this one');
    };
  };

  it('of an upload, keeps neither its others nor those of other uploads', async () => {
    await start({ SWEEP_SECONDS: '600' });
    const first = await cancelled();
    const [poison = '', ...others] = await keysBelow(app, below.upload(first));
    expect(others).toHaveLength(1);
    const later = await cancelled();
    await app.database.query(`update upload_sessions set expires_at = now() where id = $1`, [first]);
    refuse(poison);
    expect(await chore('uploads.collect')).toBe(1);
    expect(await keysBelow(app, below.upload(later))).toEqual([]);
    expect(await keysBelow(app, below.upload(first))).toEqual([poison]);
    // Tried again, but not at once.
    storage.onDelete = () => undefined;
    expect(await chore('uploads.collect')).toBe(0);
    await app.database.query(`update upload_sessions set collecting_until = now() where id = $1`, [first]);
    expect(await chore('uploads.collect')).toBe(1);
    expect(await keysBelow(app, below.upload(first))).toEqual([]);
  });

  it('of a removed recording, does not keep those that were removed later', async () => {
    await start();
    const [first, later] = [await caller.recorded('call.amr'), await caller.recorded('call.amr')];
    const [poison = ''] = await keysBelow(app, below.recording(first.recordingId));
    refuse(poison);
    const token = await tokenOf(app, await app.make.user('ADMIN'));
    const mutation =
      'mutation ($input: DeleteRecordingInput!) { deleteRecording(input: $input) { recording { id } } }';
    for (const { recordingId } of [first, later])
      await graphql(app, mutation, { token, variables: { input: { recordingId, reason: 'asked for' } } });
    await collected(app, below.recording(later.recordingId));
    expect(await keysBelow(app, below.recording(first.recordingId))).toEqual([poison]);
  });
});

/** One turn of it, as a worker would. */
async function chore(name: string, signal = new AbortController().signal): Promise<number | undefined> {
  return createChores(app.services)
    .find((one) => one.name === name)
    ?.run(signal);
}

it('workers share the uploads that are over: each is collected once', async () => {
  await start({ SWEEP_SECONDS: '600' });
  for (let n = 0; n < 5; n++) await cancelled();
  const deleted: string[] = [];
  storage.events.on('delete', (key: string) => deleted.push(key));
  const done = await Promise.all(Array.from({ length: 3 }, () => chore('uploads.collect')));
  expect(done.reduce<number>((sum, count = 0) => sum + count, 0)).toBe(5);
  expect(deleted).toHaveLength(10);
  expect(new Set(deleted).size).toBe(10);
});

it('what a worker collects is its own while it is at work, and soon another one’s if it dies', async () => {
  await start({ SWEEP_SECONDS: '600' });
  const id = await cancelled();
  const released = Promise.withResolvers<void>();
  storage.onDelete = () => released.promise;
  const deleting = once(storage.events, 'delete');
  const collecting = chore('uploads.collect');
  await deleting;
  /** Milliseconds until it is free, unless it is held for longer. */
  const heldFor = async () => {
    const [row] = await app.database.query<{ until: Date }>(
      'select collecting_until as until from upload_sessions where id = $1',
      [id],
    );
    return Number(row?.until) - Date.now();
  };
  const begun = Date.now() + (await heldFor());
  expect(begun - Date.now()).toBeLessThanOrEqual(2000);
  await until(async () => Date.now() + (await heldFor()) > begun + 200, 10);
  expect(await heldFor()).toBeLessThanOrEqual(2000);
  expect(await chore('uploads.collect')).toBe(0);
  released.resolve();
  expect(await collecting).toBe(1);
});

it('a turn that is broken off gives back what it had taken', async () => {
  await start({ SWEEP_SECONDS: '600' });
  const id = await cancelled();
  const stop = new AbortController();
  storage.onDelete = () => stop.abort();
  expect(await chore('uploads.collect', stop.signal)).toBe(0);
  expect(await chore('uploads.collect')).toBe(1);
  expect(await keysBelow(app, below.upload(id))).toEqual([]);
});
