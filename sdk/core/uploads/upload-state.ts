import type { NetworkState } from '../ports.js';
import type { UploadHold, UploadState } from './upload-job.js';
import type { UploadRecord } from './upload-record.js';
import { uploadProblem } from './upload-problem.js';

/** What a job's state follows from, beside its record. */
export interface UploadSurroundings {
  readonly network: NetworkState;
  readonly wifiOnly: boolean;
  readonly isQueuePaused: boolean;
  /** Another tab is at it. */
  readonly isElsewhere: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What it does at this moment. */
  readonly live?: UploadState | undefined;
}

/** Why the job may not begin now, though its turn may have come; undefined when it may. */
export function holdOf(
  record: UploadRecord,
  surroundings: Omit<UploadSurroundings, 'now' | 'live'>,
): UploadHold | undefined {
  const { network, wifiOnly, isQueuePaused, isElsewhere } = surroundings;
  if (isElsewhere) return 'ELSEWHERE';
  if (record.status === 'paused') return 'PAUSED';
  if (isQueuePaused) return 'QUEUE_PAUSED';
  if (!network.isOnline) return 'OFFLINE';
  return wifiOnly && network.isMetered && !record.isUrgent ? 'WIFI_ONLY' : undefined;
}

/** The one state of a job that people are shown. */
export function stateOf(record: UploadRecord, surroundings: UploadSurroundings): UploadState {
  if (record.status === 'uploaded') return { phase: 'uploaded', recordingId: record.recordingId };
  if (record.status === 'cancelled') return { phase: 'cancelled' };
  if (record.status === 'failed')
    return { phase: 'failed', problem: record.problem ?? uploadProblem('REFUSED') };
  if (surroundings.live) return surroundings.live;
  const hold = holdOf(record, surroundings);
  if (hold) return { phase: 'held', hold };
  if (record.isVerifying && !record.problem) return { phase: 'verifying' };
  if (record.retryAt > surroundings.now && record.problem)
    return { phase: 'waiting', problem: record.problem, retryAt: record.retryAt };
  return { phase: 'queued' };
}

/** The next job whose turn has come, among those that may begin: first in, first out; urgent ones before. */
export function nextOf(candidates: readonly UploadRecord[], now: number): UploadRecord | undefined {
  const ready = candidates.filter(({ retryAt }) => retryAt <= now);
  return ready.reduce<UploadRecord | undefined>(
    (first, record) => (!first || record.order < first.order ? record : first),
    undefined,
  );
}
