import { sql } from 'kysely';
import type { CopyOutcome } from '../cati/copy-outcome.js';
import type { FailureCode } from '../errors.js';
import type { PubSub } from '../pubsub/pubsub.js';
import type { SystemTransaction } from '../unit-of-work.js';
import { countCandidates, nextCandidates } from './candidates.js';
import { migrationChanged } from './migration-changed.topic.js';
import type { ItemStatus } from './migration-item.entity.js';
import type { RunMoves } from './run-moves.js';
import type { RunRow, RunTables } from './run-row.js';

/** A call of the window, held by a worker. */
export interface Claim {
  position: number;
  cati_call_id: string;
  recording_id: string;
  /** Whom its recording is asked of. */
  provider: string;
  source_url: string | null;
  tries: number;
  /** The run began it before, with a worker that died or was broken off: what that did may be done already. */
  tookOver: boolean;
  /** When the run first began it. */
  takenAt: string;
}

export interface FinishedCall {
  position: number;
  status: ItemStatus;
  code: FailureCode | null;
  message: string | null;
  bytes: number | null;
}

/** Calls of a run that are held, or wait to be asked again: while there are so many, no further one is taken. */
const MOST_IN_WINDOW = 1000;

/** What a power cut may take back is done again, and counted once all the same: nobody waits for the disk. */
const NO_WAIT = sql`set_config('synchronous_commit', 'off', true)`;

/**
 * What the workers of a run share, in the database: its window, its items, its counters. The run's row is always
 * locked before the rows of its window, so that no two of these wait for each other.
 */
export class RunLedger {
  constructor(
    private readonly transaction: SystemTransaction,
    private readonly moves: RunMoves,
    private readonly pubsub: PubSub,
  ) {}

  /** ENQUEUED → RUNNING. False: somebody else did it, or it is no longer wanted. */
  async start(id: string): Promise<boolean> {
    return this.transaction(async (em) => {
      if (!(await this.moves.move(em, id, 'RUNNING', { from: ['ENQUEUED'] }))) return false;
      await em
        .getKysely<RunTables>()
        .updateTable('migration_runs')
        .set({ started_at: sql<string>`coalesce(started_at, now())`, heartbeat_at: sql<string>`now()` })
        .where('id', '=', id)
        .execute();
      return true;
    });
  }

  /**
   * Fixes `total`, beside the copying that has begun: what the window has had, and what it has not, as one snapshot
   * has them.
   */
  async measure(id: string): Promise<void> {
    const total = await this.transaction(async (em) => {
      await sql`set transaction isolation level repeatable read`.execute(em.getKysely());
      const run = await em
        .getKysely<RunTables>()
        .selectFrom('migration_runs')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst();
      if (!run) return 0;
      const count = run.taken + (await countCandidates(em, run));
      return Math.min(count, run.max_calls ?? count);
    });
    await this.transaction(async (em) => {
      await em
        .getKysely<RunTables>()
        .updateTable('migration_runs')
        .set({ total: sql<number>`greatest(taken, ${total}::int)` })
        .where('id', '=', id)
        .where('total', 'is', null)
        .execute();
      await this.pubsub.publish(em, migrationChanged, { id });
    });
  }

  /** Puts the next calls into the window, where it has run low. Answers how many. */
  async refill(id: string, size: number): Promise<number> {
    return this.transaction(async (em) => {
      const db = em.getKysely<RunTables>();
      const run = await db
        .selectFrom('migration_runs')
        .selectAll()
        .where('id', '=', id)
        .where('status', '=', 'RUNNING')
        .where('exhausted', '=', false)
        .forUpdate()
        .executeTakeFirst();
      if (!run) return 0;
      const { due, window } = await db
        .selectFrom('migration_claims')
        .select([
          sql<number>`count(*) filter (where worker_id is null and not_before is null)`.as('due'),
          sql<number>`count(*)`.as('window'),
        ])
        .where('run_id', '=', id)
        .executeTakeFirstOrThrow();
      if (due > 0) return due;
      if (window >= Math.max(size, MOST_IN_WINDOW)) return 0;
      const left = (run.total ?? run.max_calls ?? Infinity) - run.taken;
      const limit = Math.min(size, left);
      const found = limit > 0 ? await nextCandidates(em, run, limit) : [];
      const last = found.at(-1);
      if (last) {
        const rows = found.map(({ cati_call_id, recording_id }, index) => ({
          run_id: id,
          position: run.taken + index + 1,
          cati_call_id,
          recording_id,
        }));
        await db.insertInto('migration_claims').values(rows).execute();
      }
      await db
        .updateTable('migration_runs')
        .set({
          taken: run.taken + found.length,
          exhausted: found.length < limit || left <= found.length,
          ...(last && { cursor_value: last.value, cursor_id: last.id }),
        })
        .where('id', '=', id)
        .execute();
      return found.length;
    });
  }

  /** Takes calls that nobody holds, in the run's order. None when the run is not RUNNING. */
  async claim(id: string, workerId: string, limit: number, seconds: number): Promise<Claim[]> {
    return this.transaction.statement(async (em) => {
      const { rows } = await sql<Claim>`
        with free as (
          select position, taken_at as before from migration_claims
          where run_id = ${id} and (claimed_until is null or claimed_until < now())
            and (not_before is null or not_before <= now())
            and exists (select from migration_runs where migration_runs.id = ${id} and status = 'RUNNING')
          order by position limit ${limit} for update skip locked
        ), taken as (
          update migration_claims set worker_id = ${workerId}, not_before = null,
            claimed_until = now() + make_interval(secs => ${seconds}), taken_at = coalesce(taken_at, now())
          from free where migration_claims.run_id = ${id} and migration_claims.position = free.position
          returning migration_claims.*, free.before, ${NO_WAIT}
        )
        select position, cati_call_id, taken.recording_id, taken.tries, provider, source_url,
          before is not null as "tookOver", taken_at as "takenAt"
        from taken join cati_calls on cati_calls.id = cati_call_id
        join recordings on recordings.id = taken.recording_id`.execute(em.getKysely());
      return rows.toSorted((a, b) => a.position - b.position);
    });
  }

  /** Holds these calls further. */
  async renew(id: string, workerId: string, positions: readonly number[], seconds: number): Promise<void> {
    await this.transaction.statement(async (em) => {
      await sql`update migration_claims set claimed_until = now() + make_interval(secs => ${seconds})
        where run_id = ${id} and worker_id = ${workerId} and position = any(${positions}::int[])`.execute(
        em.getKysely(),
      );
    });
  }

  /** Back into the window, for any worker, after so many seconds. */
  async release(
    id: string,
    workerId: string,
    positions: readonly number[],
    { seconds = 0, counts = false }: { seconds?: number; counts?: boolean } = {},
  ): Promise<void> {
    await this.transaction.statement(async (em) => {
      await sql`update migration_claims set worker_id = null, claimed_until = null,
          tries = tries + ${counts ? 1 : 0}::int,
          not_before = case when ${seconds}::float8 > 0 then now() + make_interval(secs => ${seconds}::float8) end
        where run_id = ${id} and worker_id = ${workerId} and position = any(${positions}::int[])`.execute(
        em.getKysely(),
      );
    });
  }

  /** The tries of those that wait in the window count no longer. */
  async forgive(id: string): Promise<void> {
    await this.transaction.statement(async (em) => {
      await em
        .getKysely<RunTables>()
        .updateTable('migration_claims')
        .set({ tries: 0, not_before: null })
        .where('run_id', '=', id)
        .where('worker_id', 'is', null)
        .execute();
    });
  }

  /** Counts what is done, each call once: only what the worker still holds. Tells the others when `tell`. */
  async finish(id: string, workerId: string, calls: readonly FinishedCall[], tell: boolean): Promise<void> {
    await this.transaction.statement(async (em) => {
      await sql`
        with locked as materialized (
          select id from migration_runs where id = ${id} for update
        ), done as (
          select * from json_to_recordset(${JSON.stringify(calls)}::json)
          as call(position int, status text, code text, message text, bytes bigint)
        ), mine as (
          delete from migration_claims using done, locked
          where run_id = locked.id and worker_id = ${workerId} and migration_claims.position = done.position
          returning cati_call_id, recording_id, done.*
        ), written as (
          insert into migration_items (run_id, cati_call_id, recording_id, status, code, message, bytes, finished_at)
          select ${id}::uuid, cati_call_id, recording_id, status, code, left(message, 500), bytes, now() from mine
          on conflict (run_id, cati_call_id) do nothing
          returning status, bytes
        ), sums as (
          select count(*) filter (where status = 'UPLOADED') as uploaded,
            count(*) filter (where status = 'SKIPPED') as skipped,
            count(*) filter (where status = 'DELETED') as deleted,
            count(*) filter (where status = 'FAILED') as failed,
            coalesce(sum(bytes) filter (where status = 'UPLOADED'), 0) as bytes
          from written
        )
        update migration_runs as run set uploaded = run.uploaded + sums.uploaded, skipped = run.skipped + sums.skipped,
          deleted = run.deleted + sums.deleted, failed = run.failed + sums.failed, bytes = run.bytes + sums.bytes,
          heartbeat_at = now(),
          bytes_paid_at = greatest(bytes_paid_at, now())
            + make_interval(secs => coalesce(sums.bytes::float8 / max_bytes_per_second, 0))
        from sums where run.id = ${id} returning ${NO_WAIT}`.execute(em.getKysely());
      if (tell) await this.pubsub.publish(em, migrationChanged, { id });
    });
  }

  /** The others look again. */
  tell(id: string): Promise<void> {
    return this.transaction.statement((em) => this.pubsub.publish(em, migrationChanged, { id }));
  }

  /** RUNNING → SUCCEEDED when every call is done. What others settled before its turn came is SKIPPED. */
  async complete(id: string): Promise<boolean> {
    return this.transaction(async (em) => {
      const db = em.getKysely<RunTables>();
      const done = await db
        .selectFrom('migration_runs')
        .select('id')
        .where('id', '=', id)
        .where('status', '=', 'RUNNING')
        .where('exhausted', '=', true)
        .where('total', 'is not', null)
        .where(sql<boolean>`not exists (select from migration_claims where run_id = migration_runs.id)`)
        .forUpdate()
        .executeTakeFirst();
      if (!done) return false;
      await db
        .updateTable('migration_runs')
        .set({ skipped: sql`total - uploaded - deleted - failed` })
        .where('id', '=', id)
        .execute();
      return this.moves.move(em, id, 'SUCCEEDED');
    });
  }

  /** The source asked for patience: no worker begins a copy before. */
  async backOff(id: string, seconds: number): Promise<void> {
    await this.transaction.statement(async (em) => {
      await sql`update migration_runs
        set backoff_until = greatest(backoff_until, now() + make_interval(secs => ${seconds})) where id = ${id}`.execute(
        em.getKysely(),
      );
    });
  }

  /**
   * Places in the run's queue of requests, `60 / perMinute` seconds apart, for this worker: how many milliseconds off
   * the first one is.
   */
  async reserve(id: string, count: number, perMinute: number): Promise<number> {
    const { rows } = await this.transaction.statement((em) =>
      sql<{ wait: number }>`update migration_runs
        set next_request_at = greatest(next_request_at, now()) + make_interval(secs => ${(count * 60) / perMinute})
        where id = ${id}
        returning extract(epoch from next_request_at - now())::float8 * 1000 as wait`.execute(em.getKysely()),
    );
    return Math.max(0, (rows[0]?.wait ?? 0) - (count * 60_000) / perMinute);
  }

  /** What became of a call that the run began then and lost sight of: stored, or found gone. */
  async settledSince(recordingId: string, since: string): Promise<CopyOutcome | undefined> {
    const settled = await this.transaction.statement((em) =>
      em
        .getKysely<RunTables>()
        .selectFrom('recordings')
        .select(['status', 'byte_size'])
        .where('id', '=', recordingId)
        .where(
          sql<boolean>`case status when 'UPLOADED' then uploaded_at >= ${since}::timestamptz
            when 'DELETED' then error_code = 'GONE_AT_SOURCE' and error_at >= ${since}::timestamptz end`,
        )
        .executeTakeFirst(),
    );
    if (!settled) return undefined;
    return settled.status === 'DELETED'
      ? { kind: 'deleted', code: 'GONE_AT_SOURCE' }
      : { kind: 'uploaded', bytes: settled.byte_size ?? 0 };
  }

  /** A worker's look at the run. `wait_ms`: milliseconds that the source, or the bytes so far, still ask for. */
  async look(id: string): Promise<(RunRow & { wait_ms: number }) | undefined> {
    return this.transaction.statement((em) =>
      em
        .getKysely<RunTables>()
        .selectFrom('migration_runs')
        .selectAll()
        .select(
          sql<number>`greatest(0, extract(epoch from greatest(backoff_until,
            case when max_bytes_per_second is not null then bytes_paid_at end) - now())::float8 * 1000)`.as(
            'wait_ms',
          ),
        )
        .where('id', '=', id)
        .executeTakeFirst(),
    );
  }
}
