import { UPLOAD_MESSAGES, type UploadState } from '../../core/uploads/index.js';
import { uploadActions } from './upload-actions.js';

const refused = { code: 'REFUSED', ...UPLOAD_MESSAGES.REFUSED } as const;
const missing = { code: 'FILE_MISSING', ...UPLOAD_MESSAGES.FILE_MISSING } as const;

it.each<[UploadState, string]>([
  [{ phase: 'queued' }, 'uploadNow pause cancel'],
  [{ phase: 'waiting', problem: refused, retryAt: 1 }, 'uploadNow pause cancel'],
  [{ phase: 'held', hold: 'WIFI_ONLY' }, 'uploadNow pause cancel'],
  [{ phase: 'held', hold: 'OFFLINE' }, 'pause cancel'],
  [{ phase: 'held', hold: 'PAUSED' }, 'resume cancel'],
  [{ phase: 'held', hold: 'QUEUE_PAUSED' }, 'cancel'],
  [{ phase: 'held', hold: 'ELSEWHERE' }, 'pause cancel'],
  [{ phase: 'preparing' }, 'pause cancel'],
  [{ phase: 'sending', method: 'PUT', bytesPerSecond: 1, secondsLeft: 1 }, 'pause cancel'],
  [{ phase: 'verifying' }, 'cancel'],
  [{ phase: 'failed', problem: refused }, 'retry forget'],
  [{ phase: 'failed', problem: missing }, 'forget'],
  [{ phase: 'cancelled' }, 'retry forget'],
  [{ phase: 'uploaded', recordingId: 'r' }, 'forget'],
])('%j: %s', (state, actions) => {
  expect(uploadActions(state).join(' ')).toBe(actions);
});
