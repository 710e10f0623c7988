import { sql, type AliasedRawBuilder } from 'kysely';

/** Which columns each field of a GraphQL type is made of. A field that is not named here may need any of them. */
export type FieldColumns<Column extends string> = Readonly<Record<string, readonly Column[]>>;

/** A joined table of which a list reads only the columns that the fields asked for are made of. */
export class JoinedTable<Column extends string> {
  private readonly known = new WeakMap<ReadonlySet<string>, JoinedColumns>();
  private readonly all: JoinedColumns;

  constructor(
    private readonly table: string,
    private readonly columns: readonly Column[],
    /** Are read whatever is asked for. */
    private readonly always: readonly Column[],
    private readonly fields: FieldColumns<Column>,
  ) {
    this.all = new JoinedColumns(table, columns);
  }

  /** Remembered for a set of names, which `nodesSelected` gives again for the same document. */
  of(selected: ReadonlySet<string>): JoinedColumns {
    const hit = this.known.get(selected);
    if (hit) return hit;
    const made = this.make(selected);
    this.known.set(selected, made);
    return made;
  }

  private make(selected: ReadonlySet<string>): JoinedColumns {
    const needed = new Set(this.always);
    for (const field of selected) {
      const columns = this.fields[field];
      if (!columns) return this.all;
      for (const column of columns) needed.add(column);
    }
    return new JoinedColumns(
      this.table,
      this.columns.filter((column) => needed.has(column)),
    );
  }
}

/** The columns of a joined table, under names of their own (`leads.name` as `leads__name`), and the way back. */
class JoinedColumns {
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
