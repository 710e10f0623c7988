import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { DATABASE, SUPERUSER } from './initdb.js';
import { errnoOf } from './startup-faults.js';

/** What a running server says of itself. */
export interface ServerFacts {
  readonly dataDirectory: string;
  /** `18.4` for instance. */
  readonly version: string;
  readonly durability: 'full' | 'test';
}

const ANSWER_MS = 5_000;
/** Replaying the log after a crash may take this long on a slow disk. */
const RECOVERY_MS = 120_000;
/** "The database system is starting up", "… is shutting down": SQLSTATE cannot_connect_now. */
const NOT_YET = '57P03';

/**
 * Signs in as the superuser, for whom connections are kept free.
 *
 * @returns undefined when there is no answer, or not one to our password
 */
export async function askServer(port: number, password: string): Promise<ServerFacts | undefined> {
  const deadline = Date.now() + RECOVERY_MS;
  for (;;) {
    try {
      return await askOnce(port, password);
    } catch (error) {
      if (errnoOf(error) !== NOT_YET || Date.now() > deadline) return undefined;
      await delay(50);
    }
  }
}

async function askOnce(port: number, password: string): Promise<ServerFacts> {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: SUPERUSER,
    password,
    database: DATABASE,
    ssl: false,
    connectionTimeoutMillis: ANSWER_MS,
    query_timeout: ANSWER_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ data: string; version: string; fsync: string }>(
      `SELECT current_setting('data_directory') AS data, current_setting('server_version') AS version,
              current_setting('fsync') AS fsync`,
    );
    const [row] = rows;
    if (row === undefined) throw new Error('no row');
    return {
      dataDirectory: row.data,
      version: row.version,
      durability: row.fsync === 'on' ? 'full' : 'test',
    };
  } finally {
    await client.end();
  }
}
