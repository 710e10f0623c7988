import { sql } from 'kysely';
import type { EntityManager } from '@mikro-orm/postgresql';
import { costOf, type StoragePrice } from '../recordings/storage-usage.reader.js';
import type { Transaction } from '../unit-of-work.js';
import {
  averageBytes,
  countAtRisk,
  countCandidates,
  countHosts,
  countStored,
  nextCandidates,
} from './candidates.js';
import type { MigrationPlan } from './migration-plan.js';
import type { RunMoves } from './run-moves.js';
import type { RunRow, RunTables } from './run-row.js';
import { expectedRate } from './expected-rate.js';

/** How long a recording is at its source, in bytes, without fetching it. Undefined where the source does not say. */
export interface SourceSampler {
  sizeOf(recordingId: string, signal: AbortSignal): Promise<number | undefined>;
}

/** Recordings that are asked for their length. */
const SAMPLES = 20;
const HOSTS = 50;
/** Seconds without a sign of life after which another process plans. */
const SILENT = 60;

/** What a run would do, found out without doing it: reads, asks a few sources for lengths, and writes only its plan. */
export class DryRun {
  constructor(
    private readonly transaction: Transaction,
    private readonly moves: RunMoves,
    private readonly price: StoragePrice | undefined,
    private readonly sampler: SourceSampler | undefined,
  ) {}

  async plan(id: string, signal: AbortSignal): Promise<void> {
    const run = await this.take(id);
    if (!run) return;
    const { plan, sampled } = await this.transaction((em) => this.look(em, run));
    const perCall = (await this.sampled(sampled, signal)) ?? plan.average;
    const rate = expectedRate(run, perCall);
    const calls = Math.min(plan.calls, run.max_calls ?? plan.calls);
    const estimatedBytes = perCall === null ? null : Math.round(perCall * calls);
    const atRisk = await this.transaction((em) => countAtRisk(em, run, rate, calls));
    await this.write(id, {
      calls,
      alreadyStored: plan.alreadyStored,
      estimatedBytes,
      estimatedSeconds: Math.ceil(calls / rate),
      atRisk: Math.min(atRisk, calls),
      estimatedMonthlyCost: costOf(estimatedBytes, this.price),
      hosts: plan.hosts,
    });
  }

  /** ENQUEUED → RUNNING, or from somebody who has gone silent. */
  private take(id: string): Promise<RunRow | undefined> {
    return this.transaction(async (em) => {
      const run = await em
        .getKysely<RunTables>()
        .updateTable('migration_runs')
        .set({ started_at: sql<string>`coalesce(started_at, now())`, heartbeat_at: sql<string>`now()` })
        .where('id', '=', id)
        .where('status', 'in', ['ENQUEUED', 'RUNNING'])
        .where(
          sql<boolean>`(heartbeat_at is null or heartbeat_at < now() - make_interval(secs => ${SILENT}))`,
        )
        .returningAll()
        .executeTakeFirst();
      if (run?.status === 'ENQUEUED') await this.moves.move(em, id, 'RUNNING');
      return run;
    });
  }

  private async look(em: EntityManager, run: RunRow) {
    const plan = {
      calls: await countCandidates(em, run),
      alreadyStored: await countStored(em, run),
      hosts: await countHosts(em, run, HOSTS),
      average: await averageBytes(em, run),
    };
    const sampled = this.sampler ? await nextCandidates(em, run, SAMPLES) : [];
    return { plan, sampled: sampled.map(({ recording_id }) => recording_id) };
  }

  /** The average of what the sources say; null where none does. */
  private async sampled(recordingIds: readonly string[], signal: AbortSignal): Promise<number | null> {
    const { sampler } = this;
    if (!sampler) return null;
    const sizes = await Promise.all(
      recordingIds.map((id) => sampler.sizeOf(id, signal).catch(() => undefined)),
    );
    const known = sizes.filter((size) => size !== undefined);
    return known.length === 0 ? null : known.reduce((sum, size) => sum + size, 0) / known.length;
  }

  private async write(id: string, plan: MigrationPlan): Promise<void> {
    await this.transaction(async (em) => {
      await em
        .getKysely<RunTables>()
        .updateTable('migration_runs')
        .set({ plan: sql`${JSON.stringify(plan)}::jsonb`, total: plan.calls })
        .where('id', '=', id)
        .where('status', '=', 'RUNNING')
        .execute();
      await this.moves.move(em, id, 'SUCCEEDED', { from: ['RUNNING'] });
    });
  }
}
