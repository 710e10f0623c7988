import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { PubSub } from '../pubsub/pubsub.js';
import { migrationChanged } from './migration-changed.topic.js';
import type { RunTables } from './run-row.js';
import { isFinal, sourcesOf, type RunStatus } from './run-states.js';

/** Seconds after which PAUSING and CANCELLING end whether every worker has let go or not. */
export const STUCK_SECONDS = 1.2;

/** Every move of a run's status, each one compare-and-set by the table of run-states.ts, told to every process. */
export class RunMoves {
  constructor(private readonly pubsub: PubSub) {}

  /** False: the run is in no status that this may follow. `reason` null: whatever was said before no longer holds. */
  async move(
    em: EntityManager,
    id: string,
    to: RunStatus,
    { from = sourcesOf(to), reason = null }: { from?: readonly RunStatus[]; reason?: string | null } = {},
  ): Promise<boolean> {
    const moved = await em
      .getKysely<RunTables>()
      .updateTable('migration_runs')
      .set({
        status: to,
        status_at: sql<string>`now()`,
        status_reason: reason === null ? null : reason.slice(0, 500),
        ...(isFinal(to) ? { finished_at: sql<string>`now()` } : {}),
      })
      .where('id', '=', id)
      .where('status', 'in', [...from])
      .executeTakeFirst();
    if (moved.numUpdatedRows === 0n) return false;
    if (isFinal(to)) await this.clear(em, id);
    await this.pubsub.publish(em, migrationChanged, { id });
    return true;
  }

  /** PAUSING → PAUSED and CANCELLING → CANCELLED, as soon as nobody holds a call of the run or the time is up. */
  async settle(em: EntityManager, id: string): Promise<boolean> {
    const run = await em
      .getKysely<RunTables>()
      .selectFrom('migration_runs')
      .select([
        'status',
        'status_reason',
        sql<boolean>`status_at < now() - make_interval(secs => ${STUCK_SECONDS})`.as('stuck'),
        sql<boolean>`exists (select from migration_claims where run_id = migration_runs.id and claimed_until > now())`.as(
          'held',
        ),
      ])
      .where('id', '=', id)
      .where('status', 'in', ['PAUSING', 'CANCELLING'])
      .forUpdate()
      .executeTakeFirst();
    if (!run || (run.held && !run.stuck)) return false;
    return run.status === 'PAUSING'
      ? this.move(em, id, 'PAUSED', { from: ['PAUSING'], reason: run.status_reason })
      : this.move(em, id, 'CANCELLED', { from: ['CANCELLING'] });
  }

  /** Without its place in the window no worker may count a call any more. */
  private async clear(em: EntityManager, id: string): Promise<void> {
    await em.getKysely<RunTables>().deleteFrom('migration_claims').where('run_id', '=', id).execute();
  }
}
