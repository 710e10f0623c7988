import { sql } from 'kysely';
import type { Viewer } from '../auth/viewer.js';
import { newId } from '../entity.js';
import { errors } from '../errors.js';
import type { JobQueue } from '../jobs/queue.js';
import type { Transaction } from '../unit-of-work.js';
import { toSweep } from './storage-health.reader.js';
import type { StorageSweepType } from './storage-health.type.js';
import type { SweepTables } from './sweep-row.js';
import type { SweepJob } from './sweep.job.js';

/** What people do with sweeps: they ask for one. The work itself is the workers'. */
export class StorageSweeps {
  constructor(
    private readonly viewer: () => Viewer,
    private readonly transaction: Transaction,
    private readonly queue: JobQueue,
    private readonly job: SweepJob,
  ) {}

  /** CONFLICT while another one is under way. */
  start(dryRun: boolean): Promise<StorageSweepType> {
    return this.transaction(async (em) => {
      const row = await em
        .getKysely<SweepTables>()
        .insertInto('storage_sweeps')
        .values({
          id: newId(),
          inserted_at: sql`now()`,
          status: 'RUNNING',
          dry_run: dryRun,
          started_by_id: this.viewer().id,
          phase: 'RECORDINGS',
        })
        .onConflict((conflict) => conflict.doNothing())
        .returningAll()
        .executeTakeFirst();
      if (!row) throw errors.conflict('A sweep is under way already. Wait until it has finished.');
      await this.queue.send(em, this.job, { sweepId: row.id }, { key: row.id });
      return toSweep(row);
    });
  }
}
