import type { InferKyselyDB } from '@mikro-orm/postgresql';
import { sql, type ColumnType } from 'kysely';

type ReadValue<T> = T extends Date ? string : T;
type WriteValue<T> = T extends Date ? Date | string : T;

type Column<C> =
  C extends ColumnType<infer Select, infer Insert, infer Update>
    ? ColumnType<ReadValue<Select>, WriteValue<Insert>, WriteValue<Update>>
    : Date extends C
      ? ColumnType<ReadValue<C>, WriteValue<C>, WriteValue<C>>
      : C extends Date
        ? ColumnType<string, Date | string, Date | string>
        : C;

/**
 * The tables of these entities as Kysely reads and writes them. They follow from the entities, so there is no second
 * description to keep. Timestamps are read as PostgreSQL's own text in UTC: see `isoTime`.
 */
export type Tables<Entities extends { name: string }> =
  InferKyselyDB<Entities> extends infer Database
    ? { [Table in keyof Database]: { [Name in keyof Database[Table]]: Column<Database[Table][Name]> } }
    : never;

/** The same of a value that may be missing: null, or a column that was not asked for. */
export function isoTimeOrNull(text: string | null | undefined): string | null {
  return text == null ? null : isoTime(text);
}

/** `2026-01-31 10:00:00.123+00`, as a session in UTC prints it, to ISO 8601: `2026-01-31T10:00:00.123Z`. */
export function isoTime(text: string): string {
  if (text.length === FULL_LENGTH && text.endsWith('+00'))
    return `${text.slice(0, 10)}T${text.slice(11, 23)}Z`;
  const [date, time = ''] = text.split(' ');
  const [clock = '', fraction = ''] = time.replace(/\+00$/, '').split('.');
  return `${date}T${clock}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
}

/** PostgreSQL leaves out trailing zeros of the fraction: most times have all three digits. */
const FULL_LENGTH = '2026-01-31 10:00:00.123+00'.length;

/** A time to come, by the database's clock, so that processes with differing clocks agree. */
export function inSeconds(seconds: number) {
  return sql<string>`now() + make_interval(secs => ${seconds})`;
}
