import { randomUUID } from 'node:crypto';
import type { MikroORM } from '@mikro-orm/postgresql';
import pg from 'pg';
import { migrate, openDatabase } from '../../server/database.js';

const TEMPLATE = 'earshot_template';

/** Makes the database that every test file's own is a copy of. */
export async function createTemplate(url: string): Promise<void> {
  await run(url, `create database ${TEMPLATE}`);
  await migrateDatabase(named(url, TEMPLATE));
}

/** Makes the tables by the server's own migrations. */
export async function migrateDatabase(url: string): Promise<void> {
  const orm = await openDatabase({ url, poolSize: 2 });
  await migrate(orm);
  await orm.close();
}

export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
  /** Runs one statement beside the server, to look or to stir. */
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
}

/** A migrated, empty database of its own. */
export async function createDatabase(): Promise<TestDatabase> {
  const server = process.env['EARSHOT_TEST_DATABASE_URL'];
  if (!server) throw new Error('run the tests by `npm test`, which starts their PostgreSQL');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await run(server, `create database ${name} template ${TEMPLATE}`);
  const url = named(server, name);
  // Behind the row-level security, to look at everything.
  const pool = new pg.Pool({ connectionString: url, max: 2, options: '-c earshot.role=SYSTEM' });
  pool.on('error', () => undefined);
  return {
    url,
    query: async <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) =>
      (await pool.query<Row>(text, values)).rows,
    [Symbol.asyncDispose]: async () => {
      await pool.end();
      // The superuser: nobody else may end an autovacuum that is at it.
      await run(asSuperuser(server), `drop database if exists ${name} with (force)`);
    },
  };
}

/** A database of its own, as the server's ORM opens it. */
export interface TestOrm extends AsyncDisposable {
  readonly database: TestDatabase;
  readonly orm: MikroORM;
}

export async function createOrm(): Promise<TestOrm> {
  const database = await createDatabase();
  const orm = await openDatabase({ url: database.url, poolSize: 2 });
  return {
    database,
    orm,
    [Symbol.asyncDispose]: async () => {
      await orm.close();
      await database[Symbol.asyncDispose]();
    },
  };
}

async function run(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

function named(url: string, database: string): string {
  return Object.assign(new URL(url), { pathname: `/${database}` }).toString();
}

/** The same database for its server's superuser, who has the same password. */
export function asSuperuser(url: string): string {
  return Object.assign(new URL(url), { username: 'postgres' }).toString();
}
