import { backoffMs, LONGEST_PAUSE_SECONDS } from '../retry.js';
import { uploadProblem } from './upload-problem.js';
import type { UploadProblem } from './upload-problem.js';
import type { UploadRecord, UploadWish } from './upload-record.js';
import type { UploadVerdict } from './upload-verdict.js';

const BACKOFF = { baseMs: 1000, maxMs: 300_000 };
/** Failures in a row that the server is to blame for. */
const MOST_SERVER_FAILURES = 8;
const VERIFY_AGAIN_MS = 15_000;

const FRESH = { failures: 0, serverFailures: 0, directFailures: 0, retryAt: 0, problem: undefined } as const;

type Change = Partial<UploadRecord>;

/** Whether there is anything left to do: to upload, to end the server's session, to delete the local file. */
export function needsWork(record: UploadRecord): boolean {
  const { status, uploadId, isRequested = false, keepsFile, isFileRemoved } = record;
  if (status === 'cancelled') return uploadId !== undefined || isRequested;
  if (status === 'uploaded') return !keepsFile && !isFileRemoved;
  return status === 'active';
}

const WAKEABLE: readonly string[] = ['NO_CONNECTION', 'SIGNED_OUT', 'FILE_UNREADABLE', 'DEVICE_STORAGE'];

/** Whether a new beginning or a new connection is a reason not to wait any longer. A busy server is still waited for. */
export const isWakeable = ({ problem }: UploadRecord): boolean => !problem || WAKEABLE.includes(problem.code);

export const isRecordSettled = ({ status }: UploadRecord): boolean =>
  status === 'uploaded' || status === 'failed' || status === 'cancelled';

/** What a person's wish makes of a job. */
export function afterWish(record: UploadRecord, wish: UploadWish, now: number): Change {
  const { status } = record;
  if (status === 'uploaded') return {};
  switch (wish) {
    case 'pause':
      return status === 'active' ? { status: 'paused' } : {};
    case 'cancel':
      return status === 'cancelled' ? {} : { ...FRESH, status: 'cancelled', settledAt: now };
    case 'resume':
      return { ...FRESH, status: 'active', settledAt: undefined };
    case 'uploadNow':
      // Before all that were enqueued; the later wish comes first.
      return { ...FRESH, status: 'active', settledAt: undefined, isUrgent: true, order: -now };
    default:
      return {};
  }
}

const lasting = (problem: UploadProblem): UploadProblem =>
  problem.code === 'SERVER_BUSY' ? uploadProblem('SERVER_FAILED', problem) : problem;

/** The next try, after a longer wait than the last. */
export function laterAgain({ failures }: UploadRecord, { now, random }: Moment, afterSeconds = 0) {
  const pause = Math.min(afterSeconds, LONGEST_PAUSE_SECONDS);
  return { failures: failures + 1, retryAt: now + backoffMs(BACKOFF, failures + 1, random, pause) };
}

function afterFailure(
  record: UploadRecord,
  verdict: Extract<UploadVerdict, { kind: 'retry' }>,
  moment: Moment,
): Change {
  const { now } = moment;
  const { problem, isBounded, afterSeconds = 0 } = verdict;
  const again = laterAgain(record, moment, afterSeconds);
  const serverFailures = record.serverFailures + (isBounded ? 1 : 0);
  if (serverFailures > MOST_SERVER_FAILURES)
    return { status: 'failed', problem: lasting(problem), settledAt: now, serverFailures };
  // Behind the others: whoever fails lets them pass.
  return { ...again, problem, serverFailures, order: now };
}

export interface Moment {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** At least 0, below 1. */
  readonly random: number;
}

/** What the end of a run makes of a job. */
export function afterVerdict(record: UploadRecord, verdict: UploadVerdict, moment: Moment): Change {
  const { now } = moment;
  switch (verdict.kind) {
    case 'uploaded': {
      const { recordingId } = verdict;
      return { ...FRESH, status: 'uploaded', recordingId, sentBytes: record.byteSize, settledAt: now };
    }
    case 'final':
      return { status: 'failed', problem: verdict.problem, settledAt: now };
    case 'verifying':
      // Behind those that are not sent yet.
      return { ...FRESH, isVerifying: true, retryAt: now + VERIFY_AGAIN_MS, order: now };
    case 'retry':
    default:
      return afterFailure(record, verdict, moment);
  }
}
