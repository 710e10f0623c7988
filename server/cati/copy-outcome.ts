import type { FailureCode } from '../errors.js';

/** How one attempt to copy a recording from its provider ended. Nothing of it is an exception. */
export type CopyOutcome =
  /** Stored and verified now. */
  | { readonly kind: 'uploaded'; readonly bytes: number }
  /** Somebody else stored it meanwhile, or it is removed: there is nothing to do. */
  | { readonly kind: 'skipped' }
  /** Gone at its source, beyond doubt. */
  | { readonly kind: 'deleted' }
  /** Not stored. A `job` plans its next try itself; a `run` decides what to do by the code. */
  | {
      readonly kind: 'failed';
      readonly code: FailureCode;
      readonly message: string;
      readonly retryAfterSeconds?: number | undefined;
      /** Distinct host that was asked, for limits by host. */
      readonly host?: string | undefined;
    }
  /** Another attempt holds it: not this one's business now. */
  | { readonly kind: 'held' }
  /** The provider connection itself is at fault, or the store is: no item is to blame, the work stops with this reason. */
  | { readonly kind: 'stopped'; readonly by: 'source' | 'storage'; readonly reason: string };

/** Copies one recording. Never throws but for the database, and for its signal. */
export interface RecordingCopier {
  copy(
    recordingId: string,
    options: { readonly signal: AbortSignal; readonly mode: 'job' | 'run' },
  ): Promise<CopyOutcome>;
}
