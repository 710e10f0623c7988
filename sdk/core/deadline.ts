import { AbortedError, TimeoutError } from './errors.js';
import type { AbortSignalLike, Platform } from './platform.js';

/** Longer timers fire at once: the delay is a signed 32-bit number on every platform. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const aborted = (signal: AbortSignalLike, operation: string): AbortedError =>
  new AbortedError(`${operation} was cancelled.`, { code: 'ABORTED', operation, cause: signal.reason });

/** The part of the platform, or a test's clock, that waiting needs. */
export type Timers = Pick<Platform, 'setTimeout' | 'clearTimeout' | 'AbortController'>;

export interface Deadline {
  readonly operation: string;
  /** 0 for none. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignalLike | undefined;
}

/**
 * Runs the work until it ends, the time is over or the caller's signal is aborted, and stops the work's own signal
 * then. It settles at once even where the work ignores its signal, as some `fetch` implementations do.
 */
export async function withDeadline<T>(
  platform: Timers,
  { operation, timeoutMs, signal }: Deadline,
  work: (signal: AbortSignalLike) => Promise<T>,
): Promise<T> {
  if (signal?.aborted) throw aborted(signal, operation);
  const controller = new platform.AbortController();
  const cleanups: (() => void)[] = [];
  const stopped = new Promise<never>((_resolve, reject) => {
    const stop = (error: Error) => {
      reject(error);
      controller.abort();
    };
    if (signal) {
      const onAbort = () => stop(aborted(signal, operation));
      signal.addEventListener('abort', onAbort);
      cleanups.push(() => signal.removeEventListener('abort', onAbort));
    }
    if (timeoutMs > 0 && timeoutMs <= LONGEST_TIMER_MS) {
      const message = `${operation} got no answer within ${timeoutMs / 1000} s. Try again.`;
      const onTimeout = () => stop(new TimeoutError(message, { code: 'TIMEOUT', operation }));
      const timer = platform.setTimeout(onTimeout, timeoutMs);
      cleanups.push(() => platform.clearTimeout(timer));
    }
  });
  try {
    return await Promise.race([work(controller.signal), stopped]);
  } finally {
    for (const cleanup of cleanups) cleanup();
  }
}

/** Waits; rejects with AbortedError as soon as the signal is aborted. */
export function sleep(
  platform: Timers,
  milliseconds: number,
  operation: string,
  signal?: AbortSignalLike,
): Promise<void> {
  let timer: unknown;
  const work = () =>
    new Promise<void>((resolve) => {
      timer = platform.setTimeout(resolve, milliseconds);
    });
  return withDeadline(platform, { operation, timeoutMs: 0, signal }, work).finally(() => {
    platform.clearTimeout(timer);
  });
}
