import type { EntityManager } from '@mikro-orm/postgresql';
import type { JobQueue } from '../jobs/queue.js';
import type { Logger } from '../logger.js';
import type { Retrier } from '../recordings/recording-admin.js';
import { UPLOADS_PREFIX } from '../storage/key-prefixes.js';
import type { Storage } from '../storage/storage.js';
import type { Transaction } from '../unit-of-work.js';
import { DamagedCopies } from './damaged-copies.js';
import { Orphans, type SweepRules } from './orphans.js';
import { RecordingPages } from './recording-pages.js';
import { countRecordings } from './storage-counts.js';
import { SweepLedger } from './sweep-ledger.js';
import type { SweepMetrics } from './sweep-metrics.js';
import { listPage, type SweepPage } from './sweep-page.js';
import type { SweepRow } from './sweep-row.js';
import type { SweepJob } from './sweep.job.js';
import { heldUploads, recordingTerritory, uploadTerritory } from './territory.js';

/** Milliseconds after which a turn begins no further page. */
const TURN_MS = 20_000;
/** No put takes two days. A client's upload by parts may: it is its session that tells. */
const ABANDONED_MS = 48 * 3_600_000;

export interface SweeperParts {
  /** As the system. */
  readonly transaction: Transaction;
  readonly storage: Storage;
  readonly queue: JobQueue;
  readonly job: SweepJob;
  /** Plans a copy from where a recording came from. */
  readonly copyAgain: Retrier;
  /** Seconds that an object must be old before it may be garbage. */
  readonly grace: number;
  readonly metrics: SweepMetrics;
  readonly logger: Logger;
}

/**
 * Compares the store with the rows that tell of it, in pages and turns: memory does not grow with either, a turn ends
 * within seconds, and the next one, in whatever process, goes on behind the last page.
 */
export class StorageSweeper {
  private readonly ledger: SweepLedger;
  private readonly recordings: RecordingPages;
  private readonly uploads: Orphans;

  constructor(private readonly parts: SweeperParts) {
    const { transaction, storage, copyAgain, logger } = parts;
    this.ledger = new SweepLedger(transaction);
    this.recordings = new RecordingPages(
      transaction,
      storage,
      new Orphans(transaction, storage, recordingTerritory(storage), logger),
      new DamagedCopies(transaction, storage, copyAgain, logger),
    );
    this.uploads = new Orphans(transaction, storage, uploadTerritory(), logger);
  }

  async turn(sweepId: string, signal: AbortSignal): Promise<void> {
    const { queue, job, metrics, logger } = this.parts;
    const next = (em: EntityManager): Promise<void> => queue.send(em, job, { sweepId }, { key: sweepId });
    const claimed = await this.ledger.claim(sweepId);
    if (!claimed) return;
    const until = performance.now() + TURN_MS;
    let sweep: SweepRow | undefined = claimed;
    try {
      while (sweep?.status === 'RUNNING' && !signal.aborted && performance.now() < until)
        sweep = await this.page(sweep);
    } catch (error) {
      const skipped = await this.ledger.failed(sweep ?? claimed, next);
      // The queue tries again, and then a chore.
      if (!skipped) throw error;
      metrics.skip(skipped);
      logger.error(
        { err: error, sweepId, phase: skipped },
        'a phase of a sweep has failed for too long, and is left out',
      );
      return;
    }
    await this.ledger.release(claimed, async (em) => {
      if (sweep?.status === 'RUNNING') await next(em);
    });
  }

  private async page(sweep: SweepRow): Promise<SweepRow | undefined> {
    const page = await this.step(sweep);
    const saved = await this.ledger.save(sweep, page);
    if (saved) this.parts.metrics.tell(sweep, page);
    return saved;
  }

  private step({ phase, cursor, dry_run, suspicious, recordings, missing }: SweepRow): Promise<SweepPage> {
    const olderThan = new Date(Date.now() - this.parts.grace * 1000);
    const rules: SweepRules = { dryRun: dry_run, olderThan, suspicious };
    switch (phase) {
      case 'RECORDINGS':
        return this.recordings.next(cursor ?? undefined, rules, recordings - missing);
      case 'UPLOADS':
        return this.uploadPage(cursor ?? undefined, rules);
      case 'TEMPORARY':
        return this.temporary(rules);
      case 'COUNTS':
        return this.count();
    }
  }

  private async uploadPage(after: string | undefined, rules: SweepRules): Promise<SweepPage> {
    const { objects, end } = await listPage(this.parts.storage, UPLOADS_PREFIX, after);
    return { cursor: end, objects: objects.length, ...(await this.uploads.sweep(objects, rules)) };
  }

  private async temporary({ dryRun }: SweepRules): Promise<SweepPage> {
    const { storage, transaction } = this.parts;
    const temporary = await storage.collectTemporary(new Date(Date.now() - ABANDONED_MS), {
      dryRun,
      held: (keys) => heldUploads(transaction, keys),
    });
    return { cursor: undefined, temporary };
  }

  private async count(): Promise<SweepPage> {
    return { cursor: undefined, counts: await this.parts.transaction(countRecordings) };
  }
}
