import { NEW_RECORD } from './upload-record.js';
import type { UploadRecord } from './upload-record.js';
import { nextOf, stateOf } from './upload-state.js';
import { uploadProblem } from './upload-problem.js';

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
const calm = {
  network: { isOnline: true, isMetered: false },
  wifiOnly: false,
  isQueuePaused: false,
  isElsewhere: false,
  now: 10,
};
const offline = { isOnline: false, isMetered: false };
const metered = { isOnline: true, isMetered: true };
const problem = uploadProblem('NO_CONNECTION');

it.each<[string, Partial<UploadRecord>, Partial<Parameters<typeof stateOf>[1]>, unknown]>([
  ['queued', {}, {}, { phase: 'queued' }],
  ['paused', { status: 'paused' }, { network: offline }, { phase: 'held', hold: 'PAUSED' }],
  ['queue paused', {}, { isQueuePaused: true }, { phase: 'held', hold: 'QUEUE_PAUSED' }],
  ['offline', { retryAt: 20, problem }, { network: offline }, { phase: 'held', hold: 'OFFLINE' }],
  ['mobile data', {}, { network: metered, wifiOnly: true }, { phase: 'held', hold: 'WIFI_ONLY' }],
  ['mobile data, urgent', { isUrgent: true }, { network: metered, wifiOnly: true }, { phase: 'queued' }],
  ['mobile data, allowed', {}, { network: metered }, { phase: 'queued' }],
  ['another tab', {}, { isElsewhere: true }, { phase: 'held', hold: 'ELSEWHERE' }],
  ['waiting', { retryAt: 20, problem }, {}, { phase: 'waiting', problem, retryAt: 20 }],
  ['its time has come', { retryAt: 10, problem }, {}, { phase: 'queued' }],
  ['the server verifies', { isVerifying: true, retryAt: 20 }, {}, { phase: 'verifying' }],
  ['under way', {}, { live: { phase: 'preparing' } }, { phase: 'preparing' }],
  [
    'uploaded',
    { status: 'uploaded', recordingId: 'r' },
    { network: offline },
    { phase: 'uploaded', recordingId: 'r' },
  ],
  ['failed', { status: 'failed', problem }, {}, { phase: 'failed', problem }],
  ['cancelled', { status: 'cancelled' }, {}, { phase: 'cancelled' }],
])('%s', (_name, change, surroundings, expected) => {
  expect(stateOf(record(change), { ...calm, ...surroundings })).toEqual(expected);
});

it('takes the first in order whose time has come', () => {
  const jobs = [
    record({ id: 'second', order: 2 }),
    record({ id: 'waits', order: 0, retryAt: 11 }),
    record({ id: 'first', order: 1 }),
  ];
  expect(nextOf(jobs, 10)?.id).toBe('first');
  expect(nextOf(jobs, 11)?.id).toBe('waits');
  expect(nextOf([], 11)).toBeUndefined();
});
