import { defineJob } from '../jobs/job.js';

/** One turn of a sweep; the next one is sent with what this one found. A chore goes on where a turn was broken off. */
export const sweepJob = defineJob<{ sweepId: string }>('storage.sweep', {
  retries: 3,
  retryDelay: 10,
  retryDelayMax: 120,
  expireIn: 900,
  concurrency: 1,
});

export type SweepJob = typeof sweepJob;
