import { sql, type AliasedRawBuilder } from 'kysely';

/** Columns of a joined table under names of their own: `leads.name` as `leads__name`. */
export function joinedColumns(
  table: string,
  columns: readonly string[],
): AliasedRawBuilder<unknown, string>[] {
  return columns.map((column) => sql.ref(`${table}.${column}`).as(`${table}__${column}`));
}

/** Those columns of a row again as a row of their table; null where the join found none. */
export function joinedRow(table: string, columns: readonly string[], row: object): object | null {
  const all = row as Readonly<Record<string, unknown>>;
  if (all[`${table}__id`] === null) return null;
  return Object.fromEntries(columns.map((column) => [column, all[`${table}__${column}`]]));
}
