import { setTimeout } from 'node:timers/promises';

/** Prometheus waits for ten seconds; all the figures together should take a part of that. */
const PATIENCE_MS = 1000;

/**
 * For a figure that the database knows: undefined when it does not answer, or not soon. Then the last answer stands: the
 * other figures are wanted most when the database is away.
 */
export async function inTime<T>(answer: Promise<T>): Promise<T | undefined> {
  const answered = new AbortController();
  const late = setTimeout(PATIENCE_MS, undefined, { signal: answered.signal }).catch(() => undefined);
  return Promise.race([answer.catch(() => undefined), late]).finally(() => answered.abort());
}
