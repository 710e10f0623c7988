import { sql, type Expression, type RawBuilder, type SelectQueryBuilder, type SqlBool } from 'kysely';
import { validate as isUuid } from 'uuid';
import { errors } from '../errors.js';

export const DEFAULT_PAGE = 50;
export const MAX_PAGE = 200;
/** A name of 200 characters, each of them six bytes as JSON escapes it, in base64url. */
const MAX_CURSOR = 2000;

/** The arguments of a Relay connection (GraphQL Cursor Connections Specification, section 4). */
export interface PageArgs {
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}

/** How a list is ordered: by one value, then by id. The value is never null, and unique together with the id. */
export interface PageOrder {
  /** Names the order inside cursors, so that a cursor of one order is not taken for another's: `STARTED_AT DESC`. */
  readonly name: string;
  readonly direction: 'asc' | 'desc';
  /** The value, as the index has it. Read it as `position` in every row. */
  readonly value: RawBuilder<string>;
  readonly id: RawBuilder<string>;
  readonly type: 'timestamptz' | 'text';
  /** The id is another table's than the value: no index has both, so the value is bounded by itself too. */
  readonly idElsewhere?: boolean;
}

export interface Position {
  value: string;
  id: string;
}

/** A validated request for one page. */
export interface Page {
  limit: number;
  /** Read from the end: the rows come back in the list's order all the same. */
  backward: boolean;
  after: Position | undefined;
  before: Position | undefined;
  order: PageOrder;
}

export interface PageOf<Row> {
  rows: Row[];
  hasNextPage: boolean;
  hasPreviousPage: boolean;
}

export function toPage({ first, after, last, before }: PageArgs, order: PageOrder): Page {
  if (first != null && last != null) throw errors.badInput('last', 'Give either first or last, not both.');
  const limit = size('first', first) ?? size('last', last) ?? DEFAULT_PAGE;
  return {
    limit,
    backward: last != null,
    after: after == null ? undefined : decodeCursor('after', after, order),
    before: before == null ? undefined : decodeCursor('before', before, order),
    order,
  };
}

function size(field: 'first' | 'last', value: number | null | undefined): number | undefined {
  if (value == null) return undefined;
  if (value < 1 || value > MAX_PAGE)
    throw errors.badInput(field, `${field} must be from 1 to ${MAX_PAGE}.`, { limit: MAX_PAGE });
  return value;
}

/** Adds the bounds, the order and a limit of one row more than asked for, which tells whether there is a further page. */
export function pageQuery<DB, TB extends keyof DB, O>(
  query: SelectQueryBuilder<DB, TB, O>,
  page: Page,
): SelectQueryBuilder<DB, TB, O> {
  const { order, backward } = page;
  const forward = order.direction === 'asc' ? '>' : '<';
  const back = order.direction === 'asc' ? '<' : '>';
  const direction = backward === (order.direction === 'asc') ? 'desc' : 'asc';
  let bounded = query;
  if (page.after) bounded = bounded.where(beyond(order, forward, page.after));
  if (page.before) bounded = bounded.where(beyond(order, back, page.before));
  return bounded
    .orderBy(order.value, direction)
    .orderBy(order.id, direction)
    .limit(page.limit + 1);
}

function beyond(order: PageOrder, operator: '<' | '>', at: Position): Expression<SqlBool> {
  const value = sql`${at.value}::${sql.raw(order.type)}`;
  const behind = sql<SqlBool>`(${order.value}, ${order.id}) ${sql.raw(operator)} (${value}, ${at.id}::uuid)`;
  return order.idElsewhere
    ? sql<SqlBool>`(${order.value} ${sql.raw(operator)}= ${value} and ${behind})`
    : behind;
}

/** Takes the extra row off again and puts the rows in the list's order. */
export function pageOf<Row>(found: Row[], page: Page): PageOf<Row> {
  const more = found.length > page.limit;
  const rows = more ? found.slice(0, page.limit) : found;
  if (page.backward) rows.reverse();
  return {
    rows,
    hasNextPage: page.backward ? page.before !== undefined : more,
    hasPreviousPage: page.backward ? more : page.after !== undefined,
  };
}

export function encodeCursor(order: PageOrder, { value, id }: Position): string {
  return Buffer.from(JSON.stringify([order.name, value, id])).toString('base64url');
}

function decodeCursor(field: 'after' | 'before', cursor: string, order: PageOrder): Position {
  const refused = errors.badInput(
    field,
    `${field} is not a cursor of this list in this order. Take one from its pageInfo or edges.`,
  );
  if (cursor.length > MAX_CURSOR || !/^[\w-]+$/.test(cursor)) throw refused;
  const parts = parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (!Array.isArray(parts) || parts.length !== 3) throw refused;
  const [name, value, id] = parts as unknown[];
  if (name !== order.name || typeof value !== 'string' || typeof id !== 'string' || !isUuid(id))
    throw refused;
  if (order.type === 'timestamptz' && !isTime(value)) throw refused;
  if (value.includes('\0')) throw refused;
  return { value, id };
}

/** As `isoTime` writes it. Date.parse alone takes the 30th of February, and PostgreSQL neither a year 0 nor a signed one. */
function isTime(value: string): boolean {
  const time = new Date(value);
  return !Number.isNaN(time.getTime()) && time.toISOString() === value && /^(?!0000)\d{4}-/.test(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
