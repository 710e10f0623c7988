import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import type { RunRow } from './run-row.js';

/** One call to be copied, with its place in the run's order. */
export interface Candidate {
  cati_call_id: string;
  recording_id: string;
  value: string;
  id: string;
}

export type CandidateScope = Pick<
  RunRow,
  | 'provider'
  | 'campaign'
  | 'started_after'
  | 'started_before'
  | 'only_errors'
  | 'skip_uploaded'
  | 'sort_order'
  | 'started_at'
>;

/** How the run's order reads: a value and a unique id, both of one index. */
export function orderOf(order: RunRow['sort_order']): {
  value: RawBuilder<unknown>;
  id: RawBuilder<unknown>;
  direction: RawBuilder<unknown>;
  beyond: RawBuilder<unknown>;
} {
  const [asc, desc] = [sql`asc`, sql`desc`];
  if (order === 'EXPIRING_FIRST') {
    return { value: sql`recordings.expiry_order`, id: sql`recordings.id`, direction: asc, beyond: sql`>` };
  }
  const call = { value: sql`cati_calls.began_at`, id: sql`cati_calls.id` };
  return order === 'NEWEST_FIRST'
    ? { ...call, direction: desc, beyond: sql`<` }
    : { ...call, direction: asc, beyond: sql`>` };
}

/** The calls of the filter that are older than the run. */
export function ofFilter(run: CandidateScope): RawBuilder<unknown>[] {
  const where: RawBuilder<unknown>[] = [];
  if (run.started_at !== null) where.push(sql`cati_calls.inserted_at < ${run.started_at}::timestamptz`);
  if (run.provider !== null) where.push(sql`cati_calls.provider = ${run.provider}`);
  if (run.campaign !== null) where.push(sql`cati_calls.campaign = ${run.campaign}`);
  if (run.started_after !== null) where.push(sql`cati_calls.began_at >= ${run.started_after}::timestamptz`);
  if (run.started_before !== null) where.push(sql`cati_calls.began_at < ${run.started_before}::timestamptz`);
  return where;
}

export function ofStatus(run: CandidateScope): RawBuilder<unknown>[] {
  const open = run.skip_uploaded
    ? sql`recordings.status in ('EXPECTED', 'PENDING', 'FAILED')`
    : sql`recordings.status in ('EXPECTED', 'PENDING', 'FAILED', 'UPLOADED')`;
  return run.only_errors === null
    ? [open]
    : [open, sql`recordings.error_code = any(${run.only_errors}::text[])`];
}

/** What the window has not had yet. */
export function behindCursor(
  run: CandidateScope & Pick<RunRow, 'cursor_value' | 'cursor_id'>,
): RawBuilder<unknown>[] {
  if (run.cursor_value === null) return [];
  const { value, id, beyond } = orderOf(run.sort_order);
  return [sql`(${value}, ${id}) ${beyond} (${run.cursor_value}::timestamptz, ${run.cursor_id}::uuid)`];
}

/** A call whose time moved behind the cursor, of its beginning or its expiry, is not taken twice. */
function notTaken(run: RunRow): RawBuilder<unknown> {
  const among = (table: string) =>
    sql`exists (select from ${sql.table(table)} as taken
      where taken.run_id = ${run.id}::uuid and taken.cati_call_id = cati_calls.id)`;
  return sql`not (${among('migration_items')} or ${among('migration_claims')})`;
}

export const JOINED = sql`cati_calls join recordings on recordings.id = cati_calls.recording_id`;
export const all = (conditions: RawBuilder<unknown>[]) =>
  conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);

/** The next calls behind the cursor, in the run's order: by an index, whatever the size of the run. */
export async function nextCandidates(em: EntityManager, run: RunRow, limit: number): Promise<Candidate[]> {
  const { value, id, direction } = orderOf(run.sort_order);
  const behind = behindCursor(run);
  if (behind.length > 0) behind.push(notTaken(run));
  const { rows } = await sql<Candidate>`
    select cati_calls.id as cati_call_id, recordings.id as recording_id, ${value} as value, ${id} as id
    from ${JOINED} where ${all([...ofStatus(run), ...ofFilter(run), ...behind])}
    order by ${value} ${direction}, ${id} ${direction} limit ${limit}`.execute(em.getKysely());
  return rows;
}

/** How many calls are still to be put into the window, `max_calls` left aside. */
export function countCandidates(em: EntityManager, run: RunRow): Promise<number> {
  const behind = behindCursor(run);
  const byExpiry = run.sort_order === 'EXPIRING_FIRST';
  return count(em, {
    calls: [...ofFilter(run), ...(byExpiry ? [] : behind)],
    recordings: [...ofStatus(run), ...(byExpiry ? behind : [])],
  });
}

/** Calls of the filter whose recordings are stored. */
export function countStored(em: EntityManager, run: CandidateScope): Promise<number> {
  return count(em, { calls: ofFilter(run), recordings: [sql`recordings.status = 'UPLOADED'`] });
}

/**
 * By OFFSET 0 each side is read for itself and both are hashed together: behind row-level security both are taken to be
 * few, and a million recordings would be looked up one by one.
 */
async function count(
  em: EntityManager,
  where: Record<'calls' | 'recordings', RawBuilder<unknown>[]>,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count
    from (select recording_id from cati_calls where ${all(where.calls)} offset 0) as call
    join (select id from recordings where ${all(where.recordings)} offset 0) as recording on id = recording_id`.execute(
    em.getKysely(),
  );
  return rows[0]?.count ?? 0;
}

/** Candidates that are looked at for being at risk: more are not told apart. */
const MOST_AT_RISK = 200_000;

/**
 * Candidates that are gone at the provider before their turn, when `remaining` are done at so many in a second; those
 * that have expired already too, but not what is stored and only verified. Only those are read that expire before the end: with the soonest to expire first they
 * are the next ones, so that the turn of each is known; in another order it is taken to be anywhere.
 */
export async function countAtRisk(
  em: EntityManager,
  run: RunRow,
  perSecond: number,
  remaining: number,
): Promise<number> {
  const seconds = Math.min(remaining / Math.max(perSecond, 1e-6), 1e9);
  const left = sql`extract(epoch from expiry_order - now())::float8`;
  const tooLate =
    run.sort_order === 'EXPIRING_FIRST'
      ? sql`count(*) filter (where ${left} < turn / ${Math.max(perSecond, 1e-6)}::float8 and is_open)`
      : sql`coalesce(round(sum(least(1, 1 - ${left} / ${Math.max(seconds, 1e-6)}::float8)) filter (where is_open)), 0)`;
  const ends = sql`recordings.expiry_order < now() + make_interval(secs => ${seconds}::float8)`;
  const { rows } = await sql<{ count: number }>`
    select (${tooLate})::bigint as count from (
      select recordings.expiry_order, recordings.status <> 'UPLOADED' as is_open,
        row_number() over (order by recordings.expiry_order, recordings.id) as turn
      from ${JOINED} where ${all([...ofStatus(run), ...ofFilter(run), ...behindCursor(run), ends])}
      order by recordings.expiry_order, recordings.id limit ${MOST_AT_RISK}
    ) as queue`.execute(em.getKysely());
  return rows[0]?.count ?? 0;
}

/** The average length of what is stored of these calls, by a thousand of them; null where nothing is. */
export async function averageBytes(em: EntityManager, run: CandidateScope): Promise<number | null> {
  const { rows } = await sql<{ bytes: number | null }>`
    select avg(byte_size)::float8 as bytes from (
      select recordings.byte_size from ${JOINED}
      where ${all([sql`recordings.status = 'UPLOADED'`, ...ofFilter(run)])} limit 1000
    ) as stored`.execute(em.getKysely());
  return rows[0]?.bytes ?? null;
}
