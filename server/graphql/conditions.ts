import { sql, type Expression, type SqlBool } from 'kysely';
import { validate as isUuid } from 'uuid';

/** An id that is no UUID belongs to nothing. */
export function sameId(column: string, id: string): Expression<SqlBool> {
  return isUuid(id) ? sql<SqlBool>`${sql.ref(column)} = ${id}::uuid` : sql<SqlBool>`false`;
}

export const NOTHING = sql<SqlBool>`false`;

/** A LIKE pattern for text that stands at the start, or anywhere; what the text itself has of LIKE's signs is taken literally. */
export function likePattern(text: string, place: 'start' | 'anywhere'): string {
  const literal = text.replace(/[\\%_]/g, String.raw`\$&`);
  return place === 'start' ? `${literal}%` : `%${literal}%`;
}
