import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { Viewer } from '../auth/viewer.js';
import { clearStop } from '../cati/provider-states.js';
import { newId } from '../entity.js';
import { errors } from '../errors.js';
import { requireId } from '../graphql/inputs.js';
import type { PubSub } from '../pubsub/pubsub.js';
import type { Transaction } from '../unit-of-work.js';
import { limitColumns, startColumns } from './migration-options.js';
import { migrationChanged } from './migration-changed.topic.js';
import { toMigration } from './migration-row.js';
import type { StartMigrationInput, UpdateMigrationLimitsInput } from './migration.inputs.js';
import type { MigrationType } from './migration.type.js';
import type { RunMoves } from './run-moves.js';
import type { RunRow, RunTables } from './run-row.js';
import { isFinal, LIVE_STATUSES, type RunStatus } from './run-states.js';

/** What people do with runs. The work itself is the workers'. */
export class MigrationService {
  constructor(
    private readonly viewer: () => Viewer,
    private readonly transaction: Transaction,
    private readonly moves: RunMoves,
    private readonly pubsub: PubSub,
  ) {}

  /** CONFLICT while another run of the provider is live, unless both are wanted. The same key answers the same run. */
  async start(input: StartMigrationInput): Promise<MigrationType> {
    const columns = startColumns(input);
    const startedBy = this.viewer().id;
    return this.transaction(async (em) => {
      // Of two that start at once, the second sees the first.
      await sql`select pg_advisory_xact_lock(hashtext('earshot.migration-runs'))`.execute(em.getKysely());
      const known = columns.idempotency_key && (await this.started(em, startedBy, columns.idempotency_key));
      if (known) return toMigration(known);
      if (!columns.dry_run && !input.allowConcurrent) await this.assertAlone(em, columns.provider);
      const row = await em
        .getKysely<RunTables>()
        .insertInto('migration_runs')
        .values({
          id: newId(),
          inserted_at: sql`now()`,
          status: 'ENQUEUED',
          status_at: sql`now()`,
          started_by_id: startedBy,
          ...columns,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      await this.pubsub.publish(em, migrationChanged, { id: row.id });
      return toMigration(row);
    });
  }

  /** A run that is paused already stays so. */
  pause(id: string): Promise<MigrationType> {
    return this.change(id, ['PAUSING', 'PAUSED'], async (em, run) => {
      if (run.status === 'ENQUEUED') return this.moves.move(em, run.id, 'PAUSED', { from: ['ENQUEUED'] });
      const moved = await this.moves.move(em, run.id, 'PAUSING', { from: ['RUNNING'] });
      if (moved) await this.moves.settle(em, run.id);
      return moved;
    });
  }

  /** A run that runs already goes on. Who resumes says that what had stopped its providers is mended. */
  resume(id: string): Promise<MigrationType> {
    return this.change(id, ['ENQUEUED', 'RUNNING'], async (em, run) => {
      const moved = await this.moves.move(em, run.id, run.started_at === null ? 'ENQUEUED' : 'RUNNING', {
        from: ['PAUSED', 'PAUSING'],
      });
      if (!moved) return false;
      await clearStop(em, run.provider);
      if (run.dry_run) await this.planAtOnce(em, run.id);
      return moved;
    });
  }

  cancel(id: string): Promise<MigrationType> {
    return this.change(id, ['CANCELLING', 'CANCELLED'], async (em, run) => {
      if (run.status === 'ENQUEUED' || run.status === 'PAUSED')
        return this.moves.move(em, run.id, 'CANCELLED', { from: [run.status] });
      const moved = await this.moves.move(em, run.id, 'CANCELLING', { from: ['RUNNING', 'PAUSING'] });
      if (moved) await this.moves.settle(em, run.id);
      return moved;
    });
  }

  /** Takes effect within two seconds, in every worker. */
  async updateLimits(input: UpdateMigrationLimitsInput): Promise<MigrationType> {
    const columns = limitColumns(input);
    return this.transaction(async (em) => {
      const run = await this.locked(em, input.id);
      if (isFinal(run.status)) throw errors.conflict('This run is over: its limits change nothing.');
      if (Object.keys(columns).length === 0) return toMigration(run);
      await em
        .getKysely<RunTables>()
        .updateTable('migration_runs')
        .set(columns)
        .where('id', '=', run.id)
        .execute();
      await this.pubsub.publish(em, migrationChanged, { id: run.id });
      return toMigration(await this.locked(em, run.id));
    });
  }

  /** Who planned it before has let go. */
  private async planAtOnce(em: EntityManager, id: string): Promise<void> {
    await em
      .getKysely<RunTables>()
      .updateTable('migration_runs')
      .set({ heartbeat_at: null })
      .where('id', '=', id)
      .execute();
  }

  /** `already`: nothing is to be done. */
  private change(
    id: string,
    already: readonly RunStatus[],
    move: (em: EntityManager, run: RunRow) => Promise<boolean>,
  ): Promise<MigrationType> {
    return this.transaction(async (em) => {
      const run = await this.locked(em, id);
      if (already.includes(run.status)) return toMigration(run);
      if (!(await move(em, run)))
        throw errors.conflict(`This run is ${run.status}: that cannot be done any more.`);
      return toMigration(await this.locked(em, run.id));
    });
  }

  private async locked(em: EntityManager, id: string): Promise<RunRow> {
    const run = await em
      .getKysely<RunTables>()
      .selectFrom('migration_runs')
      .selectAll()
      .where('id', '=', requireId('migration', id))
      .forUpdate()
      .executeTakeFirst();
    if (!run) throw errors.notFound('migration');
    return run;
  }

  private started(em: EntityManager, startedBy: string, key: string): Promise<RunRow | undefined> {
    return em
      .getKysely<RunTables>()
      .selectFrom('migration_runs')
      .selectAll()
      .where('started_by_id', '=', startedBy)
      .where('idempotency_key', '=', key)
      .executeTakeFirst();
  }

  /** A run over all providers is of every provider. */
  private async assertAlone(em: EntityManager, provider: string | null): Promise<void> {
    let live = em
      .getKysely<RunTables>()
      .selectFrom('migration_runs')
      .select(['id', 'status'])
      .where('status', 'in', LIVE_STATUSES)
      .where('dry_run', '=', false);
    if (provider !== null)
      live = live.where((eb) => eb.or([eb('provider', 'is', null), eb('provider', '=', provider)]));
    const other = await live.limit(1).executeTakeFirst();
    if (!other) return;
    throw errors.conflict(
      `Run ${other.id} of this provider is ${other.status}. Wait for it, cancel it, or set allowConcurrent.`,
    );
  }
}
