import type { UploadProblem } from './upload-problem.js';
import type { LocalFile } from './upload-ports.js';

/** The call that a recording belongs to. */
export type UploadTarget =
  | { readonly callLogId: string; readonly catiCallId?: never }
  | { readonly catiCallId: string; readonly callLogId?: never };

/**
 * Why a job does not go on though nothing failed. No try is used up meanwhile. `ELSEWHERE`: another tab is at it.
 */
export type UploadHold = 'OFFLINE' | 'WIFI_ONLY' | 'PAUSED' | 'QUEUE_PAUSED' | 'ELSEWHERE';

/** How bytes go to the server. */
export type UploadMethod = 'PUT' | 'MULTIPART' | 'CHUNKED';

/** Where a job stands. A job has exactly one of these, and `phase` tells which. */
export type UploadState =
  /** Waits for its turn. */
  | { readonly phase: 'queued' }
  | { readonly phase: 'held'; readonly hold: UploadHold }
  /** Asks the server where the bytes go, or which of them it has. */
  | { readonly phase: 'preparing' }
  | {
      readonly phase: 'sending';
      readonly method: UploadMethod;
      /** Undefined until it can be told. */
      readonly bytesPerSecond: number | undefined;
      readonly secondsLeft: number | undefined;
    }
  /** All bytes are there, and the server is comparing length and hash. */
  | { readonly phase: 'verifying' }
  /** Failed for now; goes on by itself at `retryAt` (milliseconds since 1970). */
  | { readonly phase: 'waiting'; readonly problem: UploadProblem; readonly retryAt: number }
  | { readonly phase: 'uploaded'; readonly recordingId: string | undefined }
  /** Does not go on by itself; `problem` says why, and whether a person may try again. */
  | { readonly phase: 'failed'; readonly problem: UploadProblem }
  | { readonly phase: 'cancelled' };

export type UploadPhase = UploadState['phase'];

export interface UploadJob {
  readonly id: string;
  readonly target: UploadTarget;
  readonly file: LocalFile;
  readonly byteSize: number;
  /** Milliseconds since 1970. */
  readonly enqueuedAt: number;
  /** Never goes back, also over restarts and where bytes have to be sent again. */
  readonly sentBytes: number;
  readonly state: UploadState;
}

export interface UploadQueueSnapshot {
  /** In the order in which they were enqueued. */
  readonly jobs: readonly UploadJob[];
  readonly isPaused: boolean;
  /** Waits on mobile data, but for jobs that a person asked for by `uploadNow`. */
  readonly wifiOnly: boolean;
  readonly isOnline: boolean;
  /** False until what an earlier run left has been read. */
  readonly isLoaded: boolean;
}

interface Calls {
  readonly callLogId?: string | undefined;
  readonly catiCallId?: string | undefined;
}

/** Phases in which nothing more happens by itself. */
export const isSettled = ({ phase }: UploadState): boolean =>
  phase === 'uploaded' || phase === 'failed' || phase === 'cancelled';

/** `right` may be a track that is played, too. */
export const isSameTarget = (left: UploadTarget, right: Calls): boolean =>
  left.callLogId === right.callLogId && left.catiCallId === right.catiCallId;
