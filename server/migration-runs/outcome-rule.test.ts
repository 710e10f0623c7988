import type { CopyOutcome } from '../cati/copy-outcome.js';
import type { FailureCode } from '../errors.js';
import { verdictOf, type Verdict } from './outcome-rule.js';

const failure = (code: FailureCode, retryAfterSeconds?: number): CopyOutcome => ({
  kind: 'failed',
  code,
  message: 'why',
  retryAfterSeconds,
});
const finished = (code: FailureCode): Verdict => ({
  kind: 'finished',
  status: 'FAILED',
  code,
  message: 'why',
});
const again = (seconds: number): Verdict => ({ kind: 'again', seconds, counts: true });

const table: [string, CopyOutcome, number, Verdict][] = [
  ['stored', { kind: 'uploaded', bytes: 7 }, 0, { kind: 'finished', status: 'UPLOADED', bytes: 7 }],
  ['stored by others', { kind: 'skipped' }, 0, { kind: 'finished', status: 'SKIPPED' }],
  [
    'gone',
    { kind: 'deleted', code: 'GONE_AT_SOURCE' },
    0,
    { kind: 'finished', status: 'DELETED', code: 'GONE_AT_SOURCE' },
  ],
  [
    'removed',
    { kind: 'deleted', code: 'REMOVED' },
    0,
    { kind: 'finished', status: 'DELETED', code: 'REMOVED' },
  ],
  ['fault', { kind: 'stopped', by: 'source', reason: 'token' }, 0, { kind: 'pause', reason: 'token' }],
  ['held', { kind: 'held' }, 2, { ...again(5), counts: false } as Verdict],
  ['timeout', failure('SOURCE_TIMEOUT'), 0, again(1)],
  ['timeout twice', failure('SOURCE_TIMEOUT'), 1, again(4)],
  ['timeout thrice', failure('SOURCE_TIMEOUT'), 2, finished('SOURCE_TIMEOUT')],
  ['asked to wait long', failure('SOURCE_UNREACHABLE', 3600), 0, again(60)],
  ['limited', failure('SOURCE_RATE_LIMITED'), 2, { ...again(4), everybodyWaits: true } as Verdict],
  ['limited, told', failure('SOURCE_RATE_LIMITED', 7), 0, { ...again(7), everybodyWaits: true } as Verdict],
  ['limited for ever', failure('SOURCE_RATE_LIMITED'), 9, finished('SOURCE_RATE_LIMITED')],
  [
    'not even asked',
    { ...failure('SOURCE_RATE_LIMITED', 3600), unasked: true } as CopyOutcome,
    9,
    { ...again(60), counts: false, everybodyWaits: true } as Verdict,
  ],
  ['not ready', failure('NOT_READY', 600), 0, finished('NOT_READY')],
  ['not audio', failure('NOT_AUDIO'), 0, finished('NOT_AUDIO')],
  ['refused', failure('SOURCE_REFUSED'), 0, again(5)],
  ['refused for the third time', failure('SOURCE_REFUSED'), 2, finished('SOURCE_REFUSED')],
];

it.each(table)('%s', (_name, outcome, tries, expected) => {
  expect(verdictOf(outcome, tries)).toEqual(expected);
});

it('a call that somebody holds for ever is given up, whatever its tries', () => {
  expect(verdictOf({ kind: 'held' }, 0, 118)).toMatchObject({ kind: 'again', counts: false });
  expect(verdictOf({ kind: 'held' }, 0, 119)).toMatchObject({ kind: 'finished', code: 'CONFLICT' });
});
