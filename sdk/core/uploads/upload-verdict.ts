import { EarshotError } from '../errors.js';
import type { ErrorFacts } from '../errors.js';
import type { Failure } from '../types.js';
import { uploadProblem } from './upload-problem.js';
import type { UploadProblem, UploadProblemCode } from './upload-problem.js';

/** How one run of a job ended. */
export type UploadVerdict =
  | { readonly kind: 'uploaded'; readonly recordingId: string | undefined }
  /** Does not go on by itself. */
  | { readonly kind: 'final'; readonly problem: UploadProblem }
  /** Goes on later. `isBounded`: only so many times in a row, since the server itself fails. */
  | {
      readonly kind: 'retry';
      readonly problem: UploadProblem;
      readonly isBounded: boolean;
      readonly afterSeconds?: number | undefined;
    }
  /** The server is still verifying: nothing failed. */
  | { readonly kind: 'verifying' };

/** Ends a run from within, with its verdict. */
export class RunEnd extends Error {
  constructor(readonly verdict: UploadVerdict) {
    super(verdict.kind);
  }
}

export const finalEnd = (code: UploadProblemCode, facts?: Parameters<typeof uploadProblem>[1]): RunEnd =>
  new RunEnd({ kind: 'final', problem: uploadProblem(code, facts) });

export const retryEnd = (code: UploadProblemCode, isBounded: boolean, afterSeconds?: number): RunEnd =>
  new RunEnd({ kind: 'retry', problem: uploadProblem(code), isBounded, afterSeconds });

/** An error code of the API, and what it means for an upload. The third: whether a retry counts. */
type Meaning = readonly ['final' | 'retry', UploadProblemCode, isBounded?: boolean];

const MEANINGS: Readonly<Record<string, Meaning>> = {
  NETWORK: ['retry', 'NO_CONNECTION'],
  TIMEOUT: ['retry', 'NO_CONNECTION'],
  RATE_LIMITED: ['retry', 'SERVER_BUSY'],
  UNAUTHENTICATED: ['retry', 'SIGNED_OUT'],
  QUOTA_EXCEEDED: ['retry', 'QUOTA_EXCEEDED'],
  UNAVAILABLE: ['retry', 'SERVER_BUSY', true],
  INTERNAL: ['retry', 'SERVER_BUSY', true],
  UPLOAD_INCOMPLETE: ['retry', 'SERVER_BUSY', true],
  OFFSET_MISMATCH: ['retry', 'SERVER_BUSY', true],
  EXPIRED: ['retry', 'SERVER_BUSY', true],
  CHECKSUM_MISMATCH: ['retry', 'DAMAGED_ON_THE_WAY', true],
  CHUNK_DIFFERS: ['final', 'FILE_CHANGED'],
  FORBIDDEN: ['final', 'NOT_ALLOWED'],
  NOT_FOUND: ['final', 'CALL_NOT_FOUND'],
  PAYLOAD_TOO_LARGE: ['final', 'FILE_TOO_LARGE'],
  UNSUPPORTED_MEDIA_TYPE: ['final', 'NOT_AUDIO'],
  CONFLICT: ['final', 'OTHER_RECORDING_EXISTS'],
};

function meaningOf({ code, retryable }: EarshotError): Meaning {
  const known = Object.hasOwn(MEANINGS, code) ? MEANINGS[code] : undefined;
  return known ?? (retryable ? ['retry', 'SERVER_BUSY', true] : ['final', 'REFUSED']);
}

/** What a failed call of the API means for the job. Whatever else fails is the app's: its token, its own transport. */
export function verdictOfError(error: unknown): UploadVerdict {
  if (error instanceof RunEnd) return error.verdict;
  if (!(error instanceof EarshotError))
    return { kind: 'retry', problem: uploadProblem('NO_CONNECTION'), isBounded: false };
  const [kind, code, isBounded = false] = meaningOf(error);
  const { requestId } = error;
  const detail = code === 'REFUSED' ? error.message : undefined;
  const problem = uploadProblem(code, { requestId, detail });
  if (kind === 'final') return { kind, problem };
  return { kind, problem, isBounded, afterSeconds: error.retryAfterSeconds };
}

const REFUSALS: Readonly<Partial<Record<Failure['code'], UploadProblemCode>>> = {
  NOT_AUDIO: 'NOT_AUDIO',
  TOO_LARGE: 'FILE_TOO_LARGE',
  CONFLICT: 'OTHER_RECORDING_EXISTS',
};

/** What it means that the server refused the bytes after it had them all. */
export function verdictOfFailure(failure: Pick<Failure, 'code' | 'message'> | null): UploadVerdict {
  const code = failure ? REFUSALS[failure.code] : undefined;
  if (code) return { kind: 'final', problem: uploadProblem(code) };
  const isDamage = failure?.code === 'CHECKSUM_MISMATCH' || failure?.code === 'TRUNCATED';
  const problem = uploadProblem(isDamage ? 'DAMAGED_ON_THE_WAY' : 'SERVER_BUSY');
  return { kind: 'retry', problem, isBounded: true };
}

/** The code of a failed call of the API. */
export const codeOf = (error: unknown): ErrorFacts['code'] | undefined =>
  error instanceof EarshotError ? error.code : undefined;
