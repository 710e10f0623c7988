import type { UploadState } from '@earshot/sdk/uploads';
import { formatBytes, formatTime, spokenTime } from '../ui/format.js';
import { HOLD_NAMES, TEXT } from './text.js';

/** Where an upload stands, in words; a hold is no failure, and is told apart. */
export function wordsOf(state: UploadState, percent: number): string {
  switch (state.phase) {
    case 'queued':
      return TEXT.queued;
    case 'held':
      return HOLD_NAMES[state.hold];
    case 'preparing':
      return TEXT.preparing;
    case 'sending': {
      const { bytesPerSecond, secondsLeft } = state;
      const speed = bytesPerSecond === undefined ? '' : `, ${formatBytes(bytesPerSecond)}/s`;
      const left = secondsLeft === undefined ? '' : `, ${spokenTime(secondsLeft)} ${TEXT.left}`;
      return `${percent} %${speed}${left}`;
    }
    case 'verifying':
      return TEXT.verifying;
    case 'waiting':
      return `${state.problem.message} ${TEXT.waiting}: ${formatTime(new Date(state.retryAt).toISOString())}.`;
    case 'uploaded':
      return TEXT.uploaded;
    case 'failed':
      return state.problem.message;
    case 'cancelled':
      return TEXT.cancelled;
  }
}
