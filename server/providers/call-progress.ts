import type { CallStatus } from './provider.js';

/** How far a call has come. Ends do not follow each other, but one that was held outweighs one that was not. */
const RANK: Readonly<Record<CallStatus, number>> = {
  INITIATED: 0,
  RINGING: 1,
  ANSWERED: 2,
  BUSY: 3,
  NO_ANSWER: 3,
  FAILED: 3,
  CANCELLED: 3,
  COMPLETED: 4,
};

/** The status after one more event: events arrive late and twice, and a status never goes back. */
export function advanceStatus(
  known: CallStatus | undefined,
  reported: CallStatus | undefined,
): CallStatus | undefined {
  if (known === undefined || reported === undefined) return known ?? reported;
  return RANK[reported] > RANK[known] ? reported : known;
}
