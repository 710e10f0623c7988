import { Migrator } from '@mikro-orm/migrations';
import { MikroORM, type EntityManager, type Options } from '@mikro-orm/postgresql';
import { CompiledQuery, type DatabaseConnection } from 'kysely';
import pg from 'pg';
import { Initial } from '../migrations/20261120000000-initial.js';
import { RecordingChanged } from '../migrations/20261120010000-recording-changed.js';
import { RowLevelSecurity } from '../migrations/20261120020000-row-level-security.js';
import { SignInAttempts } from '../migrations/20261120030000-sign-in-attempts.js';
import { User } from './auth/user.entity.js';
import { CallLog } from './calls/call-log.entity.js';
import { CatiCall } from './cati/cati-call.entity.js';
import { applySession, asSystem } from './database-session.js';
import { Lead } from './leads/lead.entity.js';
import { Recording } from './recordings/recording.entity.js';
import { UploadChunk } from './uploads/upload-chunk.entity.js';
import { UploadSession } from './uploads/upload-session.entity.js';

export type { EntityManager };

/** Every table's entity, named one by one: nothing is discovered by looking at files. */
const entities = [User, Lead, Recording, CallLog, CatiCall, UploadSession, UploadChunk];

/** Forward only, in order. A new one is added at the end and never changed once it has landed. */
const migrationsList = [
  { name: '20261120000000-initial', class: Initial },
  { name: '20261120010000-recording-changed', class: RecordingChanged },
  { name: '20261120020000-row-level-security', class: RowLevelSecurity },
  { name: '20261120030000-sign-in-attempts', class: SignInAttempts },
];

const SESSION = "select set_config('timezone', 'UTC', false), set_config('datestyle', 'ISO', false)";

export interface DatabaseOptions {
  url: string;
  /** Connections that the ORM's pool may open. */
  poolSize: number;
}

export function databaseOptions({ url, poolSize }: DatabaseOptions): Options {
  return {
    entities,
    clientUrl: url,
    pool: { min: 0, max: poolSize },
    driverOptions: {
      onPoolCreated: readBigintAsNumber,
      application_name: 'earshot',
      connectionTimeoutMillis: 10_000,
    },
    // Timestamps are read as the session prints them (see rows.ts): a server may have another default.
    onCreateConnection: async (connection) => {
      await (connection as DatabaseConnection).executeQuery(CompiledQuery.raw(SESSION));
    },
    onReserveConnection: (connection) => applySession(connection as DatabaseConnection),
    forceUtcTimezone: true,
    extensions: [Migrator],
    migrations: {
      migrationsList,
      tableName: 'earshot_migrations',
      snapshot: false,
      allOrNothing: true,
      silent: true,
    },
  };
}

/** Every bigint column of ours counts bytes or rows, far below 2^53: read it as a number, not as text. */
function readBigintAsNumber(pool: pg.Pool): void {
  const types = pool.options.types as pg.TypeOverrides;
  types.setTypeParser(pg.types.builtins.INT8, Number);
}

export async function openDatabase(options: DatabaseOptions): Promise<MikroORM> {
  return MikroORM.init(databaseOptions(options));
}

/** The pool itself, for a library that brings its own SQL. */
export async function poolOf(orm: MikroORM): Promise<pg.Pool> {
  return orm.em.getConnection().getNativeClient();
}

/** Brings the schema up to date. Several processes may start at once: one migrates, the others wait for it. */
export async function migrate(orm: MikroORM): Promise<void> {
  await asSystem(() =>
    orm.em.fork().transactional(async (em) => {
      await em.execute("select pg_advisory_xact_lock(hashtext('earshot.migrate'))");
      await orm.migrator.up({ transaction: em.getTransactionContext<object>() });
    }),
  );
}
