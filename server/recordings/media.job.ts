import { defineJob } from '../jobs/job.js';

/**
 * Makes what players need of a stored recording. What the bytes are to blame for is written down and is no failure of
 * the job; the store and the database are tried again, and after the last try the chores take it up hours later.
 */
export const mediaJob = defineJob<{ recordingId: string }>('recording.media', {
  retries: 3,
  retryDelay: 15,
  retryDelayMax: 120,
  expireIn: 1800,
  concurrency: 2,
});

export type MediaJob = typeof mediaJob;
