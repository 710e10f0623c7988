/** What keeps a recording from being uploaded. */
export type UploadProblemCode =
  | 'FILE_MISSING'
  | 'FILE_EMPTY'
  | 'FILE_TOO_LARGE'
  | 'FILE_CHANGED'
  | 'FILE_UNREADABLE'
  | 'NOT_AUDIO'
  | 'DAMAGED_ON_THE_WAY'
  | 'OTHER_RECORDING_EXISTS'
  | 'CALL_NOT_FOUND'
  | 'NOT_ALLOWED'
  | 'SIGNED_OUT'
  | 'QUOTA_EXCEEDED'
  | 'NO_CONNECTION'
  | 'SERVER_BUSY'
  | 'SERVER_FAILED'
  | 'DEVICE_STORAGE'
  | 'REFUSED';

export interface UploadProblem {
  readonly code: UploadProblemCode;
  /** For the person at the device, in English. Apps with more languages go by `code`. */
  readonly message: string;
  /** Whether trying again by hand may help. */
  readonly canRetry: boolean;
  /** Names the request in the server's log: give it to support. */
  readonly requestId?: string | undefined;
}

interface Words {
  readonly message: string;
  readonly canRetry: boolean;
}

/** Every message about uploads, in one place. */
export const UPLOAD_MESSAGES: Readonly<Record<UploadProblemCode, Words>> = {
  FILE_MISSING: { message: 'The recording is no longer on this device.', canRetry: false },
  FILE_EMPTY: { message: 'The recording is empty: nothing was recorded.', canRetry: false },
  FILE_TOO_LARGE: { message: 'The recording is larger than the server accepts.', canRetry: false },
  FILE_CHANGED: { message: 'The recording was changed after it was queued.', canRetry: false },
  FILE_UNREADABLE: { message: 'The recording cannot be read from this device.', canRetry: true },
  NOT_AUDIO: { message: 'This file is not a sound recording.', canRetry: false },
  DAMAGED_ON_THE_WAY: { message: 'The recording arrived damaged, again and again.', canRetry: true },
  OTHER_RECORDING_EXISTS: { message: 'This call already has another recording.', canRetry: false },
  CALL_NOT_FOUND: { message: 'The call does not exist any more, or is not yours.', canRetry: false },
  NOT_ALLOWED: { message: 'You may not upload recordings for this call.', canRetry: false },
  SIGNED_OUT: { message: 'Sign in again, then the upload goes on.', canRetry: true },
  QUOTA_EXCEEDED: { message: 'Your upload allowance is used up. It goes on later.', canRetry: true },
  NO_CONNECTION: { message: 'The server cannot be reached. It is tried again.', canRetry: true },
  SERVER_BUSY: { message: 'The server is busy. It is tried again.', canRetry: true },
  SERVER_FAILED: { message: 'The server failed again and again. Try again later.', canRetry: true },
  DEVICE_STORAGE: { message: 'This device could not save the upload. Free some space.', canRetry: true },
  REFUSED: { message: 'The server refused the recording.', canRetry: true },
};

export function uploadProblem(
  code: UploadProblemCode,
  facts: { readonly detail?: string | undefined; readonly requestId?: string | undefined } = {},
): UploadProblem {
  const { message, canRetry } = UPLOAD_MESSAGES[code];
  const { detail, requestId } = facts;
  return {
    code,
    message: detail === undefined ? message : `${message} ${detail}`,
    canRetry,
    ...(requestId === undefined ? {} : { requestId }),
  };
}
