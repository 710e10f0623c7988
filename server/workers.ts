import type { Logger } from './logger.js';
import { RecordingKeeper } from './recordings/recording-keeper.js';
import type { RecordingCopier } from './cati/copy-outcome.js';
import { worker, type Job, type JobWorker } from './jobs/job.js';
import { DryRun } from './migration-runs/dry-run.js';
import { RunLedger } from './migration-runs/run-ledger.js';
import { RunMoves } from './migration-runs/run-moves.js';
import { RunSupervisor } from './migration-runs/run-supervisor.js';
import { StoredCopyCheck } from './migration-runs/stored-copy-check.js';
import type { Services } from './services.js';
import { systemTransaction } from './unit-of-work.js';
import { IngestService } from './uploads/ingest.service.js';
import { UploadKeeper } from './uploads/upload-keeper.js';

/** Every job with the method that does it: the third door. A job without a worker, or with two, fails the boot. */
export function createWorkers(services: Services): JobWorker[] {
  const { config, jobs, storage, logger, copying } = services;
  const claim = { lifetime: config.intervals.claim, renewal: config.intervals.claimRenewal };
  const ingest = new IngestService(systemTransaction(services.orm), storage, claim, logger);
  const workers = [
    worker(
      jobs.ingest,
      ({ uploadId }, context) => ingest.ingest(uploadId, context),
      ({ uploadId }) => ingest.giveUp(uploadId),
    ),
    worker(
      jobs.copy,
      async ({ recordingId }, { signal }) => {
        await copying.copier.copy(recordingId, { signal, mode: 'job' });
      },
      // What the database broke off is planned, or claimed by the dead: the chores take it up.
      () => Promise.resolve(),
    ),
  ];
  assertComplete(Object.values(jobs), workers);
  return workers;
}

function assertComplete(jobs: readonly Job<object>[], workers: readonly JobWorker[]): void {
  for (const { name } of jobs) {
    const count = workers.filter(({ job }) => job.name === name).length;
    if (count !== 1) throw new Error(`${name} has ${count} workers`);
  }
}

/** What is done every few seconds, whoever asks or not. Any number of processes may do it at once. */
export function createChores(services: Services): Chore[] {
  const keeper = new UploadKeeper(
    systemTransaction(services.orm),
    services.storage,
    services.queue,
    services.jobs.ingest,
  );
  const recordings = new RecordingKeeper(systemTransaction(services.orm), services.storage);
  const copies = services.copying.keeper;
  return [
    { name: 'uploads.take-over', run: () => keeper.takeOver() },
    { name: 'uploads.expire', run: () => keeper.expire() },
    { name: 'uploads.collect', run: () => keeper.collect() },
    { name: 'copies.take-over', run: () => copies.takeOver() },
    { name: 'copies.resume', run: () => copies.resume() },
    { name: 'copies.sweep', run: () => copies.sweep() },
    { name: 'recordings.purge', run: () => recordings.purge() },
    {
      name: 'storage.temporary',
      every: HOUR,
      run: () => services.storage.collectTemporary(new Date(Date.now() - ABANDONED_MS)),
    },
  ];
}

/** What drives the migration runs. A process that is no worker only ends what is stuck. */
export function createRunSupervisor(
  services: Services,
  copier: RecordingCopier = services.copying.copier,
): RunSupervisor {
  const { config, logger, pubsub, storage, orm } = services;
  const transaction = systemTransaction(orm);
  const moves = new RunMoves(pubsub);
  return new RunSupervisor({
    transaction,
    moves,
    pubsub,
    logger,
    copier,
    ledger: new RunLedger(transaction, moves, pubsub),
    check: new StoredCopyCheck(transaction, storage),
    dryRun: new DryRun(transaction, moves, config.storagePrice, undefined),
    claim: { lifetime: config.intervals.claim, renewal: config.intervals.claimRenewal },
    works: config.roles.worker,
  });
}

const HOUR = 3600;
/** No put and no client's upload by parts takes two days. */
const ABANDONED_MS = 48 * HOUR * 1000;

export interface Chore {
  name: string;
  /** Seconds between two turns of this chore, where each turn of the loop would be too often. */
  every?: number;
  /** Answers how many things it did. */
  run(): Promise<number>;
}

/** Runs the chores one after the other, again and again, until it is stopped. A failing chore waits for its next turn. */
export class ChoreLoop {
  private readonly stopping = new AbortController();
  private turn: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  /** When a chore that is not for every turn comes next, in milliseconds of the clock. */
  private readonly due = new Map<string, number>();

  constructor(
    private readonly chores: readonly Chore[],
    private readonly seconds: number,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.turn = this.runAll().finally(() => {
      if (!this.stopping.signal.aborted) this.timer = setTimeout(() => this.start(), this.seconds * 1000);
    });
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.turn;
  }

  private async runAll(): Promise<void> {
    for (const chore of this.chores) {
      if (this.stopping.signal.aborted) return;
      if (!this.isDue(chore)) continue;
      try {
        const done = await chore.run();
        if (done > 0) this.logger.info({ chore: chore.name, done }, 'chore done');
      } catch (error) {
        this.logger.error({ err: error, chore: chore.name }, 'chore failed');
      }
    }
  }

  private isDue({ name, every }: Chore): boolean {
    if (every === undefined) return true;
    const now = Date.now();
    if ((this.due.get(name) ?? 0) > now) return false;
    this.due.set(name, now + every * 1000);
    return true;
  }
}
