import { p } from '@mikro-orm/core';
import { v7 as uuidv7 } from 'uuid';

/** A new UUIDv7: ordered by time, so that primary keys append to their index and work as cursors. */
export function newId(): string {
  return uuidv7();
}

/** The two columns that every table begins with. */
export const base = {
  id: p.uuid().primary().onCreate(newId),
  /** Milliseconds, as cursors are: finer times would lose rows between pages. */
  insertedAt: p.datetime(3).onCreate(() => new Date()),
};

/** A check constraint that a text column holds one of these words. */
export function oneOf(name: string, column: string, words: readonly string[]) {
  return { name, expression: `${column} in (${words.map((word) => `'${word}'`).join(', ')})` };
}
