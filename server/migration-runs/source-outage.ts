import type { CopyOutcome } from '../cati/copy-outcome.js';
import type { FailureCode } from '../errors.js';

/** So many different calls in a row that their source did not answer are no fault of the calls. */
const MAX_UNANSWERED = 10;

const UNANSWERED: ReadonlySet<FailureCode> = new Set(['SOURCE_UNREACHABLE', 'SOURCE_TIMEOUT']);

/** Finds out, from what becomes of one worker's calls, that a provider does not answer at all. */
export class SourceOutage {
  private readonly unanswered = new Map<string, Set<number>>();

  /** Why the run should pause itself, if it should. `position`: the call's in the run. */
  after(provider: string, position: number, outcome: CopyOutcome): string | undefined {
    if (outcome.kind === 'skipped' || outcome.kind === 'held' || outcome.kind === 'stopped') return undefined;
    if (outcome.kind !== 'failed' || !UNANSWERED.has(outcome.code)) {
      // What was not asked says nothing.
      if (outcome.kind !== 'failed' || !outcome.unasked) this.unanswered.delete(provider);
      return undefined;
    }
    const calls = (this.unanswered.get(provider) ?? new Set()).add(position);
    this.unanswered.set(provider, calls);
    if (calls.size < MAX_UNANSWERED) return undefined;
    return `${MAX_UNANSWERED} recordings in a row could not be reached: ${provider} does not answer. Last: ${outcome.message}`;
  }
}
