import { Migrator } from '@mikro-orm/migrations';
import { MikroORM, type EntityManager, type Options } from '@mikro-orm/postgresql';
import { CompiledQuery, type DatabaseConnection } from 'kysely';
import pg from 'pg';
import { Initial } from '../migrations/20261120000000-initial.js';
import { RecordingChanged } from '../migrations/20261120010000-recording-changed.js';
import { RowLevelSecurity } from '../migrations/20261120020000-row-level-security.js';
import { SignInAttempts } from '../migrations/20261120030000-sign-in-attempts.js';
import { ProviderEvents } from '../migrations/20261120040000-provider-events.js';
import { MigrationRuns } from '../migrations/20261120050000-migration-runs.js';
import { User } from './auth/user.entity.js';
import { CallLog } from './calls/call-log.entity.js';
import { CatiCall } from './cati/cati-call.entity.js';
import { ProviderState } from './cati/provider-state.entity.js';
import { WebhookEvent } from './cati/webhook-event.entity.js';
import { applySession, asSystem } from './database-session.js';
import { Lead } from './leads/lead.entity.js';
import { MigrationClaim } from './migration-runs/migration-claim.entity.js';
import { MigrationItem } from './migration-runs/migration-item.entity.js';
import { MigrationRun } from './migration-runs/migration-run.entity.js';
import { Recording } from './recordings/recording.entity.js';
import { StorageUsage } from './recordings/storage-usage.entity.js';
import { UploadChunk } from './uploads/upload-chunk.entity.js';
import { UploadSession } from './uploads/upload-session.entity.js';

export type { EntityManager };

/** Every table's entity, named one by one: nothing is discovered by looking at files. */
const entities = [
  User,
  Lead,
  Recording,
  CallLog,
  CatiCall,
  WebhookEvent,
  ProviderState,
  UploadSession,
  UploadChunk,
  MigrationRun,
  MigrationClaim,
  MigrationItem,
  StorageUsage,
];

/** Forward only, in order. A new one is added at the end and never changed once it has landed. */
const migrationsList = [
  { name: '20261120000000-initial', class: Initial },
  { name: '20261120010000-recording-changed', class: RecordingChanged },
  { name: '20261120020000-row-level-security', class: RowLevelSecurity },
  { name: '20261120030000-sign-in-attempts', class: SignInAttempts },
  { name: '20261120040000-provider-events', class: ProviderEvents },
  { name: '20261120050000-migration-runs', class: MigrationRuns },
];

const SESSION = "select set_config('timezone', 'UTC', false), set_config('datestyle', 'ISO', false)";

export interface DatabaseOptions {
  url: string;
  /** Connections that the ORM's pool may open. */
  poolSize: number;
  /** Seconds that one statement may take for a viewer; none without it. */
  statementTimeout?: number | undefined;
}

export function databaseOptions({ url, poolSize, statementTimeout = 0 }: DatabaseOptions): Options {
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
    onReserveConnection: (connection) => applySession(connection as DatabaseConnection, statementTimeout),
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
