import type { CallEvent } from './provider.js';

const DAY_MS = 86_400_000;

/** `days` after the call; undefined where the provider keeps recordings or the call's time is unknown. */
export function expiryAfter(
  days: number | undefined,
  event: Pick<CallEvent, 'startedAt' | 'endedAt'>,
): Date | undefined {
  const from = event.endedAt ?? event.startedAt;
  return days === undefined || from === undefined ? undefined : new Date(from.getTime() + days * DAY_MS);
}
