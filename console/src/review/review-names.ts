import type { AudioFindingCode, ReviewStatus } from '../generated/operations.js';

export const REVIEW_STATUS_NAMES: Readonly<Record<ReviewStatus, string>> = {
  WAITING: 'Waiting',
  CLAIMED: 'Being listened to',
  APPROVED: 'Approved',
  REJECTED: 'Rejected',
};

export const REVIEW_STATUS_COLORS: Readonly<Record<ReviewStatus, string>> = {
  WAITING: 'gray',
  CLAIMED: 'blue',
  APPROVED: 'green',
  REJECTED: 'red',
};

export const FINDING_NAMES: Readonly<Record<AudioFindingCode, string>> = {
  HEARD: 'Both can be heard',
  NO_CONVERSATION: 'No conversation',
  IRRELEVANT: 'Irrelevant',
  INTERVIEWER_TOO_LOUD: 'Interviewer too loud',
  RESPONDENT_INAUDIBLE: 'Respondent inaudible',
  DUPLICATE_AUDIO: 'Duplicate audio',
};
