import { sql, type AliasedRawBuilder } from 'kysely';

/** The columns of a joined table, under names of their own (`leads.name` as `leads__name`), and the way back. */
export class JoinedColumns {
  readonly selections: readonly AliasedRawBuilder<unknown, string>[];
  private readonly names: readonly (readonly [column: string, alias: string])[];

  constructor(
    private readonly table: string,
    columns: readonly string[],
  ) {
    this.names = columns.map((column) => [column, `${table}__${column}`]);
    this.selections = this.names.map(([column, alias]) => sql.ref(`${table}.${column}`).as(alias));
  }

  /** The table's own row again; null where the join found none. */
  rowOf(row: object): object | null {
    const all = row as Readonly<Record<string, unknown>>;
    if (all[`${this.table}__id`] === null) return null;
    const own: Record<string, unknown> = {};
    for (const [column, alias] of this.names) own[column] = all[alias];
    return own;
  }
}
