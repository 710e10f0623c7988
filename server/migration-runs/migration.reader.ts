import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { errors, FAILURE_RETRYABLE, type FailureCode } from '../errors.js';
import type { Connection } from '../graphql/connection.type.js';
import { requireId } from '../graphql/inputs.js';
import { toPage, type PageArgs, type PageOrder } from '../graphql/keyset.js';
import { countOf, readPage } from '../graphql/pages.js';
import { isoTime } from '../rows.js';
import { countAtRisk } from './candidates.js';
import type { MigrationFilter, MigrationItemFilter } from './migration.inputs.js';
import { MigrationItemType, type FailureCountType, type MigrationType } from './migration.type.js';
import { toMigration } from './migration-row.js';
import type { RunTables } from './run-row.js';

/** Seconds back over which a run's speed is measured. */
const RATE_SECONDS = 15;

const RUN_ORDER: PageOrder = {
  name: 'MIGRATIONS',
  direction: 'desc',
  value: sql<string>`migration_runs.inserted_at`,
  id: sql<string>`migration_runs.id`,
  type: 'timestamptz',
};

const ITEM_ORDER: PageOrder = {
  name: 'MIGRATION ITEMS',
  direction: 'asc',
  value: sql<string>`migration_items.finished_at`,
  id: sql<string>`migration_items.cati_call_id`,
  type: 'timestamptz',
};

/** How fast a run goes at present; undefined: nothing was done lately. */
export interface Rate {
  itemsPerSecond: number;
  bytesPerSecond: number;
}

/** Runs and their items. Who may see runs sees them all. */
export class MigrationReader {
  constructor(private readonly em: EntityManager) {}

  async get(id: string): Promise<MigrationType> {
    const row = await this.em
      .getKysely<RunTables>()
      .selectFrom('migration_runs')
      .selectAll()
      .where('id', '=', requireId('migration', id))
      .executeTakeFirst();
    if (!row) throw errors.notFound('migration');
    return toMigration(row);
  }

  page(args: PageArgs, filter: MigrationFilter | undefined): Promise<Connection<MigrationType>> {
    let list = this.em.getKysely<RunTables>().selectFrom('migration_runs');
    if (filter?.status) list = list.where(sql<boolean>`status = any(${filter.status})`);
    if (filter?.dryRun != null) list = list.where('dry_run', '=', filter.dryRun);
    const page = toPage(args, RUN_ORDER);
    return readPage(
      list.selectAll().select(RUN_ORDER.value.as('position')),
      page,
      (row) => toMigration(row),
      () => countOf(list),
    );
  }

  items(
    runId: string,
    args: PageArgs,
    filter: MigrationItemFilter | undefined,
  ): Promise<Connection<MigrationItemType>> {
    let list = this.em.getKysely<RunTables>().selectFrom('migration_items').where('run_id', '=', runId);
    if (filter?.status) list = list.where(sql<boolean>`status = any(${filter.status})`);
    if (filter?.code) list = list.where(sql<boolean>`code = any(${filter.code})`);
    const rows = list.select([
      'cati_call_id',
      'cati_call_id as id',
      'status',
      'code',
      'message',
      'bytes',
      'finished_at',
      ITEM_ORDER.value.as('position'),
    ]);
    return readPage(rows, toPage(args, ITEM_ORDER), toItem, () => countOf(list));
  }

  /** Most frequent first. */
  async errors(runId: string): Promise<FailureCountType[]> {
    const rows = await this.em
      .getKysely<RunTables>()
      .selectFrom('migration_items')
      .select(['code', sql<number>`count(*)`.as('count')])
      .where('run_id', '=', runId)
      .where('code', 'is not', null)
      .where('status', '=', 'FAILED')
      .groupBy('code')
      .orderBy('count', 'desc')
      .orderBy('code')
      .execute();
    return rows.flatMap(({ code, count }) => (code === null ? [] : [{ code, count }]));
  }

  /** By what was done within the last seconds. */
  async rate(runId: string): Promise<Rate | undefined> {
    const { rows } = await sql<{ items: number; bytes: number; seconds: number }>`
      select count(*) as items, coalesce(sum(migration_items.bytes), 0)::float8 as bytes,
        greatest(1, extract(epoch from now() - greatest(
          now() - make_interval(secs => ${RATE_SECONDS}), min(migration_runs.status_at))))::float8 as seconds
      from migration_items join migration_runs on migration_runs.id = run_id
      where run_id = ${runId} and migration_items.finished_at > now() - make_interval(secs => ${RATE_SECONDS})`.execute(
      this.em.getKysely(),
    );
    const [row] = rows;
    if (!row || row.items === 0) return undefined;
    return { itemsPerSecond: row.items / row.seconds, bytesPerSecond: row.bytes / row.seconds };
  }

  /** Of those whose turn has not come: how many will be gone at the provider by then, at this speed. */
  async atRisk(runId: string, perSecond: number): Promise<number> {
    const run = await this.em
      .getKysely<RunTables>()
      .selectFrom('migration_runs')
      .selectAll()
      .where('id', '=', runId)
      .executeTakeFirstOrThrow();
    const remaining = Math.max(0, (run.total ?? 0) - run.taken);
    return Math.min(await countAtRisk(this.em, run, perSecond, remaining), remaining);
  }
}

function toItem(row: {
  cati_call_id: string;
  status: MigrationItemType['status'];
  code: FailureCode | null;
  message: string | null;
  bytes: number | null;
  finished_at: string;
}): MigrationItemType {
  const finishedAt = isoTime(row.finished_at);
  return Object.assign(new MigrationItemType(), {
    catiCallId: row.cati_call_id,
    status: row.status,
    bytes: row.bytes,
    finishedAt,
    failure: row.code && {
      code: row.code,
      message: row.message ?? 'The provider has deleted it, or never had it.',
      retryable: FAILURE_RETRYABLE[row.code],
      at: finishedAt,
    },
  });
}
