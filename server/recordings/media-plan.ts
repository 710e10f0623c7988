import type { EntityManager } from '@mikro-orm/postgresql';
import type { JobQueue } from '../jobs/queue.js';
import type { MediaJob } from './media.job.js';

/** Sends the jobs that make what players need, in the transaction that stored the recording. */
export class MediaPlan {
  constructor(
    private readonly queue: JobQueue,
    private readonly job: MediaJob,
    /** Where it is off, recordings stay due until it is on. */
    private readonly on: boolean,
  ) {}

  async send(em: EntityManager, recordingIds: readonly string[]): Promise<void> {
    if (!this.on) return;
    const jobs = recordingIds.map((recordingId) => ({ payload: { recordingId }, key: recordingId }));
    await this.queue.sendAll(em, this.job, jobs);
  }
}
