import type pg from 'pg';
import type { MikroORM } from '@mikro-orm/postgresql';
import { isAsSystem } from '../../server/database-session.js';

type Client = abstract new () => pg.Client;
type Query = pg.Client['query'];

export interface Statement {
  text: string;
  values: unknown[];
}

/**
 * For a server whose statements are counted: no job sends any beside, and the role of whoever has asked before is not
 * read again in the middle, as it is every few seconds.
 */
export const COUNTED = { EARSHOT_ROLES: 'api', ROLE_CACHE_SECONDS: '3600' };

/** Counts the SQL statements that a server's own pool sends for viewers, by their text. */
export class Statements implements Disposable {
  private readonly sent: Statement[] = [];
  private readonly original: Query;

  private constructor(private readonly client: Client) {
    const { sent } = this;
    const original = (this.original = client.prototype.query as Query);
    client.prototype.query = function counted(this: pg.Client, ...args: unknown[]): unknown {
      const statement = statementOf(args);
      // What a new connection begins with belongs to no request, nor does the system's own work.
      if (!statement.text.startsWith('select set_config') && !isAsSystem()) sent.push(statement);
      return Reflect.apply(original, this, args);
    } as Query;
  }

  /** The class is taken from the pool itself: there may be several copies of the driver. */
  static async of(orm: MikroORM): Promise<Statements> {
    const pool: unknown = await orm.em.getConnection().getNativeClient();
    return new Statements((pool as { Client: Client }).Client);
  }

  /** What was sent while this work ran. */
  async during(work: () => Promise<unknown>): Promise<string[]> {
    return (await this.whole(work)).map(({ text }) => text);
  }

  /** The same, with the values of each statement's parameters. */
  async whole(work: () => Promise<unknown>): Promise<Statement[]> {
    this.sent.length = 0;
    await work();
    return [...this.sent];
  }

  [Symbol.dispose](): void {
    this.client.prototype.query = this.original;
  }
}

function statementOf([query, values]: unknown[]): Statement {
  const given = typeof query === 'object' && query !== null ? (query as Partial<Statement>) : {};
  return {
    text: typeof query === 'string' ? query : (given.text ?? ''),
    values: Array.isArray(values) ? (values as unknown[]) : (given.values ?? []),
  };
}
