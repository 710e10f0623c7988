export const RUN_STATUSES = [
  'ENQUEUED',
  'RUNNING',
  'PAUSING',
  'PAUSED',
  'CANCELLING',
  'CANCELLED',
  'SUCCEEDED',
  'FAILED',
] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/**
 * Which status may follow which. A run that has not begun pauses and goes back to ENQUEUED; one that has goes on as
 * RUNNING. PAUSING and CANCELLING last until the calls under way are finished or released, two seconds at most.
 */
export const TRANSITIONS: Readonly<Record<RunStatus, readonly RunStatus[]>> = {
  ENQUEUED: ['RUNNING', 'PAUSED', 'CANCELLED', 'FAILED'],
  RUNNING: ['PAUSING', 'CANCELLING', 'SUCCEEDED', 'FAILED'],
  PAUSING: ['RUNNING', 'PAUSED', 'CANCELLING', 'SUCCEEDED', 'FAILED'],
  PAUSED: ['ENQUEUED', 'RUNNING', 'CANCELLED'],
  CANCELLING: ['CANCELLED'],
  CANCELLED: [],
  SUCCEEDED: [],
  FAILED: [],
};

export function mayBecome(from: RunStatus, to: RunStatus): boolean {
  return TRANSITIONS[from].includes(to);
}

/** The statuses that a move to `to` may start from. */
export function sourcesOf(to: RunStatus): RunStatus[] {
  return RUN_STATUSES.filter((from) => mayBecome(from, to));
}

/** Nothing comes after it. */
export function isFinal(status: RunStatus): boolean {
  return TRANSITIONS[status].length === 0;
}

/** Not final: what counts as a live run of its provider. */
export const LIVE_STATUSES = RUN_STATUSES.filter((status) => !isFinal(status));
