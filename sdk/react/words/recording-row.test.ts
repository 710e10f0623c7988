import { UPLOAD_MESSAGES, type UploadProblemCode, type UploadState } from '../../core/uploads/index.js';
import { ENGLISH } from './english.js';
import { HINDI } from './hindi.js';
import { recordingRow } from './recording-row.js';

const STORED = { status: 'UPLOADED' } as const;
const job = (state: UploadState) => ({
  id: 'job',
  target: { callLogId: 'call' },
  file: { uri: 'file:///call.m4a' },
  byteSize: 200,
  enqueuedAt: 0,
  sentBytes: 50,
  state,
});
const failed = (code: UploadProblemCode): UploadState => ({
  phase: 'failed',
  problem: { code, ...UPLOAD_MESSAGES[code] },
});
const sending: UploadState = {
  phase: 'sending',
  method: 'PUT',
  bytesPerSecond: undefined,
  secondsLeft: undefined,
};

it.each([
  ['no recording', null, undefined, undefined, 'There is no recording of this call.', false, false],
  ['a stored one', STORED, undefined, undefined, undefined, true, false],
  ['one on its way', null, sending, 'Uploading, 25 %', undefined, true, false],
  [
    'one that has just arrived',
    null,
    { phase: 'uploaded', recordingId: 'r' },
    undefined,
    undefined,
    true,
    false,
  ],
  ['a failure that may pass', null, failed('REFUSED'), 'Upload failed', undefined, true, true],
  ['a file that is gone', null, failed('FILE_MISSING'), 'Upload failed', undefined, false, false],
  ['a cancelled upload', null, { phase: 'cancelled' }, 'Upload cancelled', undefined, false, false],
  [
    'a cancelled upload beside a stored one',
    STORED,
    { phase: 'cancelled' },
    'Upload cancelled',
    undefined,
    true,
    false,
  ],
] as const)('%s', (_, recording, state, upload, reason, isPlayable, canRetry) => {
  const row = recordingRow(recording, state && job(state), ENGLISH);
  expect(row).toMatchObject({ upload, reason, isPlayable, canRetry });
});

it('tells in Hindi what is wrong, for every problem', () => {
  for (const [code, facts] of Object.entries(UPLOAD_MESSAGES)) {
    const text = HINDI.problem({ code: code as UploadProblemCode, ...facts });
    expect(text).toMatch(/[\u0900-\u097f].*।$/);
  }
});
