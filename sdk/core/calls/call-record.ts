import type { LogCallInput } from '../generated/operations.js';
import type { UploadJob } from '../uploads/upload-job.js';
import type { LocalFile } from '../uploads/upload-ports.js';

/** A call that has ended on this device. */
export interface FinishedCall {
  /** The call's own id on this device, up to 200 letters: the same key is the same call, however often it is told. */
  readonly key: string;
  readonly call: Omit<LogCallInput, 'idempotencyKey'>;
  /** Its recording, if there is one. */
  readonly file?: LocalFile | undefined;
  /** The local file is left where it is also after it was uploaded. */
  readonly keepFile?: boolean | undefined;
}

/** What is kept of a call until all of it has reached the server. */
export interface CallRecord extends FinishedCall {
  readonly version: 1;
  /** Milliseconds since 1970. */
  readonly toldAt: number;
  readonly status: 'active' | 'logged' | 'enqueued' | 'failed';
  /** When it began by this device's clock, for a call that was told without a time. */
  readonly supposedStart?: string | undefined;
  readonly callLogId?: string | undefined;
  readonly jobId?: string | undefined;
  readonly failures: number;
  readonly retryAt: number;
  readonly message?: string | undefined;
}

/** Where a call stands. Exactly one of these; `phase` tells which. */
export type CallState =
  | { readonly phase: 'logging' }
  /** Could not be logged for now; tried again at `retryAt` (milliseconds since 1970) or with the next connection. */
  | { readonly phase: 'waiting'; readonly message: string; readonly retryAt: number }
  /** Logged, without a recording. */
  | { readonly phase: 'logged' }
  /** Logged; its recording is where the job says. */
  | { readonly phase: 'recording'; readonly upload: UploadJob }
  /** Logged, and the recording is stored. */
  | { readonly phase: 'done' }
  /** The server does not take it. */
  | { readonly phase: 'failed'; readonly message: string };

export interface TrackedCall {
  readonly key: string;
  readonly callLogId: string | undefined;
  readonly leadId: string;
  /** Milliseconds since 1970. */
  readonly toldAt: number;
  readonly state: CallState;
}

export function callStateOf(record: CallRecord, job: UploadJob | undefined, now: number): CallState {
  const { status, message = '', retryAt } = record;
  switch (status) {
    case 'failed':
      return { phase: 'failed', message };
    case 'logged':
      return { phase: 'logged' };
    case 'enqueued':
      // A job that was taken off the list had come to its end.
      return !job || job.state.phase === 'uploaded' ? { phase: 'done' } : { phase: 'recording', upload: job };
    case 'active':
    default:
      return retryAt > now && message !== '' ? { phase: 'waiting', message, retryAt } : { phase: 'logging' };
  }
}
