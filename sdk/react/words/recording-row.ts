import { noRecordingReason } from '../../core/player/index.js';
import type { UploadJob } from '../../core/uploads/index.js';
import { uploadWords } from './upload-words.js';
import type { Words } from './words.js';

/** What a row of a call tells of its recording. */
export interface RecordingRow {
  /** Where its upload from this device stands. */
  readonly upload: string | undefined;
  /** From 0 to 1, while bytes are sent. */
  readonly share: number | undefined;
  /** Why there is nothing to play. */
  readonly reason: string | undefined;
  readonly isFailed: boolean;
  /** Whether trying the upload again by hand may help. */
  readonly canRetry: boolean;
  readonly isPlayable: boolean;
}

/** From the recording as the server told of it, and the newest upload for the call on this device. */
export function recordingRow(
  recording: Parameters<typeof noRecordingReason>[0],
  job: UploadJob | undefined,
  words: Words,
): RecordingRow {
  const state = job?.state;
  const upload = job && uploadWords(job, words);
  // The list may be older than the upload's end.
  const isStored = state?.phase === 'uploaded';
  const isOnDevice = state !== undefined && state.phase !== 'cancelled' && hasFile(job);
  const reason = noRecordingReason(recording);
  const isPlayable = isStored || isOnDevice || reason === undefined;
  return {
    upload,
    share: job && state?.phase === 'sending' ? job.sentBytes / Math.max(1, job.byteSize) : undefined,
    reason:
      isPlayable || upload !== undefined || reason === undefined ? undefined : words.noRecording[reason],
    isFailed: state?.phase === 'failed',
    canRetry: state?.phase === 'failed' ? state.problem.canRetry : false,
    isPlayable,
  };
}

const GONE: readonly string[] = ['FILE_MISSING', 'FILE_EMPTY'];

const hasFile = (job: UploadJob | undefined): boolean =>
  job?.state.phase !== 'failed' || !GONE.includes(job.state.problem.code);
