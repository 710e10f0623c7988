import { afterVerdict, afterWish, isWakeable, needsWork } from './record-changes.js';
import { uploadProblem } from './upload-problem.js';
import { NEW_RECORD } from './upload-record.js';
import type { UploadRecord } from './upload-record.js';
import type { UploadVerdict } from './upload-verdict.js';

const record = (change: Partial<UploadRecord> = {}): UploadRecord => ({
  ...NEW_RECORD,
  id: 'j',
  target: { callLogId: 'c' },
  file: { uri: 'f' },
  byteSize: 100,
  sha256: 'h',
  enqueuedAt: 1,
  order: 1,
  keepsFile: false,
  ...change,
});
const MOMENT = { now: 1_000_000, random: 1 };
const retry = (isBounded: boolean, afterSeconds?: number): UploadVerdict => ({
  kind: 'retry',
  problem: uploadProblem('SERVER_BUSY'),
  isBounded,
  afterSeconds,
});

it.each([
  [0, undefined, 1000],
  [3, undefined, 8000],
  [20, undefined, 300_000],
  [0, 90, 90_000],
  [0, 1_000_000, 3_600_000],
])('after %i failures and Retry-After %p waits %i ms, behind the others', (failures, after, wait) => {
  const next = afterVerdict(record({ failures }), retry(false, after), MOMENT);
  expect(next).toMatchObject({ failures: failures + 1, retryAt: MOMENT.now + wait, order: MOMENT.now });
});

it('gives up on a server that fails nine times in a row, and never on a connection', () => {
  const failing = record({ serverFailures: 8, failures: 500 });
  expect(afterVerdict(failing, retry(true), MOMENT)).toMatchObject({
    status: 'failed',
    problem: { code: 'SERVER_FAILED' },
  });
  expect(afterVerdict(failing, retry(false), MOMENT)).not.toHaveProperty('status');
});

it('is a fresh beginning after a success or a wish', () => {
  const tried = record({ failures: 4, retryAt: 5, problem: uploadProblem('SERVER_BUSY'), status: 'failed' });
  expect(afterVerdict(tried, { kind: 'uploaded', recordingId: 'r' }, MOMENT)).toMatchObject({
    status: 'uploaded',
    sentBytes: 100,
    problem: undefined,
  });
  expect(afterWish(tried, 'resume', 9)).toMatchObject({ status: 'active', failures: 0, retryAt: 0 });
  expect(afterWish(tried, 'uploadNow', 9)).toMatchObject({ status: 'active', isUrgent: true, order: -9 });
});

it.each([
  ['pause', 'active', 'paused'],
  ['pause', 'failed', undefined],
  ['cancel', 'active', 'cancelled'],
  ['cancel', 'paused', 'cancelled'],
  ['cancel', 'uploaded', undefined],
  ['resume', 'paused', 'active'],
  ['resume', 'cancelled', 'active'],
  ['uploadNow', 'uploaded', undefined],
] as const)('%s of a job that is %s', (wish, status, next) => {
  expect(afterWish(record({ status }), wish, 0).status).toBe(next);
});

it.each<[Partial<UploadRecord>, boolean]>([
  [{ status: 'active' }, true],
  [{ status: 'paused' }, false],
  [{ status: 'failed' }, false],
  [{ status: 'cancelled' }, false],
  [{ status: 'cancelled', uploadId: 'u' }, true],
  [{ status: 'uploaded' }, true],
  [{ status: 'uploaded', isFileRemoved: true }, false],
  [{ status: 'uploaded', keepsFile: true }, false],
])('%j needs work: %p', (change, expected) => {
  expect(needsWork(record(change))).toBe(expected);
});

it('a new connection is no reason to hurry a busy server', () => {
  expect(isWakeable(record({ problem: uploadProblem('NO_CONNECTION') }))).toBe(true);
  expect(isWakeable(record({ problem: uploadProblem('SERVER_BUSY') }))).toBe(false);
});
