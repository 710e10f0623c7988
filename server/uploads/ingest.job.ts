import { defineJob } from '../jobs/job.js';

/**
 * Verifies a finalized upload and stores it as a recording. Faults of the store or the database are tried again at
 * growing distance, for about an hour; what the bytes themselves are refused for is final at once.
 */
export function ingestJob(retryDelay: number) {
  return defineJob<{ uploadId: string }>('recording.ingest', {
    retries: 12,
    retryDelay,
    retryDelayMax: 300,
    expireIn: 1800,
    concurrency: 4,
  });
}

export type IngestJob = ReturnType<typeof ingestJob>;
