import { Migrator } from '@mikro-orm/migrations';
import { MikroORM, type EntityManager, type Options } from '@mikro-orm/postgresql';
import { CompiledQuery, type DatabaseConnection } from 'kysely';
import pg from 'pg';
import { Initial } from '../migrations/20261120000000-initial.js';
import { RecordingChanged } from '../migrations/20261120010000-recording-changed.js';
import { RowLevelSecurity } from '../migrations/20261120020000-row-level-security.js';
import { SignInAttempts } from '../migrations/20261120030000-sign-in-attempts.js';
import { ListOrders } from '../migrations/20261120035000-list-orders.js';
import { ProviderEvents } from '../migrations/20261120040000-provider-events.js';
import { MigrationRuns } from '../migrations/20261120050000-migration-runs.js';
import { SweepsAndAudit } from '../migrations/20261120060000-sweeps-and-audit.js';
import { Media } from '../migrations/20261120070000-media.js';
import { Reviews } from '../migrations/20261120080000-reviews.js';
import { InterviewerKeys } from '../migrations/20261120090000-interviewer-keys.js';
import { DirectUploads } from '../migrations/20261120100000-direct-uploads.js';
import { DeferredLength } from '../migrations/20261120105000-deferred-length.js';
import { CandidateOrder } from '../migrations/20261120110000-candidate-order.js';
import { SharedCollection } from '../migrations/20261120120000-shared-collection.js';
import { SweepFaults } from '../migrations/20261120130000-sweep-faults.js';
import { AuditOfSettings } from '../migrations/20261120140000-audit-of-settings.js';
import { AuditEvent } from './audit/audit-event.entity.js';
import { User } from './auth/user.entity.js';
import { CallLog } from './calls/call-log.entity.js';
import { CatiCall } from './cati/cati-call.entity.js';
import { InterviewerKey } from './cati/interviewer-key.entity.js';
import { ProviderState } from './cati/provider-state.entity.js';
import { WebhookEvent } from './cati/webhook-event.entity.js';
import { applySession, asSystem } from './database-session.js';
import { Lead } from './leads/lead.entity.js';
import { MigrationClaim } from './migration-runs/migration-claim.entity.js';
import { MigrationItem } from './migration-runs/migration-item.entity.js';
import { MigrationRun } from './migration-runs/migration-run.entity.js';
import { Recording } from './recordings/recording.entity.js';
import { StorageUsage } from './recordings/storage-usage.entity.js';
import { StorageFinding } from './sweep/storage-finding.entity.js';
import { StorageSweep } from './sweep/storage-sweep.entity.js';
import { freeBrokenClients, tuneClients } from './pool-clients.js';
import { RecordingNote } from './reviews/recording-note.entity.js';
import { Review } from './reviews/review.entity.js';
import { SamplingRule } from './reviews/sampling-rule.entity.js';
import { CHUNK_STATEMENTS } from './uploads/chunk-statements.js';
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
  InterviewerKey,
  UploadSession,
  UploadChunk,
  MigrationRun,
  MigrationClaim,
  MigrationItem,
  StorageUsage,
  Review,
  RecordingNote,
  SamplingRule,
  StorageSweep,
  StorageFinding,
  AuditEvent,
];

/** Forward only, in order. A new one is added at the end and never changed once it has landed. */
const migrationsList = [
  { name: '20261120000000-initial', class: Initial },
  { name: '20261120010000-recording-changed', class: RecordingChanged },
  { name: '20261120020000-row-level-security', class: RowLevelSecurity },
  { name: '20261120030000-sign-in-attempts', class: SignInAttempts },
  { name: '20261120035000-list-orders', class: ListOrders },
  { name: '20261120040000-provider-events', class: ProviderEvents },
  { name: '20261120050000-migration-runs', class: MigrationRuns },
  { name: '20261120060000-sweeps-and-audit', class: SweepsAndAudit },
  { name: '20261120070000-media', class: Media },
  { name: '20261120080000-reviews', class: Reviews },
  { name: '20261120090000-interviewer-keys', class: InterviewerKeys },
  { name: '20261120100000-direct-uploads', class: DirectUploads },
  { name: '20261120105000-deferred-length', class: DeferredLength },
  { name: '20261120110000-candidate-order', class: CandidateOrder },
  { name: '20261120120000-shared-collection', class: SharedCollection },
  { name: '20261120130000-sweep-faults', class: SweepFaults },
  { name: '20261120140000-audit-of-settings', class: AuditOfSettings },
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
      onPoolCreated: (pool: pg.Pool) => {
        readBigintAsNumber(pool);
        tuneClients(pool, CHUNK_STATEMENTS);
        freeBrokenClients(pool);
      },
      application_name: 'earshot',
      connectionTimeoutMillis: 10_000,
      // What a connection has prepared is forgotten with it: others get their turn.
      maxLifetimeSeconds: 3600,
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
