import type { AuditKind } from '../../generated/operations.js';

/** What people read on the audit trail. */
export const TEXT = {
  title: 'Audit',
  empty: 'Nothing of this kind happened.',
  kind: 'What',
  who: 'Who',
  anybody: 'Anybody',
  system: 'Earshot itself',
  from: 'From',
  to: 'Before',
  when: 'When',
  about: 'About',
  address: 'From address',
  recording: 'Recording',
  open: 'Open the call',
  oneRecording: 'One recording',
} as const;

export const AUDIT_NAMES: Readonly<Record<AuditKind, string>> = {
  RECORDING_PLAYED: 'Opened a recording',
  RECORDING_LINK_ISSUED: 'Was given a link to listen',
  RECORDING_DELETED: 'Deleted a recording',
  RECORDING_RETRIED: 'Had a recording tried again',
  UPLOAD_FINALIZED: 'Uploaded a recording',
  SIGNED_IN: 'Signed in',
  SIGN_IN_REFUSED: 'Sign-in refused',
  MIGRATION_STARTED: 'Started a run',
  MIGRATION_PAUSED: 'Run paused',
  MIGRATION_RESUMED: 'Let a run go on',
  MIGRATION_CANCELLED: 'Cancelled a run',
  MIGRATION_LIMITS_CHANGED: 'Changed limits of a run',
  STORAGE_SWEEP_STARTED: 'Started a sweep',
  INTERVIEWER_ASSIGNED: 'Assigned an interviewer',
  WEBHOOK_REPLAYED: 'Applied an event again',
  SAMPLING_RULE_SET: 'Set a sampling rule',
};
