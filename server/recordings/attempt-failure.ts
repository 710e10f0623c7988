import { NotAudio } from '../media/not-audio.js';
import { StorageUnavailable } from '../storage/storage.js';
import { ClaimLost } from './recording-claim.js';
import type { FailureFacts } from './recording-moves.js';
import { Refused } from './refused.js';

/** What the bytes themselves are refused for; undefined for any other error. */
export function refusalOf(error: unknown): FailureFacts | undefined {
  if (error instanceof Refused) return { code: error.code, message: error.message };
  if (error instanceof NotAudio)
    return { code: error.truncated ? 'TRUNCATED' : 'NOT_AUDIO', message: error.message };
  return undefined;
}

/** Nobody is to blame: a shutdown, or a claim that was lost. */
export function isInterruption(error: unknown): boolean {
  return error instanceof ClaimLost || (error instanceof Error && error.name === 'AbortError');
}

/** What a try that may be mended failed for; undefined when nobody is to blame. */
export function passingOf(error: unknown): FailureFacts | undefined {
  if (isInterruption(error)) return undefined;
  return error instanceof StorageUnavailable
    ? { code: 'STORAGE_UNAVAILABLE', message: 'The store does not answer. It is tried again by itself.' }
    : { code: 'INTERNAL', message: 'Something went wrong on the server. It is tried again by itself.' };
}
