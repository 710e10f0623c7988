import type { RunRow } from './run-row.js';

/** Seconds that one copy takes, where nothing is known yet. */
const SECONDS_PER_COPY = 1;

/**
 * Calls that one worker is expected to do in a second at the run's limits: the least of what concurrency, requests per
 * minute, bytes per second and the pauses between batches allow.
 */
export function expectedRate(
  run: Pick<
    RunRow,
    'concurrency' | 'batch_size' | 'delay_ms' | 'requests_per_minute' | 'max_bytes_per_second'
  >,
  bytesPerCall: number | null,
): number {
  const atOnce = Math.min(run.concurrency, run.delay_ms > 0 ? run.batch_size : run.concurrency);
  const batchSeconds = (run.batch_size / atOnce) * SECONDS_PER_COPY + run.delay_ms / 1000;
  const byBytes =
    run.max_bytes_per_second !== null && bytesPerCall !== null && bytesPerCall > 0
      ? run.max_bytes_per_second / bytesPerCall
      : Infinity;
  return Math.min(run.batch_size / batchSeconds, (run.requests_per_minute ?? Infinity) / 60, byBytes);
}
