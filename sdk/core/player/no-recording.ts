import type { RecordingState } from '../types.js';

/** Why there is nothing to play. */
export type NoRecordingReason =
  /** The call was not recorded, or nothing has come yet. */
  | 'NONE'
  /** Should come; nothing was tried yet. */
  | 'EXPECTED'
  /** On its way: being fetched or verified. */
  | 'PENDING'
  /** Not stored, and tried again. */
  | 'FAILED'
  /** Not stored, and not tried again by itself. */
  | 'NOT_STORED'
  | 'NOT_AUDIO'
  /** The provider has deleted it. */
  | 'GONE_AT_SOURCE'
  /** Deleted here, by a person or a rule. */
  | 'REMOVED'
  /** It does not exist, or the viewer may not see it. */
  | 'NOT_FOUND';

/** Every message about recordings that cannot be played, in one place. */
export const NO_RECORDING_MESSAGES: Readonly<Record<NoRecordingReason, string>> = {
  NONE: 'There is no recording of this call.',
  EXPECTED: 'The recording has not arrived yet.',
  PENDING: 'The recording is on its way.',
  FAILED: 'The recording could not be stored yet. It is tried again.',
  NOT_STORED: 'The recording could not be stored.',
  NOT_AUDIO: 'What was stored for this call is not a sound recording.',
  GONE_AT_SOURCE: 'The telephony provider has deleted this recording.',
  REMOVED: 'This recording was deleted.',
  NOT_FOUND: 'This recording does not exist, or is not yours to hear.',
};

type Judged = Pick<RecordingState, 'status'> & {
  readonly error?: Pick<NonNullable<RecordingState['error']>, 'code' | 'retryable'> | null;
};

/** Undefined when it can be played. Null or undefined: the call has none. */
export function noRecordingReason(recording: Judged | null | undefined): NoRecordingReason | undefined {
  if (!recording) return 'NONE';
  const { code, retryable = true } = recording.error ?? {};
  switch (recording.status) {
    case 'UPLOADED':
      return undefined;
    case 'DELETED':
      return code === 'GONE_AT_SOURCE' ? 'GONE_AT_SOURCE' : 'REMOVED';
    case 'FAILED':
      if (code === 'NOT_AUDIO') return 'NOT_AUDIO';
      return retryable ? 'FAILED' : 'NOT_STORED';
    case 'EXPECTED':
      return 'EXPECTED';
    case 'PENDING':
    default:
      return 'PENDING';
  }
}
