import type { UploadJob } from '../../core/uploads/index.js';
import type { Words } from './words.js';

/** Where an upload stands, in one line. Undefined once it is stored: then the recording itself speaks. */
export function uploadWords({ state, sentBytes, byteSize }: UploadJob, words: Words): string | undefined {
  switch (state.phase) {
    case 'queued':
      return words.queued;
    case 'held':
      return words.held[state.hold];
    case 'preparing':
      return words.preparing;
    case 'sending':
      return words.sending(Math.floor((100 * sentBytes) / Math.max(1, byteSize)));
    case 'verifying':
      return words.verifying;
    case 'waiting':
      return words.willRetry;
    case 'failed':
      return words.failed;
    case 'cancelled':
      return words.cancelled;
    case 'uploaded':
      return undefined;
  }
}
