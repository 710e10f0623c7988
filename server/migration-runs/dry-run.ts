import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { costOf, type StoragePrice } from '../recordings/storage-usage.reader.js';
import type { Transaction } from '../unit-of-work.js';
import { walkCandidates } from './candidate-walk.js';
import { averageBytes, countAtRisk, countStored } from './candidates.js';
import { expectedRate } from './expected-rate.js';
import type { MigrationPlan } from './migration-plan.js';
import { quietHoursOf, secondsUntilDone } from './quiet-hours.js';
import type { RunMoves } from './run-moves.js';
import type { RunRow, RunTables } from './run-row.js';

/** How long a recording is at its source, in bytes, without fetching it. Undefined where the source does not say. */
export interface SourceSampler {
  sizeOf(recordingId: string, signal: AbortSignal): Promise<number | undefined>;
}

/** Recordings that are asked for their length, so many at once, within so many milliseconds altogether. */
const SAMPLES = { count: 50, atOnce: 8, milliseconds: 20_000 };
const HOSTS = 50;
/** Of a GraphQL Int. */
const MAX_INT = 2 ** 31 - 1;
/** Seconds without a sign of life after which another process plans. */
const SILENT = 60;
/** Milliseconds between two signs of life, and two looks whether the plan is still wanted. */
const BEAT_MS = 1000;

/** What a run would do, found out without doing it: reads, asks a few sources for lengths, and writes only its plan. */
export class DryRun {
  constructor(
    private readonly transaction: Transaction,
    private readonly moves: RunMoves,
    private readonly price: StoragePrice | undefined,
    private readonly sampler: SourceSampler,
  ) {}

  /** Ends without a plan where it is no longer wanted; when the process stops, for another one to plan at once. */
  async plan(id: string, signal: AbortSignal): Promise<void> {
    const run = await this.take(id);
    if (!run) return;
    const pulse = new Pulse(BEAT_MS, async () => !signal.aborted && (await this.beat(id)));
    const found = await walkCandidates(this.transaction, run, {
      samples: SAMPLES.count,
      goesOn: () => pulse.goesOn(),
    });
    if (signal.aborted) return this.giveBack(id);
    if (!found) return;
    const alreadyStored = await this.transaction((em) => countStored(em, run));
    if (!(await this.beat(id))) return;
    const size =
      (await this.sampled(found.sample, signal)) ??
      (alreadyStored > 0 ? await this.transaction((em) => averageBytes(em, run)) : null);
    if (signal.aborted) return this.giveBack(id);
    const perCall = size === null ? null : size * copiedShare(run, found.calls, alreadyStored);
    const calls = Math.min(found.calls, run.max_calls ?? found.calls);
    const estimatedBytes = perCall === null ? null : Math.round(perCall * calls);
    const work = calls / expectedRate(run, perCall);
    const seconds = secondsUntilDone(work, new Date(), quietHoursOf(run));
    const atRisk = await this.transaction((em) => countAtRisk(em, run, calls / Math.max(seconds, 1), calls));
    await this.write(id, {
      calls,
      alreadyStored,
      estimatedBytes,
      estimatedSeconds: Math.min(MAX_INT, Math.ceil(seconds)),
      atRisk: Math.min(atRisk, calls),
      estimatedMonthlyCost: costOf(estimatedBytes, this.price),
      hosts: found.hosts.slice(0, HOSTS),
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

  private async giveBack(id: string): Promise<void> {
    await this.transaction((em) => running(em, id).set({ heartbeat_at: null }).execute());
  }

  /** A sign of life. False: the run is over. */
  private async beat(id: string): Promise<boolean> {
    const { numUpdatedRows } = await this.transaction((em) =>
      running(em, id)
        .set({ heartbeat_at: sql<string>`now()` })
        .executeTakeFirst(),
    );
    return numUpdatedRows === 1n;
  }

  /** The average of what the sources say; null where none does. */
  private async sampled(recordingIds: readonly string[], stop: AbortSignal): Promise<number | null> {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(SAMPLES.milliseconds)]);
    const known: number[] = [];
    const waiting = recordingIds.values();
    const ask = async (): Promise<void> => {
      for (const id of waiting) {
        if (signal.aborted) return;
        const size = await this.sampler.sizeOf(id, signal).catch(() => undefined);
        if (size !== undefined) known.push(size);
      }
    };
    await Promise.all(Array.from({ length: SAMPLES.atOnce }, ask));
    return known.length === 0 ? null : known.reduce((sum, size) => sum + size, 0) / known.length;
  }

  private async write(id: string, plan: MigrationPlan): Promise<void> {
    await this.transaction(async (em) => {
      await running(em, id)
        .set({ plan: sql`${JSON.stringify(plan)}::jsonb`, total: plan.calls })
        .execute();
      await this.moves.move(em, id, 'SUCCEEDED', { from: ['RUNNING'] });
    });
  }
}

/** Of the calls those that are copied: what is stored is only read again, where it is a candidate at all. */
function copiedShare(run: RunRow, calls: number, alreadyStored: number): number {
  if (run.skip_uploaded || run.only_errors !== null || calls === 0) return 1;
  return 1 - Math.min(1, alreadyStored / calls);
}

/** The run, while it is planned. */
function running(em: EntityManager, id: string) {
  return em
    .getKysely<RunTables>()
    .updateTable('migration_runs')
    .where('id', '=', id)
    .where('status', '=', 'RUNNING');
}

/** Asks again only when some time has passed; in between, the last answer holds. */
class Pulse {
  private last = Date.now();

  constructor(
    private readonly milliseconds: number,
    private readonly ask: () => Promise<boolean>,
  ) {}

  async goesOn(): Promise<boolean> {
    if (Date.now() - this.last < this.milliseconds) return true;
    this.last = Date.now();
    return this.ask();
  }
}
