import { sql, type SelectQueryBuilder } from 'kysely';
import { isoTime } from '../rows.js';
import { Connection } from './connection.type.js';
import { pageOf, pageQuery, type Page, type PageOrder, type Position } from './keyset.js';

/** What every row of a page carries: its id, and the value that it is ordered by. */
export interface PageRow {
  id: string;
  position: string;
}

/** Reads one page of a list, in one statement. */
export async function readPage<DB, TB extends keyof DB, Row extends PageRow, Node>(
  list: SelectQueryBuilder<DB, TB, Row>,
  page: Page,
  toNode: (row: Row) => Node,
  count: () => Promise<number>,
): Promise<Connection<Node>> {
  const rows = (await pageQuery(list, page).execute()) as Row[];
  return toConnection(rows, page, toNode, count);
}

/** How many the whole list has: for `totalCount`. */
export async function countOf<DB, TB extends keyof DB>(
  list: SelectQueryBuilder<DB, TB, object>,
): Promise<number> {
  const row = await list.select(sql<number>`count(*)`.as('count')).executeTakeFirstOrThrow();
  return (row as { count: number }).count;
}

export function toConnection<Row extends PageRow, Node>(
  found: Row[],
  page: Page,
  toNode: (row: Row) => Node,
  count: () => Promise<number>,
): Connection<Node> {
  const { rows, ...flags } = pageOf(found, page);
  const positions = rows.map((row) => positionOf(page.order, row));
  return new Connection(rows.map(toNode), positions, page, flags, count);
}

function positionOf(order: PageOrder, { id, position }: PageRow): Position {
  return { id, value: order.type === 'timestamptz' ? isoTime(position) : position };
}
