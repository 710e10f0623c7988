import type { UploadHold, UploadState } from '../../core/uploads/index.js';

/** What a person may do with an upload. */
export type UploadAction = 'uploadNow' | 'pause' | 'resume' | 'retry' | 'cancel' | 'forget';

const HELD: Readonly<Record<UploadHold, readonly UploadAction[]>> = {
  OFFLINE: ['pause', 'cancel'],
  WIFI_ONLY: ['uploadNow', 'pause', 'cancel'],
  PAUSED: ['resume', 'cancel'],
  QUEUE_PAUSED: ['cancel'],
  ELSEWHERE: ['pause', 'cancel'],
};

/** In the order of the buttons. */
export function uploadActions(state: UploadState): readonly UploadAction[] {
  switch (state.phase) {
    case 'held':
      return HELD[state.hold];
    case 'queued':
    case 'waiting':
      return ['uploadNow', 'pause', 'cancel'];
    case 'preparing':
    case 'sending':
      return ['pause', 'cancel'];
    case 'verifying':
      return ['cancel'];
    case 'failed':
      return state.problem.canRetry ? ['retry', 'forget'] : ['forget'];
    case 'cancelled':
      return ['retry', 'forget'];
    case 'uploaded':
      return ['forget'];
  }
}
