import type { FoundRecording, RecordingVerdict } from '../providers/provider.js';
import { FAILURE_RETRYABLE, type FailureCode } from '../errors.js';
import type { FailureFacts } from '../recordings/recording-moves.js';
import type { CopySource } from './copy-source.js';

/** What a try that stored nothing means for the recording. */
export type CopyDecision =
  | {
      readonly kind: 'failed';
      readonly failure: FailureFacts;
      readonly retryAfterSeconds?: number | undefined;
    }
  | {
      readonly kind: 'notReady';
      readonly failure: FailureFacts;
      readonly retryAfterSeconds?: number | undefined;
    }
  | { readonly kind: 'gone'; readonly message: string }
  /** Of this one recording, unless the next ones are refused too. */
  | { readonly kind: 'refused'; readonly failure: FailureFacts }
  | {
      readonly kind: 'stop';
      readonly by: 'source' | 'storage';
      readonly failure?: FailureFacts;
      readonly reason: string;
    };

export function decide(
  verdict: Exclude<RecordingVerdict, FoundRecording>,
  { missingForADay }: Pick<CopySource, 'missingForADay'>,
): CopyDecision {
  switch (verdict.kind) {
    case 'gone':
      return { kind: 'gone', message: verdict.why };
    case 'notFoundUnconfirmed':
      return missingForADay && verdict.timeTells
        ? { kind: 'gone', message: 'The provider has not found the recording for more than a day.' }
        : { kind: 'failed', failure: { code: 'NOT_FOUND_UNCONFIRMED', message: verdict.why } };
    case 'notReady':
      return {
        kind: 'notReady',
        failure: { code: 'NOT_READY', message: verdict.reason },
        retryAfterSeconds: verdict.retryAfterSeconds,
      };
    case 'refused':
      return {
        kind: 'refused',
        failure: {
          code: 'SOURCE_REFUSED',
          message: `The provider refused the recording (HTTP ${verdict.status}).`,
        },
      };
    case 'configurationFault':
      return { kind: 'stop', by: 'source', reason: verdict.reason };
    case 'unsatisfiable':
      return {
        kind: 'failed',
        failure: { code: 'SOURCE_UNREACHABLE', message: 'The provider’s answer cannot be read.' },
      };
    case 'failed':
      return {
        kind: 'failed',
        failure: { code: verdict.code, message: verdict.message },
        retryAfterSeconds: verdict.retryAfterSeconds,
      };
  }
}

export function mayBeMended(code: FailureCode): boolean {
  return FAILURE_RETRYABLE[code];
}
