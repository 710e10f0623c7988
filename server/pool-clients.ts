import type pg from 'pg';
import { isAsSystem } from './database-session.js';
import { RepeatedStatements } from './repeated-statements.js';

type Answer = (error: Error | null, result: unknown) => void;
type Query = (text: unknown, ...more: unknown[]) => unknown;

/** Reads that one connection prepares: each keeps up to a few hundred kB of the database's memory while it is open. */
const MOST_PREPARED = 30;

/**
 * How every connection of a pool asks.
 *
 * Statements that are given here are prepared, by name, when they are first asked (PREPARE), so that PostgreSQL parses
 * and plans them once for each connection. They must name the columns that they return: of `*` it refuses a statement
 * whose table has got another column since. So are the reads that viewers repeat: planning a page of a list costs more
 * than reading it. What jobs ask is not: their statements are few, and their best plan depends on how much there is to do.
 *
 * All are answered by callback. Where pg makes a promise itself, it assigns a function to the query, and what is
 * assigned to a property V8 allocates among its old objects: until the next full collection it keeps the query, the
 * request that waits for it, and the pieces of that request's body.
 */
export function tuneClients(pool: pg.Pool, prepared: Readonly<Record<string, string>>): void {
  const names = new Map(Object.entries(prepared).map(([name, text]) => [text, name]));
  const repeated = new RepeatedStatements();
  pool.on('connect', (client) => {
    const reads = new Set<string>();
    const nameOf = (text: string): string | undefined => {
      const given = names.get(text);
      if (given !== undefined || isAsSystem()) return given;
      const name = repeated.nameOf(text);
      if (name === undefined || (reads.size >= MOST_PREPARED && !reads.has(name))) return undefined;
      reads.add(name);
      return name;
    };
    // Looked up at each call: whoever watches all clients replaces the method of their class.
    const own = Object.getPrototypeOf(client) as { query: Query };
    const query: Query = (text, ...more) => {
      if (typeof text !== 'string' || typeof more.at(-1) === 'function')
        return Reflect.apply(own.query, client, [text, ...more]);
      const name = nameOf(text);
      const statement = name === undefined ? text : { name, text };
      return new Promise((resolve, reject) => {
        const answer: Answer = (error, result) => (error ? reject(error) : resolve(result));
        Reflect.apply(own.query, client, [statement, more[0], answer]);
      });
    };
    Object.assign(client, { query });
  });
}

/**
 * Gives back connections that break while they are out of the pool. Kysely releases a transaction's own only when its
 * commit or rollback succeeds, and none whose session could not be set: each would keep its place in the pool for ever.
 */
export function freeBrokenClients(pool: pg.Pool): void {
  const out = new Set<pg.PoolClient>();
  pool.on('acquire', (client) => out.add(client));
  pool.on('release', (_error, client) => out.delete(client));
  pool.on('connect', (client) => {
    client.once('end', () => {
      if (!out.has(client)) return;
      client.release(true);
      // Whoever still has it may release it too, which pg allows once.
      client.release = () => undefined;
    });
  });
}
