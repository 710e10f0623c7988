import { sql, type RawBuilder } from 'kysely';
import type { Transaction } from '../unit-of-work.js';
import { all, behindCursor, JOINED, ofFilter, ofStatus, orderOf } from './candidates.js';
import type { RunRow } from './run-row.js';

export interface CandidateCensus {
  calls: number;
  /** Where they lie, most calls first. */
  hosts: { host: string; count: number }[];
  /** Recordings, evenly spread over the order. */
  sample: string[];
}

export interface WalkOptions {
  readonly samples: number;
  /** Whether the walk is still wanted: asked between two pages. */
  readonly goesOn: () => Promise<boolean>;
  readonly pageSize?: number;
}

/** Candidates that one statement looks at: a few dozen milliseconds, so that a walk soon ends where it is not wanted. */
const PAGE = 20_000;
/** Hosts that are told apart. */
const MOST_HOSTS = 1000;

interface Page {
  count: number;
  hosts: Record<string, number> | null;
  sample: string[] | null;
  value: string | null;
  id: string | null;
}

/**
 * Goes through all candidates once, page by page along the index of the run's order. Undefined: `goesOn` said no
 * between two pages.
 */
export async function walkCandidates(
  transaction: Transaction,
  run: RunRow,
  { samples, goesOn, pageSize = PAGE }: WalkOptions,
): Promise<CandidateCensus | undefined> {
  const hosts = new Map<string, number>();
  const sample: string[] = [];
  let calls = 0;
  const at: RunRow = { ...run, cursor_value: null, cursor_id: null };
  for (;;) {
    const page = await transaction((em) =>
      pageBehind(at, { samples, pageSize }, calls === 0).execute(em.getKysely()),
    );
    const [found] = page.rows;
    if (!found) break;
    calls += found.count;
    sample.push(...(found.sample ?? []));
    for (const [host, count] of Object.entries(found.hosts ?? {}))
      if (hosts.has(host) || hosts.size < MOST_HOSTS) hosts.set(host, (hosts.get(host) ?? 0) + count);
    if (found.count < pageSize) break;
    Object.assign(at, { cursor_value: found.value, cursor_id: found.id });
    if (!(await goesOn())) return undefined;
  }
  return { calls, hosts: mostFirst(hosts), sample: spread(sample, samples) };
}

/** Each page gives so many samples for its length; where all fits into one, that one gives them all. */
function pageBehind(
  run: RunRow,
  { samples, pageSize }: Record<'samples' | 'pageSize', number>,
  isFirst: boolean,
) {
  const { value, id, direction } = orderOf(run.sort_order);
  const size = isFirst ? sql`(select count(*) from page)` : sql`${pageSize}::bigint`;
  const nth = (turn: RawBuilder<unknown>) => sql`${turn} * ${samples}::bigint / ${size}`;
  return sql<Page>`
    with page as materialized (
      select recordings.id as recording_id, ${value} as value, ${id} as id,
        coalesce(nullif(${HOST}, ''), cati_calls.provider) as host,
        row_number() over (order by ${value} ${direction}, ${id} ${direction}) as turn
      from ${JOINED} where ${all([...ofStatus(run), ...ofFilter(run), ...behindCursor(run)])}
      order by ${value} ${direction}, ${id} ${direction} limit ${pageSize}
    ), hosts as (
      select host, count(*) as count from page group by host order by 2 desc limit ${MOST_HOSTS}
    )
    select (select count(*) from page) as count, (select json_object_agg(host, count) from hosts) as hosts,
      (select json_agg(recording_id order by turn) from page
        where ${nth(sql`turn`)} <> ${nth(sql`(turn - 1)`)}) as sample,
      last.value, last.id
    from (select) as always left join lateral (
      select value::text as value, id from page order by turn desc limit 1) as last on true`;
}

/** Of `https://user@host:port/…`. A pattern would take three times as long. */
const HOST = sql`split_part(split_part(split_part(split_part(recordings.source_url, '/', 3), '?', 1), '@', -1), ':', 1)`;

function mostFirst(hosts: ReadonlyMap<string, number>): { host: string; count: number }[] {
  return [...hosts]
    .map(([host, count]) => ({ host, count }))
    .sort((a, b) => b.count - a.count || (a.host < b.host ? -1 : 1));
}

/** At most so many of them, at even distances. */
function spread(ids: readonly string[], most: number): string[] {
  if (ids.length <= most) return [...ids];
  return Array.from({ length: most }, (_, n) => ids[Math.floor((n * ids.length) / most)] ?? '');
}
