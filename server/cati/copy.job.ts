import { defineJob } from '../jobs/job.js';

/**
 * Copies one recording from its provider. Which try follows when is the copy's own decision (it sends the next job
 * itself); the queue repeats only what the database or a shutdown broke off.
 */
export const copyJob = defineJob<{ recordingId: string }>('recording.copy', {
  retries: 3,
  retryDelay: 5,
  retryDelayMax: 60,
  expireIn: 1800,
  concurrency: 8,
});

export type CopyJob = typeof copyJob;
