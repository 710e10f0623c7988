import type {
  CallOutcome,
  CatiCallStatus,
  FailureCode,
  LeadStatus,
  MigrationItemStatus,
  MigrationOrder,
  MigrationStatus,
  RecordingFlag,
  RecordingStatus,
  Role,
} from '@earshot/sdk';

/** The API's words as people read them. The compiler demands every one. */
export const ROLE_NAMES: Readonly<Record<Role, string>> = {
  TELECALLER: 'Telecaller',
  INTERVIEWER: 'Interviewer',
  QUALITY_AGENT: 'Quality agent',
  MANAGER: 'Manager',
  ADMIN: 'Administrator',
};

export const LEAD_STATUS_NAMES: Readonly<Record<LeadStatus, string>> = {
  NEW: 'New',
  CONTACTED: 'Contacted',
  INTERESTED: 'Interested',
  NOT_INTERESTED: 'Not interested',
  ENROLLED: 'Enrolled',
  LOST: 'Lost',
};

export const OUTCOME_NAMES: Readonly<Record<CallOutcome, string>> = {
  CONNECTED: 'Connected',
  NO_ANSWER: 'No answer',
  BUSY: 'Busy',
  INVALID_NUMBER: 'Invalid number',
};

export const CATI_STATUS_NAMES: Readonly<Record<CatiCallStatus, string>> = {
  INITIATED: 'Initiated',
  RINGING: 'Ringing',
  ANSWERED: 'Answered',
  COMPLETED: 'Completed',
  NO_ANSWER: 'No answer',
  BUSY: 'Busy',
  FAILED: 'Failed',
  CANCELLED: 'Cancelled',
};

export const STORAGE_STATE_NAMES: Readonly<Record<RecordingStatus, string>> = {
  EXPECTED: 'Expected',
  PENDING: 'On its way',
  UPLOADED: 'Stored',
  FAILED: 'Failed',
  DELETED: 'Gone',
};

export const STORAGE_STATE_COLORS: Readonly<Record<RecordingStatus, string>> = {
  EXPECTED: 'gray',
  PENDING: 'blue',
  UPLOADED: 'green',
  FAILED: 'red',
  DELETED: 'gray',
};

export const FLAG_NAMES: Readonly<Record<RecordingFlag, string>> = {
  SILENT: 'Silent',
  SHORT: 'Short',
  DUPLICATE: 'Duplicate',
};

export const FAILURE_NAMES: Readonly<Record<FailureCode, string>> = {
  CHECKSUM_MISMATCH: 'Checksum differs',
  CONFLICT: 'Another recording came first',
  EMPTY: 'Empty file',
  GONE_AT_SOURCE: 'Gone at the provider',
  INTERNAL: 'Internal fault',
  NOT_AUDIO: 'Not audio',
  NOT_FOUND_UNCONFIRMED: 'Not found, unconfirmed',
  NOT_READY: 'Not ready yet',
  REMOVED: 'Removed',
  SOURCE_BLOCKED: 'Address not allowed',
  SOURCE_RATE_LIMITED: 'Provider asks to slow down',
  SOURCE_REFUSED: 'Provider refused',
  SOURCE_TIMEOUT: 'Provider too slow',
  SOURCE_UNREACHABLE: 'Provider unreachable',
  STORAGE_UNAVAILABLE: 'Storage unavailable',
  STORED_COPY_DAMAGED: 'Stored copy damaged',
  TOO_LARGE: 'Too large',
  TRUNCATED: 'Cut short',
};

export const RUN_STATUS_NAMES: Readonly<Record<MigrationStatus, string>> = {
  ENQUEUED: 'Waiting to start',
  RUNNING: 'Running',
  PAUSING: 'Pausing',
  PAUSED: 'Paused',
  CANCELLING: 'Cancelling',
  CANCELLED: 'Cancelled',
  SUCCEEDED: 'Done',
  FAILED: 'Failed',
};

export const RUN_STATUS_COLORS: Readonly<Record<MigrationStatus, string>> = {
  ENQUEUED: 'gray',
  RUNNING: 'blue',
  PAUSING: 'yellow',
  PAUSED: 'yellow',
  CANCELLING: 'gray',
  CANCELLED: 'gray',
  SUCCEEDED: 'green',
  FAILED: 'red',
};

export const ITEM_STATUS_NAMES: Readonly<Record<MigrationItemStatus, string>> = {
  UPLOADED: 'Stored',
  SKIPPED: 'Skipped',
  DELETED: 'Deleted at source',
  FAILED: 'Failed',
};

export const ORDER_NAMES: Readonly<Record<MigrationOrder, string>> = {
  EXPIRING_FIRST: 'Expiring first',
  NEWEST_FIRST: 'Newest first',
  OLDEST_FIRST: 'Oldest first',
};

/** `Select` and its like want options: the words in their own order. */
export function optionsOf(names: Readonly<Record<string, string>>): { value: string; label: string }[] {
  return Object.entries(names).map(([value, label]) => ({ value, label }));
}
