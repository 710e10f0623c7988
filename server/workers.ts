import { MediaKeeper } from './recordings/media-keeper.js';
import { MediaService } from './recordings/media.service.js';
import { collectTemporaryFolders } from './media/temporary-folder.js';
import type { ClaimTimes } from './recordings/recording-claim.js';
import { RecordingKeeper } from './recordings/recording-keeper.js';
import { InterviewerLink } from './cati/interviewer-link.js';
import type { Chore } from './jobs/chore-loop.js';
import { worker, type Job, type JobWorker } from './jobs/job.js';
import { DryRun } from './migration-runs/dry-run.js';
import { RunLedger } from './migration-runs/run-ledger.js';
import { RunMoves } from './migration-runs/run-moves.js';
import { RunSupervisor, type SupervisorParts } from './migration-runs/run-supervisor.js';
import { StoredCopyCheck } from './migration-runs/stored-copy-check.js';
import { SamplingKeeper } from './reviews/sampling-keeper.js';
import type { Services } from './services.js';
import { AuditKeeper } from './audit/audit-keeper.js';
import { retryCopy } from './cati/retry-copy.js';
import { StorageSweeper } from './sweep/storage-sweeper.js';
import { SweepKeeper } from './sweep/sweep-keeper.js';
import { systemTransaction } from './unit-of-work.js';
import { IngestService } from './uploads/ingest.service.js';
import { UploadKeeper } from './uploads/upload-keeper.js';

const HOUR = 3600;

/** Every job with the method that does it: the third door. A job without a worker, or with two, fails the boot. */
export function createWorkers(services: Services): JobWorker[] {
  const { jobs, storage, logger, copying } = services;
  const claim = claimOf(services);
  const transaction = systemTransaction(services.orm);
  const ingest = new IngestService(transaction, storage, claim, logger, services.mediaPlan);
  const media = new MediaService(transaction, storage, services.ffmpeg, logger);
  const sweeper = sweeperOf(services);
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
    worker(
      jobs.media,
      ({ recordingId }, context) => media.make(recordingId, context),
      ({ recordingId }) => media.giveUp(recordingId),
    ),
    worker(
      jobs.sweep,
      ({ sweepId }, { signal }) => sweeper.turn(sweepId, signal),
      // The chore asks for its next turn.
      () => Promise.resolve(),
    ),
  ];
  assertComplete(Object.values(jobs), workers);
  return workers;
}

function sweeperOf({
  config,
  orm,
  storage,
  queue,
  jobs,
  providers,
  copying,
  sweepMetrics,
  logger,
}: Services): StorageSweeper {
  return new StorageSweeper({
    transaction: systemTransaction(orm),
    storage,
    queue,
    job: jobs.sweep,
    copyAgain: (em, id) => retryCopy(em, id, providers, copying.plan),
    grace: config.intervals.storageSweepGrace,
    metrics: sweepMetrics,
    logger,
  });
}

function assertComplete(jobs: readonly Job<object>[], workers: readonly JobWorker[]): void {
  for (const { name } of jobs) {
    const count = workers.filter(({ job }) => job.name === name).length;
    if (count !== 1) throw new Error(`${name} has ${count} workers`);
  }
}

/**
 * What takes up the work of dead workers, and tries whose job is lost: each of them a statement or two, and nothing that
 * asks the store, so that nothing keeps the next turn waiting.
 */
export function createTakeOvers(services: Services): Chore[] {
  const uploads = uploadKeeperOf(services);
  const { keeper: copies } = services.copying;
  return [
    { name: 'uploads.take-over', run: () => uploads.takeOver() },
    { name: 'copies.take-over', run: () => copies.takeOver() },
    { name: 'copies.resume', run: () => copies.resume() },
  ];
}

/** What else is done every few seconds, whoever asks or not. Any number of processes may do it at once. */
export function createChores(services: Services): Chore[] {
  const transaction = systemTransaction(services.orm);
  const uploads = uploadKeeperOf(services);
  const sampling = new SamplingKeeper(transaction);
  const recordings = new RecordingKeeper(transaction, services.storage, claimOf(services), services.logger);
  const { sweep } = services.copying;
  const interviewers = new InterviewerLink(transaction);
  const seldom = 6 * services.config.intervals.sweep;
  return [
    { name: 'uploads.expire', run: () => uploads.expire() },
    { name: 'uploads.collect', run: (signal) => uploads.collect(signal) },
    { name: 'copies.sweep-failed', every: seldom, run: () => sweep.failed() },
    { name: 'copies.sweep-unplanned', every: seldom, run: () => sweep.unplanned() },
    { name: 'copies.sweep-untold', every: seldom, run: () => sweep.untold() },
    { name: 'interviewers.link', every: seldom, run: () => interviewers.link() },
    { name: 'recordings.purge', run: (signal) => recordings.purge(signal) },
    ...mediaChores(services),
    { name: 'reviews.fill-days', every: HOUR, run: () => sampling.fillDays() },
    ...sweepChores(services),
  ];
}

function uploadKeeperOf(services: Services): UploadKeeper {
  const { orm, storage, queue, jobs, logger } = services;
  return new UploadKeeper(systemTransaction(orm), storage, queue, jobs.ingest, claimOf(services), logger);
}

function claimOf({ config: { intervals } }: Services): ClaimTimes {
  return { lifetime: intervals.claim, renewal: intervals.claimRenewal };
}

function sweepChores({ config, orm, queue, jobs }: Services): Chore[] {
  const transaction = systemTransaction(orm);
  const sweeps = new SweepKeeper(transaction, queue, jobs.sweep, config.intervals.storageSweep);
  const audit = new AuditKeeper(transaction, config.auditRetentionDays);
  return [
    { name: 'storage.sweep', run: () => sweeps.run() },
    { name: 'audit.retention', every: HOUR, run: (signal) => audit.retain(signal) },
  ];
}

function mediaChores({ config, orm, mediaPlan, ffmpeg }: Services): Chore[] {
  if (!config.media.on) return [];
  const keeper = new MediaKeeper(systemTransaction(orm), mediaPlan, ffmpeg !== undefined);
  const collect = (): Promise<number> => collectTemporaryFolders(new Date(Date.now() - HOUR * 1000));
  return [
    { name: 'media.take-up', run: () => keeper.takeUp() },
    { name: 'media.temporary', every: HOUR, run: collect },
  ];
}

/** What drives the migration runs. A process that is no worker only ends what is stuck. */
export function createRunSupervisor(
  services: Services,
  others: Partial<SupervisorParts> = {},
): RunSupervisor {
  const { config, logger, pubsub, storage, orm } = services;
  const transaction = systemTransaction(orm);
  const moves = new RunMoves(pubsub);
  return new RunSupervisor({
    transaction,
    moves,
    pubsub,
    logger,
    copier: services.copying.copier,
    ledger: new RunLedger(transaction, moves, pubsub),
    check: new StoredCopyCheck(transaction, storage),
    dryRun: new DryRun(transaction, moves, config.storagePrice, services.copying.sampler),
    claim: claimOf(services),
    works: config.roles.worker,
    ...others,
  });
}
