import { isFinal, LIVE_STATUSES, mayBecome, RUN_STATUSES, sourcesOf, type RunStatus } from './run-states.js';

/** Rows: from; columns, in the same order: to. `x`: may follow. */
const TABLE: Record<RunStatus, string> = {
  //          ENQ RUN PSG PSD CNG CND SUC FLD
  ENQUEUED: '  .   x   .   x   .   x   .   x',
  RUNNING: '   .   .   x   .   x   .   x   x',
  PAUSING: '   .   x   .   x   x   .   x   x',
  PAUSED: '    x   x   .   .   .   x   .   .',
  CANCELLING: '.   .   .   .   .   x   .   .',
  CANCELLED: ' .   .   .   .   .   .   .   .',
  SUCCEEDED: ' .   .   .   .   .   .   .   .',
  FAILED: '    .   .   .   .   .   .   .   .',
};

const pairs = RUN_STATUSES.flatMap((from) => {
  const cells = TABLE[from].trim().split(/ +/);
  return RUN_STATUSES.map((to, index) => [from, to, cells[index] === 'x'] as const);
});

it.each(pairs)('%s → %s: %s', (from, to, expected) => {
  expect(mayBecome(from, to)).toBe(expected);
  expect(sourcesOf(to).includes(from)).toBe(expected);
});

it('has every pair once', () => {
  expect(pairs).toHaveLength(64);
});

it('is live until it is final', () => {
  expect(LIVE_STATUSES).toEqual(['ENQUEUED', 'RUNNING', 'PAUSING', 'PAUSED', 'CANCELLING']);
  expect(RUN_STATUSES.filter(isFinal)).toEqual(['CANCELLED', 'SUCCEEDED', 'FAILED']);
});
