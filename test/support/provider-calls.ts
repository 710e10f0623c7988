import type pg from 'pg';
import type { FakeProvider } from './fake-provider/fake-provider.js';

interface Queryable {
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
}

export interface SeededCalls {
  readonly count: number;
  /** Calls are named by it and a number of seven digits: `call0000001`. */
  readonly prefix?: string;
  readonly campaign?: string;
  /** Seconds since the first call ended; older calls are never "not ready yet". */
  readonly ago?: number;
}

export const callIdOf = (prefix: string, number: number): string =>
  `${prefix}${String(number).padStart(7, '0')}`;

/** DeepCall's calls with an expected recording each, which lies at the fake provider; written at once, by one statement. */
export async function seedProviderCalls(
  database: Queryable,
  fake: Pick<FakeProvider, 'urlOf'>,
  { count, prefix = 'call', campaign = 'old', ago = 40 * 86_400 }: SeededCalls,
): Promise<string[]> {
  const [before, after] = fake.urlOf('CALL').split('CALL');
  await database.query(
    `with numbered as materialized (
       select gen_random_uuid() as recording_id, gen_random_uuid() as id, $2 || lpad(n::text, 7, '0') as call_id,
         now() - make_interval(secs => $6) + n * interval '1 second' as ended_at
       from generate_series(1, $1::int) n
     ), stored as (
       insert into recordings (id, inserted_at, updated_at, status, source_url, source_expires_at)
       select recording_id, now() - interval '1 minute', now(), 'EXPECTED', $4 || call_id || $5,
         ended_at + interval '60 days' from numbered
     )
     insert into cati_calls (id, inserted_at, provider, call_id, campaign, status, recording_id, started_at, ended_at)
     select id, now() - interval '1 minute', 'deepcall', call_id, $3, 'COMPLETED', recording_id, ended_at, ended_at
     from numbered`,
    [count, prefix, campaign, before, after, ago],
  );
  return Array.from({ length: count }, (_, index) => callIdOf(prefix, index + 1));
}
