import { sleep } from './deadline.js';
import { EarshotError } from './errors.js';
import type { Platform } from './platform.js';
import type { Transport } from './transport.js';

export interface RetryPolicy {
  /** How often a request is sent again at most. */
  readonly retries: number;
  /** The first wait is at most this, the next twice as long, and so on. */
  readonly baseMs: number;
  /** No wait is longer. A server that asks for more is not waited for: the error says how long. */
  readonly maxMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = { retries: 2, baseMs: 300, maxMs: 20_000 };

/** Work that goes on by itself believes no Retry-After beyond this. */
export const LONGEST_PAUSE_SECONDS = 3600;

/**
 * Milliseconds before try `attempt` (1 for the first repetition): full jitter, so that clients which failed together
 * do not return together, and never sooner than the server's Retry-After.
 */
export function backoffMs(
  policy: Pick<RetryPolicy, 'baseMs' | 'maxMs'>,
  attempt: number,
  random: number,
  retryAfterSeconds = 0,
): number {
  const jittered = random * Math.min(policy.maxMs, policy.baseMs * 2 ** (attempt - 1));
  return Math.max(jittered, retryAfterSeconds * 1000);
}

/** Sends idempotent requests again after failures that may pass. Anything else is sent once. */
export function withRetries(transport: Transport, policy: RetryPolicy, platform: Platform): Transport {
  return async (request) => {
    const retries = request.idempotent ? (request.retries ?? policy.retries) : 0;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await transport(request);
      } catch (error) {
        if (attempt > retries || !(error instanceof EarshotError) || !error.retryable) throw error;
        const wait = backoffMs(policy, attempt, platform.random(), error.retryAfterSeconds);
        if (wait > policy.maxMs) throw error;
        await sleep(platform, wait, request.name, request.signal);
      }
    }
  };
}
