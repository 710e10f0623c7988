import { claimCopies, type CopyClaim } from '../../server/cati/claim-copies.js';
import type { CopyOutcome } from '../../server/cati/copy-outcome.js';
import type { CopyMode } from '../../server/cati/copy-settlement.js';
import { newId } from '../../server/entity.js';
import { completeAttempts, type Completion } from '../../server/recordings/complete-attempts.js';
import { attemptKey, formatStoredPath } from '../../server/recordings/stored-path.js';
import { systemTransaction } from '../../server/unit-of-work.js';
import { eventually } from '../support/eventually.js';
import { seedCalls } from '../support/migration-steps.js';
import { ProviderApp } from '../support/provider-app.js';
import { seedProviderCalls } from '../support/provider-calls.js';
import { below, keysBelow } from '../support/upload-steps.js';

let provider: ProviderApp;
beforeAll(async () => {
  provider = await ProviderApp.start({ env: { COPY_DELAY_SECONDS: '3600' } });
});
afterAll(() => provider[Symbol.asyncDispose]());

const copy = (recordingId: string, mode: 'job' | 'run'): Promise<CopyOutcome> =>
  provider.app.services.copying.copier.copy(recordingId, { mode, signal: new AbortController().signal });

const objectsOf = (recordingId: string): Promise<string[]> =>
  keysBelow(provider.app, below.recording(recordingId));

async function seeded(count: number, prefix: string): Promise<string[]> {
  await seedProviderCalls(provider.app.database, provider.fake, { count, prefix });
  const rows = await provider.app.database.query<{ recording_id: string }>(
    'select recording_id from cati_calls where call_id like $1 order by call_id',
    [`${prefix}%`],
  );
  return rows.map(({ recording_id: id }) => id);
}

const rowOf = async (recordingId: string) => {
  const [row] = await provider.app.database.query<{ attempts: number; status: string }>(
    'select attempts, status from recordings where id = $1',
    [recordingId],
  );
  return row;
};

it('asked for one recording many times at once, one attempt holds it, and stores it once', async () => {
  const [id = ''] = await seeded(1, 'twice');
  provider.fake.script('twice0000001', { kind: 'drip', bytes: 5000, everyMs: 50 });
  const asked = Array.from({ length: 6 }, async (_, n) => {
    const { kind } = await copy(id, n % 2 === 0 ? 'run' : 'job');
    // Whoever comes late finds it stored already.
    return kind === 'skipped' ? `skipped ${(await rowOf(id))?.status}` : kind;
  });
  const outcomes = await Promise.all(asked);
  expect(outcomes.filter((outcome) => outcome === 'uploaded')).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === 'held' || outcome === 'skipped UPLOADED')).toHaveLength(5);
  expect(await objectsOf(id)).toHaveLength(1);
  expect(await rowOf(id)).toEqual({ attempts: 1, status: 'UPLOADED' });
});

describe('a group that asks for one recording more than once', () => {
  const claimed = (claims: readonly CopyClaim[]): Promise<string[]> =>
    systemTransaction(provider.app.services.orm)(async (em) =>
      (await claimCopies(em, claims, 60)).map(({ kind }) => kind),
    );
  const claimOf = (recordingId: string, mode: CopyMode): CopyClaim => ({
    recordingId,
    attemptId: newId(),
    mode,
    isProbe: false,
  });

  it.each([
    ['job', 'run'],
    ['run', 'job'],
    ['run', 'run'],
  ] as const)('a %s and a %s: one holds it, the other is told so', async (first, second) => {
    const [id = '', other = ''] = await seedCalls(provider.app, 2);
    const claims = [claimOf(id, first), claimOf(other, 'job'), claimOf(id, second)];
    const kinds = await claimed(claims);
    expect(kinds[1]).toBe('claimed');
    expect([kinds[0], kinds[2]].toSorted()).toEqual(['claimed', 'held']);
    const holder = kinds[0] === 'claimed' ? claims[0] : claims[2];
    const rows = await provider.app.database.query(
      'select claim_id, attempts from recordings where id = $1',
      [id],
    );
    expect(rows).toEqual([{ claim_id: holder?.attemptId, attempts: 1 }]);
  });

  it('a job that is not due takes nothing from a run', async () => {
    const [id = ''] = await seedCalls(provider.app, 1);
    await provider.app.database.query(
      `update recordings set next_attempt_at = now() + interval '1 hour' where id = $1`,
      [id],
    );
    const kinds = await claimed([claimOf(id, 'job'), claimOf(id, 'run'), claimOf(id, 'job')]);
    expect(kinds).toEqual(['unwanted', 'claimed', 'unwanted']);
  });
});

it('one that cannot be claimed takes nothing from the others of its group', async () => {
  const ids = await seeded(4, 'mixed');
  const [held = '', gone = '', failed = '', free = ''] = ids;
  const { database } = provider.app;
  await database.query(
    `update recordings set status = 'PENDING', claim_id = gen_random_uuid(), claimed_until = now() + interval '1 hour'
     where id = $1`,
    [held],
  );
  await database.query(
    `update recordings set status = 'DELETED', error_code = 'GONE_AT_SOURCE', error_at = now() where id = $1`,
    [gone],
  );
  await database.query(
    `update recordings set status = 'FAILED', error_code = 'NOT_AUDIO', error_at = now() where id = $1`,
    [failed],
  );
  const asJobs = await Promise.all([held, gone, failed].map((id) => copy(id, 'job')));
  expect(asJobs.map(({ kind }) => kind)).toEqual(['held', 'deleted', 'skipped']);
  const asRun = await Promise.all(ids.map((id) => copy(id, 'run')));
  expect(asRun.map(({ kind }) => kind)).toEqual(['held', 'deleted', 'uploaded', 'uploaded']);
  expect(await objectsOf(free)).toHaveLength(1);
});

it('what is deleted before a run comes to it, or under its hands, is told as deleted', async () => {
  const [before = '', amid = ''] = await seeded(2, 'deleted');
  const { services } = provider.app;
  const remove = (id: string) =>
    provider.app.database.query(
      `update recordings set status = 'DELETED', error_code = 'REMOVED', removed_at = now(), removed_reason = '',
        claim_id = null, claimed_until = null where id = $1`,
      [id],
    );
  // As runs do, who know the place already.
  const asRun = (id: string, callId: string): Promise<CopyOutcome> => {
    const place = { provider: 'deepcall', url: provider.fake.urlOf(callId) };
    return services.copying.copier.copy(id, { mode: 'run', signal: new AbortController().signal, place });
  };
  await remove(before);
  expect(await asRun(before, 'deleted0000001')).toEqual({ kind: 'deleted', code: 'REMOVED' });
  provider.fake.script('deleted0000002', { kind: 'drip', bytes: 5000, everyMs: 50 });
  const outcome = asRun(amid, 'deleted0000002');
  await eventually(() => provider.fake.requestsFor('deleted0000002') > 0);
  await remove(amid);
  expect(await outcome).toEqual({ kind: 'deleted', code: 'REMOVED' });
  expect(await objectsOf(amid)).toEqual([]);
});

describe('a group of attempts', () => {
  const pathOf = (recordingId: string, attemptId: string): string =>
    formatStoredPath({ storage: 'local', key: attemptKey(recordingId, attemptId, 'mp3') });

  /** Each held by an attempt whose bytes have this hash. */
  async function attemptsAt(hashes: readonly string[]) {
    const ids = await seedCalls(provider.app, hashes.length);
    return Promise.all(
      ids.map(async (recordingId, n) => {
        const attemptId = newId();
        await provider.app.database.query(
          `update recordings set status = 'PENDING', claim_id = $2, claimed_until = now() + interval '1 hour' where id = $1`,
          [recordingId, attemptId],
        );
        const facts = {
          recordingPath: pathOf(recordingId, attemptId),
          contentType: 'audio/mpeg',
          codec: 'mp3',
          byteSize: 1000 + n,
          durationMs: n === 0 ? null : 1000,
          sha256: (hashes[n] ?? '').repeat(64),
          flags: n === 0 ? [] : (['SHORT'] as const).slice(),
        };
        return { recordingId, attemptId, facts };
      }),
    );
  }
  type Attempts = Awaited<ReturnType<typeof attemptsAt>>;

  const completed = (attempts: Attempts): Promise<Completion[]> =>
    systemTransaction(provider.app.services.orm)((em) =>
      completeAttempts(em, provider.app.services.mediaPlan, attempts),
    );

  const rowsOf = (attempts: Attempts) =>
    Promise.all(
      attempts.map(async ({ recordingId }) => {
        const [row] = await provider.app.database.query<{ status: string; flags: string[]; size: number }>(
          'select status, flags, byte_size::int as size from recordings where id = $1',
          [recordingId],
        );
        return row;
      }),
    );

  it('is stored whole, and of the same bytes all but one are duplicates', async () => {
    const attempts = await attemptsAt(['a', 'b', 'a', 'a']);
    expect(await completed(attempts)).toEqual(Array.from({ length: 4 }, () => 'completed'));
    const rows = await rowsOf(attempts);
    expect(rows.map((row) => row?.status)).toEqual(Array.from({ length: 4 }, () => 'UPLOADED'));
    expect(rows.map((row) => row?.size)).toEqual([1000, 1001, 1002, 1003]);
    expect(rows.map((row) => row?.flags.includes('SHORT'))).toEqual([false, true, true, true]);
    const duplicates = rows.map((row) => row?.flags.includes('DUPLICATE'));
    expect(duplicates[1]).toBe(false);
    expect(duplicates.filter(Boolean)).toHaveLength(2);
  });

  it('is answered the same when it is asked again', async () => {
    const attempts = await attemptsAt(['c', 'd']);
    await completed(attempts);
    expect(await completed(attempts)).toEqual(['completed', 'completed']);
    expect((await rowsOf(attempts)).map((row) => row?.flags.includes('DUPLICATE'))).toEqual([false, false]);
  });

  it('tells whose claim was lost, and who was too late', async () => {
    const attempts = await attemptsAt(['e', 'f', '9']);
    const [lost, late, good] = attempts;
    const { database } = provider.app;
    await database.query('update recordings set claim_id = gen_random_uuid() where id = $1', [
      lost?.recordingId,
    ]);
    await database.query(
      `update recordings set status = 'UPLOADED', recording_path = 'local:recordings/00/x', byte_size = 1,
        sha256 = repeat('8', 64), uploaded_at = now(), claim_id = null, claimed_until = null where id = $1`,
      [late?.recordingId],
    );
    expect(await completed(attempts)).toEqual(['lost', 'settled', 'completed']);
    const rows = await rowsOf(attempts);
    expect(rows.map((row) => row?.status)).toEqual(['PENDING', 'UPLOADED', 'UPLOADED']);
    expect(rows[1]?.size).toBe(1);
    expect(good && rows[2]?.size).toBe(1002);
  });

  it('of two attempts at one recording, only the one that holds it completes it', async () => {
    const [held] = await attemptsAt(['7']);
    if (!held) throw new Error('no attempt');
    const attemptId = newId();
    const recordingPath = pathOf(held.recordingId, attemptId);
    const lost = { ...held, attemptId, facts: { ...held.facts, recordingPath } };
    expect(await completed([lost, held])).toEqual(['lost', 'completed']);
    expect(await completed([held, lost])).toEqual(['completed', 'settled']);
  });
});
