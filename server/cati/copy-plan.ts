import type { EntityManager } from '@mikro-orm/postgresql';
import type { JobQueue } from '../jobs/queue.js';
import { RecordingMoves, type FailureFacts } from '../recordings/recording-moves.js';
import type { CopyJob } from './copy.job.js';

/** Seconds. */
export interface CopyTimes {
  /** From the webhook to the first try. */
  readonly delay: number;
  /** Before the second try. */
  readonly retry: number;
  /** At the least, before what is not ready is asked for again. */
  readonly notReady: number;
  /** How often a stopped provider is tried. */
  readonly probe: number;
}

/** Tries of one plan; "not ready yet" is none. */
export const MAX_TRIES = 3;
const GROWTH = 4;
const DAY_SECONDS = 86_400;
const NOT_READY_AT_MOST = 3600;

/** When copies are tried: every plan is written to the row and sent as a job in one transaction. */
export class CopyPlan {
  constructor(
    private readonly queue: JobQueue,
    private readonly job: CopyJob,
    readonly times: CopyTimes,
  ) {}

  /** Plans a first try anew. False: there is nothing to plan (stored, removed, or somebody works on it). */
  async begin(em: EntityManager, recordingId: string, seconds: number, tries = 0): Promise<boolean> {
    if (!(await new RecordingMoves(em).planCopy(recordingId, Math.ceil(seconds), tries))) return false;
    await this.send(em, recordingId, seconds);
    return true;
  }

  /** A first try of a recording that was just heard of: it stays EXPECTED until then. */
  async expect(em: EntityManager, recordingId: string): Promise<void> {
    await new RecordingMoves(em).defer(recordingId, Math.ceil(this.times.delay));
    await this.send(em, recordingId, this.times.delay);
  }

  /** After a try that failed: free again, with another try planned. */
  async again(
    em: EntityManager,
    { recordingId, attemptId }: { recordingId: string; attemptId: string },
    seconds: number,
    { failure, counted }: { failure: FailureFacts | undefined; counted: boolean },
  ): Promise<boolean> {
    const moves = new RecordingMoves(em);
    const wait = Math.ceil(seconds);
    const moved = counted
      ? await moves.release(recordingId, attemptId, wait, failure)
      : await moves.postpone(recordingId, attemptId, wait, failure);
    if (moved) await this.send(em, recordingId, wait);
    return moved;
  }

  /** The job of a plan that is written already. */
  send(em: EntityManager, recordingId: string, seconds: number): Promise<void> {
    const delay = Math.ceil(seconds);
    // A later plan's job is another one than that of an earlier plan which still waits: a job that finds nothing due ends.
    const key = delay > 0 ? `${recordingId} ${Math.floor(Date.now() / 1000) + delay}` : recordingId;
    return this.queue.send(em, this.job, { recordingId }, { key, delay });
  }

  /** The jobs of plans that are written already, and due. */
  sendDue(em: EntityManager, recordingIds: readonly string[]): Promise<void> {
    const jobs = recordingIds.map((recordingId) => ({ payload: { recordingId }, key: recordingId }));
    return this.queue.sendAll(em, this.job, jobs);
  }

  /** Seconds before the try behind the `tries`th one. */
  distance(tries: number, retryAfterSeconds = 0): number {
    return Math.max(this.times.retry * GROWTH ** Math.max(0, tries - 1), retryAfterSeconds);
  }

  /**
   * Seconds before a recording that is not ready is asked for again: half as long as the call is over, and one last time
   * when a day is over. Undefined: the day is over.
   */
  notReadyDistance(endedAt: Date | undefined, now: number, retryAfterSeconds = 0): number | undefined {
    if (endedAt === undefined) return undefined;
    const age = (now - endedAt.getTime()) / 1000;
    if (age >= DAY_SECONDS) return undefined;
    const wish = Math.min(Math.max(this.times.notReady, age / 2), NOT_READY_AT_MOST);
    return Math.min(Math.max(wish, retryAfterSeconds), DAY_SECONDS - age + 1);
  }
}
