import type { CallStatus } from '../provider.js';

/**
 * Words that providers use for a call's status, letters only. They are matched whole: `NOANSWER` contains `answer`.
 */
const WORDS: Readonly<Record<string, CallStatus>> = {
  initiated: 'INITIATED',
  queued: 'INITIATED',
  dialing: 'INITIATED',
  ringing: 'RINGING',
  answer: 'ANSWERED',
  answered: 'ANSWERED',
  inprogress: 'ANSWERED',
  connected: 'ANSWERED',
  complete: 'COMPLETED',
  completed: 'COMPLETED',
  busy: 'BUSY',
  noanswer: 'NO_ANSWER',
  notanswered: 'NO_ANSWER',
  unanswered: 'NO_ANSWER',
  missed: 'NO_ANSWER',
  notattended: 'NO_ANSWER',
  absent: 'NO_ANSWER',
  failed: 'FAILED',
  congestion: 'FAILED',
  chanunavail: 'FAILED',
  cancel: 'CANCELLED',
  cancelled: 'CANCELLED',
  canceled: 'CANCELLED',
};

export function statusOfWord(word: string | undefined): CallStatus | undefined {
  const letters = word?.toLowerCase().replace(/[\s_-]/g, '');
  return letters !== undefined && Object.hasOwn(WORDS, letters) ? WORDS[letters] : undefined;
}
