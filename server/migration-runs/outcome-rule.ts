import type { CopyOutcome } from '../cati/copy-outcome.js';
import type { FailureCode } from '../errors.js';
import type { ItemStatus } from './migration-item.entity.js';

/** What becomes of a call after a try. */
export type Verdict =
  | {
      readonly kind: 'finished';
      readonly status: ItemStatus;
      readonly bytes?: number | undefined;
      readonly code?: FailureCode | undefined;
      readonly message?: string | undefined;
    }
  /** Back into the window, not before so many seconds. */
  | {
      readonly kind: 'again';
      readonly seconds: number;
      /** Whether this one counts as a try. */
      readonly counts: boolean;
      /** The source asked every worker to wait so long. */
      readonly everybodyWaits?: boolean;
    }
  /** Back into the window; the run pauses itself. */
  | { readonly kind: 'pause'; readonly reason: string };

/** Seconds that a run waits for one call at most, before it goes on without it. */
const LONGEST = 60;
/** Tries of a call whose source or store may recover. */
const TRIES = 3;
/** A source that asks for patience is given more of it. */
const LIMITED_TRIES = 10;
/** Looks at a call that somebody else works on: with five seconds between, ten minutes. */
const MOST_LOOKS = 120;
const HELD_SECONDS = 5;

/** Worth another try within seconds. What needs hours is left to the next run, and to the sweep. */
const PASSING: ReadonlySet<FailureCode> = new Set([
  'SOURCE_REFUSED',
  'SOURCE_UNREACHABLE',
  'SOURCE_TIMEOUT',
  'TRUNCATED',
  'EMPTY',
  'STORAGE_UNAVAILABLE',
  'INTERNAL',
]);

/** What may be the fault of the whole source: other calls are tried before this one, and may tell. */
const OF_MANY: ReadonlySet<FailureCode> = new Set(['SOURCE_REFUSED', 'SOURCE_UNREACHABLE']);

/** `tries`: those before this one that ended without an outcome. `looks`: how often somebody else was found at it. */
export function verdictOf(outcome: CopyOutcome, tries: number, looks = 0): Verdict {
  switch (outcome.kind) {
    case 'uploaded':
      return { kind: 'finished', status: 'UPLOADED', bytes: outcome.bytes };
    case 'skipped':
      return { kind: 'finished', status: 'SKIPPED' };
    case 'deleted':
      return { kind: 'finished', status: 'DELETED', code: outcome.code };
    case 'stopped':
      return { kind: 'pause', reason: outcome.reason };
    case 'held':
      if (looks + 1 < MOST_LOOKS) return { kind: 'again', seconds: HELD_SECONDS, counts: false };
      return failed('CONFLICT', 'Another attempt has held this recording for a long time.');
    case 'failed':
      return afterFailure(outcome, tries);
  }
}

function afterFailure(outcome: CopyOutcome & { kind: 'failed' }, tries: number): Verdict {
  const { code, message, retryAfterSeconds, unasked } = outcome;
  if (unasked) {
    const seconds = Math.min(LONGEST, retryAfterSeconds ?? 1);
    return { kind: 'again', seconds, counts: false, everybodyWaits: true };
  }
  if (code === 'SOURCE_RATE_LIMITED' && tries + 1 < LIMITED_TRIES) {
    const seconds = Math.min(LONGEST, Math.max(1, retryAfterSeconds ?? 2 ** tries));
    return { kind: 'again', seconds, counts: true, everybodyWaits: true };
  }
  if (PASSING.has(code) && tries + 1 < TRIES) {
    const seconds = OF_MANY.has(code) ? 5 * 6 ** tries : 4 ** tries;
    return { kind: 'again', seconds: Math.min(LONGEST, retryAfterSeconds ?? seconds), counts: true };
  }
  return failed(code, message);
}

function failed(code: FailureCode, message: string): Verdict {
  return { kind: 'finished', status: 'FAILED', code, message };
}
