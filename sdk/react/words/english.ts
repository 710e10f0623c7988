import { NO_RECORDING_MESSAGES } from '../../core/player/index.js';
import type { CatiWords, PermissionWords, QueueWords, Words } from './words.js';

const queue: QueueWords = {
  title: 'Uploads',
  none: 'Nothing to upload.',
  uploaded: 'Uploaded',
  pause: 'Pause',
  resume: 'Resume',
  cancel: 'Cancel',
  uploadNow: 'Upload now',
  forget: 'Remove',
  pauseAll: 'Pause all',
  cancelAll: 'Cancel all',
  cancelAllSure: 'Cancel all uploads? The recordings stay on this device.',
  cancelAllYes: 'Yes, cancel all',
  cancelAllNo: 'No, go on',
  resumeAll: 'Resume all',
  wifiOnly: 'On Wi-Fi only',
  secondsLeft: (seconds) =>
    seconds < 60 ? `${Math.ceil(seconds)} s left` : `${Math.ceil(seconds / 60)} min left`,
};

const permission: PermissionWords = {
  rationale: {
    title: 'May this app use the microphone?',
    text: 'It records only what you start yourself, and stops when you stop it.',
    action: 'Continue',
  },
  denied: {
    title: 'The microphone was not allowed',
    text: 'Without it nothing can be recorded. Everything else works.',
    action: 'Ask again',
  },
  blocked: {
    title: 'The microphone is turned off for this app',
    text: 'Turn it on in the settings, under permissions. Then come back here.',
    action: 'Open settings',
  },
  failed: {
    title: 'The microphone cannot be reached',
    text: 'The system did not answer.',
    action: 'Try again',
  },
};

const cati: CatiWords = {
  title: 'Calls',
  none: 'No calls.',
  unknown: 'Not known',
  began: 'Began',
  respondent: 'Respondent',
  interviewer: 'Interviewer',
  campaign: 'Survey',
  duration: 'Duration',
  recording: 'Recording',
  expires: 'Deadline',
  status: {
    INITIATED: 'Started',
    RINGING: 'Ringing',
    ANSWERED: 'In progress',
    COMPLETED: 'Completed',
    NO_ANSWER: 'No answer',
    BUSY: 'Busy',
    CANCELLED: 'Cancelled',
    FAILED: 'Failed',
  },
  storage: {
    EXPECTED: 'Not here yet',
    PENDING: 'On its way',
    UPLOADED: 'Stored',
    FAILED: 'Not stored',
    DELETED: 'Deleted',
  },
  flag: { SILENT: 'Silent', SHORT: 'Short', DUPLICATE: 'Duplicate' },
  daysLeft: (days) => {
    if (days < 0) return 'May be gone at the provider';
    if (days === 0) return 'Last day at the provider';
    return `${days} ${days === 1 ? 'day' : 'days'} left at the provider`;
  },
  nextTry: (date) => `Next try: ${date}.`,
};

export const ENGLISH: Words = {
  locale: 'en',
  play: 'Play',
  pause: 'Pause',
  loading: 'Loading …',
  back: (seconds) => `Back ${seconds} seconds`,
  forward: (seconds) => `Forward ${seconds} seconds`,
  position: 'Position',
  positionOf: (position, duration) => `${position} of ${duration}`,
  speed: 'Speed',
  cannotPlay: (message) => message,
  recordings: 'Recordings',
  noRecordings: 'No calls yet.',
  more: 'Show more',
  retry: 'Try again',
  refresh: 'Refresh',
  failedToLoad: 'This could not be loaded.',
  noRecording: NO_RECORDING_MESSAGES,
  outcome: {
    CONNECTED: 'Connected',
    NO_ANSWER: 'No answer',
    BUSY: 'Busy',
    INVALID_NUMBER: 'Invalid number',
  },
  queued: 'Waiting to upload',
  preparing: 'Preparing the upload',
  sending: (percent) => `Uploading, ${percent} %`,
  verifying: 'Checking the upload',
  willRetry: 'Tries again soon',
  failed: 'Upload failed',
  cancelled: 'Upload cancelled',
  held: {
    OFFLINE: 'Waiting for a connection',
    WIFI_ONLY: 'Waiting for Wi-Fi',
    PAUSED: 'Paused',
    QUEUE_PAUSED: 'All uploads are paused',
    ELSEWHERE: 'Uploading in another window',
  },
  problem: ({ message }) => message,
  queue,
  permission,
  cati,
  review: {
    title: 'Review',
    begin: 'Review this call',
    release: 'Put it back',
    findings: 'Findings',
    feedback: 'Feedback for the interviewer',
    heldBy: (name) => `${name} is listening to this call.`,
    decidedBy: (name) => `Decided by ${name}.`,
    refused: (message) => message,
  },
};
