import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { FailureCode } from '../errors.js';
import type { RecordingStatus } from '../recordings/recording.entity.js';

/** How the recordings stood at one moment: found out by a sweep, since counting them all at each question costs too much. */
export interface StorageCounts {
  readonly byStatus: readonly { readonly status: RecordingStatus; readonly count: number }[];
  /** Most frequent first. */
  readonly byFailure: readonly { readonly code: FailureCode; readonly count: number }[];
  readonly expiry: readonly ExpiryCount[];
}

export interface ExpiryCount {
  /** Whole days from the moment of counting; null: it is over already. */
  readonly fromDays: number | null;
  /** Null: no end. Both null: when it expires is not known. */
  readonly toDays: number | null;
  readonly count: number;
}

/** Days at which one column of the histogram ends and the next begins. */
const EDGES = [0, 1, 3, 7, 14, 30, 60] as const;

/** Reads every recording's status once, in the database. */
export async function countRecordings(em: EntityManager): Promise<StorageCounts> {
  const db = em.getKysely();
  const { rows: groups } = await sql<{ status: RecordingStatus; code: FailureCode | null; count: number }>`
    select status, error_code as code, count(*) as count from recordings group by 1, 2`.execute(db);
  const { rows: columns } = await sql<{ column: number | null; count: number }>`
    select width_bucket(extract(epoch from source_expires_at - now())::float8 / 86400,
      ${sql.lit(`{${EDGES.join(',')}}`)}::float8[]) as column, count(*) as count
    from recordings where status in ('EXPECTED', 'PENDING', 'FAILED') group by 1`.execute(db);
  const found = new Map(columns.map(({ column, count }) => [column, count]));
  return {
    byStatus: sumBy(groups, ({ status }) => status).map(([status, count]) => ({ status, count })),
    byFailure: sumBy(groups, ({ code }) => code)
      .map(([code, count]) => ({ code, count }))
      .toSorted((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1)),
    expiry: [
      { fromDays: null, toDays: 0, count: found.get(0) ?? 0 },
      ...EDGES.map((fromDays, n) => ({
        fromDays,
        toDays: EDGES[n + 1] ?? null,
        count: found.get(n + 1) ?? 0,
      })),
      { fromDays: null, toDays: null, count: found.get(null) ?? 0 },
    ],
  };
}

function sumBy<Row extends { count: number }, Key extends string>(
  rows: readonly Row[],
  keyOf: (row: Row) => Key | null,
): [Key, number][] {
  const sums = new Map<Key, number>();
  for (const row of rows) {
    const key = keyOf(row);
    if (key !== null) sums.set(key, (sums.get(key) ?? 0) + row.count);
  }
  return [...sums];
}
