import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { newId } from '../entity.js';
import type { JobQueue } from '../jobs/queue.js';
import type { Transaction } from '../unit-of-work.js';
import type { SweepJob } from './sweep.job.js';

/** Sweeps that are remembered, with their findings. */
const KEPT = 30;
/** Seconds: who has just started has better things to do. */
const SETTLING = 600;

/** Begins a sweep when its time has come, goes on with one whose worker died, and forgets old ones. */
export class SweepKeeper {
  private readonly since = performance.now();

  constructor(
    private readonly transaction: Transaction,
    private readonly queue: JobQueue,
    private readonly job: SweepJob,
    /** Seconds from one sweep to the next. */
    private readonly every: number,
  ) {}

  /** Answers how many turns it asked for. */
  run(): Promise<number> {
    return this.transaction(async (em) => {
      const id = (await this.left(em)) ?? (await this.begun(em));
      if (id === undefined) return 0;
      await this.queue.send(em, this.job, { sweepId: id }, { key: id });
      return 1;
    });
  }

  /** One that nobody works on, and whose job may be lost. */
  private async left(em: EntityManager): Promise<string | undefined> {
    const { rows } = await sql<{ id: string }>`
      select id from storage_sweeps where status = 'RUNNING' and coalesce(claimed_until <= now(), true)`.execute(
      em.getKysely(),
    );
    return rows[0]?.id;
  }

  private async begun(em: EntityManager): Promise<string | undefined> {
    if (performance.now() - this.since < Math.min(this.every, SETTLING) * 1000) return undefined;
    const { rows } = await sql<{ id: string }>`
      insert into storage_sweeps (id, inserted_at, status, dry_run, phase)
      select ${newId()}, now(), 'RUNNING', false, 'RECORDINGS'
      where not exists (select from storage_sweeps
        where not dry_run and inserted_at > now() - make_interval(secs => ${this.every}))
      on conflict do nothing returning id`.execute(em.getKysely());
    if (rows[0]) await this.forget(em);
    return rows[0]?.id;
  }

  private async forget(em: EntityManager): Promise<void> {
    await sql`delete from storage_sweeps where status = 'FINISHED' and id not in (
      select id from storage_sweeps order by inserted_at desc limit ${KEPT})`.execute(em.getKysely());
  }
}
