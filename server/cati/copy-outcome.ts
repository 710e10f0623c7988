import type { FailureCode } from '../errors.js';

/** Why there is nothing to copy any more: gone at its source, or deleted by a person or a rule. */
export type DeletionCode = Extract<FailureCode, 'GONE_AT_SOURCE' | 'REMOVED'>;

/** How one attempt to copy a recording from its provider ended. Nothing of it is an exception. */
export type CopyOutcome =
  /** Stored and verified now. */
  | { readonly kind: 'uploaded'; readonly bytes: number }
  /** Somebody else stored it meanwhile, or a job has come too early: there is nothing to do. */
  | { readonly kind: 'skipped' }
  /** Beyond doubt, also before this one came to it. */
  | { readonly kind: 'deleted'; readonly code: DeletionCode }
  /** Not stored. A `job` plans its next try itself; a `run` decides what to do by the code. */
  | {
      readonly kind: 'failed';
      readonly code: FailureCode;
      readonly message: string;
      readonly retryAfterSeconds?: number | undefined;
      /** Its host is to be left alone for so long that it was not even asked: this was no try. */
      readonly unasked?: true;
    }
  /** Another attempt holds it: not this one's business now. */
  | { readonly kind: 'held' }
  /** The provider connection itself is at fault, or the store is: no item is to blame, the work stops with this reason. */
  | { readonly kind: 'stopped'; readonly by: 'source' | 'storage'; readonly reason: string };

/** Why work stops that the store keeps from going on. */
export const STORE_IS_DOWN = 'The store does not answer. It is tried again by itself.';

/** Whom a recording is asked of. */
export interface CopyPlace {
  readonly provider: string;
  readonly url: string | undefined;
}

export interface CopyOptions {
  readonly signal: AbortSignal;
  readonly mode: 'job' | 'run';
  /** Which run: a host's requests are shared out among jobs and runs. */
  readonly runId?: string;
  /** Whether a run asks again after such a failure: then the recording waits for it, and is not FAILED yet. */
  readonly asksAgain?: (code: FailureCode) => boolean;
  /** Where whoever asks knows it already: one question less. */
  readonly place?: CopyPlace;
  /** Told when the bytes are stored and verified, and all that is left is to write it down. */
  readonly onStored?: () => void;
}

/** Copies one recording. Never throws but for the database, and for its signal. */
export interface RecordingCopier {
  copy(recordingId: string, options: CopyOptions): Promise<CopyOutcome>;
}
