import { asSystem } from './database-session.js';
import type { Logger } from './logger.js';
import { worker, type Job, type JobWorker } from './jobs/job.js';
import type { Services } from './services.js';
import type { Transaction } from './unit-of-work.js';
import { IngestService } from './uploads/ingest.service.js';
import { UploadKeeper } from './uploads/upload-keeper.js';

/** Every job with the method that does it: the third door. A job without a worker, or with two, fails the boot. */
export function createWorkers(services: Services): JobWorker[] {
  const { config, jobs, storage, logger } = services;
  const claim = { lifetime: config.intervals.claim, renewal: config.intervals.claimRenewal };
  const ingest = new IngestService(transactionOf(services), storage, claim, logger);
  const workers = [
    worker(
      jobs.ingest,
      ({ uploadId }, context) => ingest.ingest(uploadId, context),
      ({ uploadId }) => ingest.giveUp(uploadId),
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
    transactionOf(services),
    services.storage,
    services.queue,
    services.jobs.ingest,
  );
  return [
    { name: 'uploads.take-over', run: () => keeper.takeOver() },
    { name: 'uploads.expire', run: () => keeper.expire() },
    { name: 'uploads.collect', run: () => keeper.collect() },
  ];
}

export interface Chore {
  name: string;
  /** Answers how many things it did. */
  run(): Promise<number>;
}

/** As the system, on a fork for each transaction: a long-lived EntityManager would answer from what it remembers. */
function transactionOf({ orm }: Services): Transaction {
  return (work) => asSystem(() => orm.em.fork().transactional(work));
}

/** Runs the chores one after the other, again and again, until it is stopped. A failing chore waits for its next turn. */
export class ChoreLoop {
  private readonly stopping = new AbortController();
  private turn: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

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
      try {
        const done = await chore.run();
        if (done > 0) this.logger.info({ chore: chore.name, done }, 'chore done');
      } catch (error) {
        this.logger.error({ err: error, chore: chore.name }, 'chore failed');
      }
    }
  }
}
