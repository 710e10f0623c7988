import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { RunLedger } from '../../server/migration-runs/run-ledger.js';
import { sha256 } from '../support/fixtures.js';
import { graphql, tokenOf } from '../support/graphql.js';
import { actOn, quietNow, runFacts, runUntil, seedCalls, startRun } from '../support/migration-steps.js';
import { ScriptedCopier } from '../support/scripted-copier.js';
import { TestApp } from '../support/test-app.js';

let app: TestApp;
let copier: ScriptedCopier;
let token: string;

beforeEach(async () => {
  copier = new ScriptedCopier();
  app = await TestApp.start({ copier, env: { CLAIM_SECONDS: '2', CLAIM_RENEWAL_SECONDS: '0.5' } });
  copier.database = app.database;
  token = await tokenOf(app, await app.make.user('ADMIN'));
});

afterEach(() => app[Symbol.asyncDispose]());

const sum = (run: { uploaded: number; skipped: number; deleted: number; failed: number }): number =>
  run.uploaded + run.skipped + run.deleted + run.failed;

/** Resolves when so many copies were asked for. */
function asked(count: number): Promise<void> {
  return new Promise((resolve) => {
    const look = setInterval(() => {
      if (copier.asked.length < count) return;
      clearInterval(look);
      resolve();
    }, 10);
  });
}

async function items(id: string): Promise<Record<string, number>> {
  const rows = await app.database.query<{ status: string; count: number }>(
    'select status, count(*)::int from migration_items where run_id = $1 group by status',
    [id],
  );
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}

/** Stores a recording, or says so. */
async function seedStored(
  id: string,
  bytes: Buffer,
  { hash = sha256(bytes), isThere = true, kind = 'local' } = {},
): Promise<void> {
  const key = `recordings/00/${id}/first.mp3`;
  if (isThere) await app.services.storage.put(key, Readable.from([bytes]), { byteSize: bytes.length });
  await app.database.query(
    `update recordings set status = 'UPLOADED', recording_path = $2, byte_size = $3, sha256 = $4, uploaded_at = now() - interval '1 day'
     where id = $1`,
    [id, `${kind}:${key}`, bytes.length, hash],
  );
}

const statuses = async (): Promise<string[]> =>
  (await app.database.query<{ status: string }>('select status from recordings')).map(({ status }) => status);

it('goes through every call once, in order, and counts each by its outcome', async () => {
  const ids = await seedCalls(app, 130);
  const place = new Map(ids.map((id, index) => [id, index]));
  copier.script = (id) => {
    const kind = (place.get(id) ?? 0) % 13;
    if (kind === 0) return { kind: 'failed', code: 'NOT_AUDIO', message: 'a login page' };
    if (kind === 1) return { kind: 'deleted', code: 'GONE_AT_SOURCE' };
    if (kind === 2) return { kind: 'skipped' };
    return { kind: 'uploaded', bytes: 7 };
  };
  const id = await startRun(app, token, { batchSize: 20, concurrency: 1 });
  const run = await runUntil(app, id, 'SUCCEEDED');
  expect(run).toMatchObject({ total: 130, uploaded: 100, skipped: 10, deleted: 10, failed: 10, bytes: 700 });
  expect(await items(id)).toEqual({ UPLOADED: 100, SKIPPED: 10, DELETED: 10, FAILED: 10 });
  expect(copier.asked).toEqual(ids);
});

it('has no more copies under way than it may, and uses them all', async () => {
  await seedCalls(app, 60);
  copier.takes = 20;
  await runUntil(app, await startRun(app, token, { concurrency: 6 }), 'SUCCEEDED');
  expect(copier.most).toBe(6);
});

it('ends after maxCalls, and leaves the rest for the next run', async () => {
  await seedCalls(app, 30);
  const first = await runUntil(app, await startRun(app, token, { maxCalls: 12, batchSize: 5 }), 'SUCCEEDED');
  expect(first).toMatchObject({ total: 12, uploaded: 12 });
  const second = await runUntil(app, await startRun(app, token), 'SUCCEEDED');
  expect(second).toMatchObject({ total: 18, uploaded: 18 });
  expect(new Set(copier.asked).size).toBe(30);
});

it('takes only what failed for one of the errors', async () => {
  const ids = await seedCalls(app, 10);
  await app.database.query(
    `update recordings set status = 'FAILED', error_code = 'NOT_READY', error_at = now() where id = any($1)`,
    [ids.slice(3, 6)],
  );
  const run = await runUntil(app, await startRun(app, token, { onlyErrors: ['NOT_READY'] }), 'SUCCEEDED');
  expect(run).toMatchObject({ total: 3, uploaded: 3 });
});

it('counts what somebody else stored meanwhile as skipped', async () => {
  const ids = await seedCalls(app, 40);
  copier.hangs = true;
  const id = await startRun(app, token, { batchSize: 1, concurrency: 1 });
  await runUntil(app, id, ({ total }) => total === 40);
  await app.database.query(
    `update recordings set status = 'UPLOADED', recording_path = 'local:x', byte_size = 1,
      sha256 = repeat('0', 64), uploaded_at = now() where id = any($1)`,
    [ids.slice(20)],
  );
  copier.hangs = false;
  await actOn(app, token, 'pause', id);
  await runUntil(app, id, 'PAUSED');
  await actOn(app, token, 'resume', id);
  const run = await runUntil(app, id, 'SUCCEEDED');
  expect(run).toMatchObject({ total: 40, uploaded: 20, skipped: 20 });
});

it('tries what may pass again, and gives up after three tries', async () => {
  const [first = '', second = ''] = await seedCalls(app, 2);
  const slow = { kind: 'failed', code: 'SOURCE_TIMEOUT', message: 'slow', retryAfterSeconds: 0.1 } as const;
  copier.script = (id, attempt) =>
    id === second && attempt === 3 ? { kind: 'uploaded', bytes: 1 } : { ...slow };
  const run = await runUntil(app, await startRun(app, token), 'SUCCEEDED');
  expect(run).toMatchObject({ total: 2, uploaded: 1, failed: 1 });
  expect(copier.asked.filter((id) => id === first)).toHaveLength(3);
});

it('waits as long as a source that limits asks for, and loses nothing', async () => {
  await seedCalls(app, 6);
  let limited = 0;
  copier.script = (_id, attempt) =>
    attempt === 1 && limited++ < 3
      ? { kind: 'failed', code: 'SOURCE_RATE_LIMITED', message: 'slower', retryAfterSeconds: 1 }
      : { kind: 'uploaded', bytes: 1 };
  const run = await runUntil(app, await startRun(app, token, { concurrency: 4 }), 'SUCCEEDED');
  expect(run).toMatchObject({ uploaded: 6, failed: 0 });
  expect(copier.asked).toHaveLength(9);
});

describe.each([
  ['pause', 'PAUSED'],
  ['cancel', 'CANCELLED'],
] as const)('%s', (action, end) => {
  it('ends within two seconds, though copies hang, and counts nothing twice', async () => {
    await seedCalls(app, 50);
    copier.hangs = true;
    const id = await startRun(app, token, { concurrency: 5 });
    await asked(5);
    const before = Date.now();
    expect(await actOn(app, token, action, id)).toBe('OK');
    const run = await runUntil(app, id, end);
    expect(Date.now() - before).toBeLessThan(2000);
    expect(sum(run)).toBe(0);
    expect(
      await app.database.query('select 1 from migration_claims where run_id = $1 and worker_id is not null', [
        id,
      ]),
    ).toEqual([]);
  });
});

it('goes on after a pause where it stood', async () => {
  await seedCalls(app, 60);
  copier.takes = 10;
  const id = await startRun(app, token, { concurrency: 2 });
  await runUntil(app, id, (run) => run.uploaded > 5);
  await actOn(app, token, 'pause', id);
  const paused = await runUntil(app, id, 'PAUSED');
  expect(paused.uploaded).toBeLessThan(60);
  expect(await actOn(app, token, 'resume', id)).toBe('OK');
  expect(await runUntil(app, id, 'SUCCEEDED')).toMatchObject({ total: 60, uploaded: 60 });
  expect(new Set(copier.asked).size).toBe(60);
});

it('pauses itself with the reason when the connection is at fault, burns nothing, and goes on after', async () => {
  await seedCalls(app, 20);
  let isBroken = true;
  copier.script = () =>
    isBroken
      ? { kind: 'stopped', by: 'source', reason: 'The token has expired.' }
      : { kind: 'uploaded', bytes: 1 };
  const id = await startRun(app, token);
  const paused = await runUntil(app, id, 'PAUSED');
  expect(paused.status_reason).toBe('The token has expired.');
  expect(sum(paused)).toBe(0);
  expect(await app.database.query(`select 1 from recordings where status <> 'EXPECTED'`)).toEqual([]);
  isBroken = false;
  await actOn(app, token, 'resume', id);
  expect(await runUntil(app, id, 'SUCCEEDED')).toMatchObject({ uploaded: 20, status_reason: null });
});

it('takes over the calls of a worker that died, and counts what it stored as uploaded', async () => {
  const ids = await seedCalls(app, 10);
  copier.hangs = true;
  const id = await startRun(app, token, { concurrency: 3 });
  await asked(3);
  await actOn(app, token, 'pause', id);
  await runUntil(app, id, 'PAUSED');
  // As if a worker had taken three calls, stored one of them, and died.
  await app.database.query(
    `update migration_claims set worker_id = gen_random_uuid(), claimed_until = now() + interval '1 second',
      taken_at = now() - interval '1 minute' where run_id = $1 and position <= 3`,
    [id],
  );
  await app.database.query(
    `update recordings set status = 'UPLOADED', recording_path = 'local:x', byte_size = 5,
      sha256 = repeat('0', 64), uploaded_at = now() where id = $1`,
    [ids[0]],
  );
  copier.hangs = false;
  copier.script = (recordingId) =>
    recordingId === ids[0] ? { kind: 'skipped' } : { kind: 'uploaded', bytes: 5 };
  await actOn(app, token, 'resume', id);
  expect(await runUntil(app, id, 'SUCCEEDED')).toMatchObject({ total: 10, uploaded: 10, bytes: 50 });
});

it('is shared by the workers of several processes, each call done by one of them', async () => {
  const other = new ScriptedCopier();
  other.database = app.database;
  await using second = await TestApp.start({ shareWith: app, copier: other });
  await seedCalls(app, 200);
  copier.takes = other.takes = 10;
  const id = await startRun(second, token, { batchSize: 10, concurrency: 4 });
  expect(await runUntil(app, id, 'SUCCEEDED')).toMatchObject({ total: 200, uploaded: 200 });
  expect(new Set([...copier.asked, ...other.asked]).size).toBe(200);
  expect(copier.asked.length + other.asked.length).toBe(200);
  expect(Math.min(copier.asked.length, other.asked.length)).toBeGreaterThan(0);
});

it('follows new limits while it runs', async () => {
  await seedCalls(app, 40);
  const id = await startRun(app, token, { requestsPerMinute: 30, concurrency: 4 });
  await runUntil(app, id, (run) => run.uploaded >= 1);
  expect((await runFacts(app, id)).uploaded).toBeLessThan(5);
  const answer = await graphql(
    app,
    'mutation($id: ID!) { updateMigrationLimits(input: { id: $id, requestsPerMinute: null }) { migration { options { requestsPerMinute concurrency } } } }',
    { token, variables: { id } },
  );
  expect(answer.data).toEqual({
    updateMigrationLimits: { migration: { options: { requestsPerMinute: null, concurrency: 4 } } },
  });
  expect(await runUntil(app, id, 'SUCCEEDED')).toMatchObject({ uploaded: 40 });
});

it('verifies what is stored, where that is wanted, and copies what is damaged or missing again', async () => {
  const [intact = '', damaged = '', missing = ''] = await seedCalls(app, 3);
  const bytes = Buffer.from('what was stored');
  await seedStored(intact, bytes);
  await seedStored(damaged, bytes, { hash: sha256(Buffer.from('something else')) });
  await seedStored(missing, bytes, { isThere: false });
  const skipping = await runUntil(app, await startRun(app, token), 'SUCCEEDED');
  expect(skipping.total).toBe(0);
  const run = await runUntil(app, await startRun(app, token, { skipUploaded: false }), 'SUCCEEDED');
  expect(run).toMatchObject({ total: 3, uploaded: 2, skipped: 1 });
  expect(copier.asked.toSorted()).toEqual([damaged, missing].toSorted());
});

it('takes a store in which nothing is that was stored for another one: the run pauses, and marks nothing', async () => {
  const ids = await seedCalls(app, 3);
  for (const id of ids) await seedStored(id, Buffer.from(id), { isThere: false });
  const id = await startRun(app, token, { skipUploaded: false });
  const run = await runUntil(app, id, 'PAUSED');
  expect(run.status_reason).toMatch(/another store/);
  expect(await statuses()).toEqual(['UPLOADED', 'UPLOADED', 'UPLOADED']);
  // The right one is back.
  for (const one of ids) await seedStored(one, Buffer.from(one));
  await actOn(app, token, 'resume', id);
  expect(await runUntil(app, id, 'SUCCEEDED')).toMatchObject({ skipped: 3, uploaded: 0 });
});

it('leaves what is kept in a store of another kind', async () => {
  const [id = ''] = await seedCalls(app, 1);
  await seedStored(id, Buffer.from('in a bucket'), { isThere: false, kind: 's3' });
  const run = await startRun(app, token, { skipUploaded: false });
  expect(await runUntil(app, run, 'SUCCEEDED')).toMatchObject({ skipped: 1 });
  expect(await statuses()).toEqual(['UPLOADED']);
});

it('copies no faster than so many bytes in a second', async () => {
  await seedCalls(app, 4);
  const id = await startRun(app, token, { maxBytesPerSecond: 2000, concurrency: 1 });
  await runUntil(app, id, 'SUCCEEDED');
  // 1000 bytes each: half a second for every call but the last.
  const [{ seconds }] = (await app.database.query<{ seconds: number }>(
    `select extract(epoch from max(finished_at) - min(finished_at))::float8 as seconds from migration_items where run_id = $1`,
    [id],
  )) as [{ seconds: number }];
  expect(seconds).toBeGreaterThanOrEqual(1.4);
});

it('rests between two batches, and no longer than it is told to', async () => {
  await seedCalls(app, 6);
  const id = await startRun(app, token, { batchSize: 2, delayMs: 1200, concurrency: 2 });
  await runUntil(app, id, ({ uploaded }) => uploaded === 4);
  await actOn(app, token, 'pause', id);
  await runUntil(app, id, 'PAUSED');
  await graphql(
    app,
    'mutation($input: UpdateMigrationLimitsInput!) { updateMigrationLimits(input: $input) { migration { id } } }',
    {
      token,
      variables: { input: { id, delayMs: 0 } },
    },
  );
  await actOn(app, token, 'resume', id);
  expect(await runUntil(app, id, 'SUCCEEDED')).toMatchObject({ uploaded: 6 });
  const times = await app.database.query<{ seconds: number }>(
    `select extract(epoch from finished_at - min(finished_at) over ())::float8 as seconds
     from migration_items where run_id = $1 order by finished_at`,
    [id],
  );
  expect(times[1]?.seconds).toBeLessThan(1);
  expect(times[2]?.seconds).toBeGreaterThanOrEqual(1.1);
});

it('does not wait for a call that hangs, nor after the last batch', async () => {
  await seedCalls(app, 4);
  const id = await startRun(app, token, { batchSize: 2, delayMs: 3_600_000 });
  await runUntil(app, id, ({ uploaded }) => uploaded === 2);
  await actOn(app, token, 'pause', id);
  await runUntil(app, id, 'PAUSED');
  copier.hangs = true;
  await actOn(app, token, 'resume', id);
  await asked(4);
  await actOn(app, token, 'pause', id);
  await runUntil(app, id, 'PAUSED');
  const held = 'select 1 from migration_claims where run_id = $1 and worker_id is not null';
  expect(await app.database.query(held, [id])).toEqual([]);
  copier.hangs = false;
  await actOn(app, token, 'resume', id);
  expect(await runUntil(app, id, 'SUCCEEDED')).toMatchObject({ uploaded: 4 });
});

it('counts all others where the outcome of one call cannot be written', async () => {
  const [first = ''] = await seedCalls(app, 12);
  await app.database.query(
    `alter table migration_items add constraint not_this_one check (recording_id <> '${first}')`,
  );
  const id = await startRun(app, token, { concurrency: 4 });
  expect(await runUntil(app, id, ({ uploaded }) => uploaded === 11)).toMatchObject({ status: 'RUNNING' });
  await app.database.query('alter table migration_items drop constraint not_this_one');
  expect(await runUntil(app, id, 'SUCCEEDED')).toMatchObject({ uploaded: 12, failed: 0 });
});

it('counts a call once that comes up again while it waits', async () => {
  const [first = '', ...others] = await seedCalls(app, 6);
  const began = (ids: string[], at: string) =>
    app.database.query('update cati_calls set started_at = $2 where recording_id = any($1)', [ids, at]);
  await began(others, '2000-01-01');
  copier.script = (id, attempt) =>
    id === first && attempt === 1
      ? { kind: 'failed', code: 'SOURCE_TIMEOUT', message: 'slow' }
      : { kind: 'uploaded', bytes: 1000 };
  copier.afterwards = async (id) => {
    // A late event tells when the call began: of the newest first, it is one of the next again.
    if (id === first) await began([first], '2001-01-01');
  };
  const id = await startRun(app, token, { batchSize: 1, concurrency: 1, order: 'NEWEST_FIRST' });
  expect(await runUntil(app, id, 'SUCCEEDED')).toMatchObject({ total: 6, uploaded: 6 });
});

it('begins nothing in quiet hours', async () => {
  await seedCalls(app, 2);
  const id = await startRun(app, token, { quietHours: quietNow() });
  await runUntil(app, id, ({ status, total }) => status === 'RUNNING' && total === 2);
  const looks = jest.spyOn(RunLedger.prototype, 'look');
  await sleep(2000);
  // The supervisor's every half second, the driver's every second.
  expect(looks.mock.calls.length).toBeLessThan(15);
  looks.mockRestore();
  expect(copier.asked).toEqual([]);
  await actOn(app, token, 'cancel', id);
  expect(await runUntil(app, id, 'CANCELLED')).toMatchObject({ uploaded: 0 });
  expect(copier.asked).toEqual([]);
});
