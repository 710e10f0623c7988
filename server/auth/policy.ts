import { errors } from '../errors.js';
import type { Role } from './user.entity.js';
import type { Viewer } from './viewer.js';

/** `own`: what belongs to the viewer, as the readers' predicates say (the lead's and the call's telecaller, the interviewer). */
export type Access = 'all' | 'own' | 'none';

const everybody = {
  TELECALLER: 'all',
  INTERVIEWER: 'all',
  QUALITY_AGENT: 'all',
  MANAGER: 'all',
  ADMIN: 'all',
} as const;
const telecallersOwn = { TELECALLER: 'own', INTERVIEWER: 'none', QUALITY_AGENT: 'none' } as const;
const interviewersOwn = { TELECALLER: 'none', INTERVIEWER: 'own' } as const;

const managers = {
  TELECALLER: 'none',
  INTERVIEWER: 'none',
  QUALITY_AGENT: 'none',
  MANAGER: 'all',
  ADMIN: 'all',
} as const;
const reviewers = { ...managers, QUALITY_AGENT: 'all' } as const;
const admins = { ...managers, MANAGER: 'none' } as const;

/** Who may do what. The only place that names roles; what is not here cannot be done. */
export const POLICY = {
  'me.read': everybody,
  'leads.read': { ...telecallersOwn, MANAGER: 'all', ADMIN: 'all' },
  'callLogs.read': { ...telecallersOwn, MANAGER: 'all', ADMIN: 'all' },
  'callLogs.log': { ...telecallersOwn, MANAGER: 'none', ADMIN: 'all' },
  'catiCalls.read': { ...interviewersOwn, QUALITY_AGENT: 'all', MANAGER: 'all', ADMIN: 'all' },
  'callLogs.upload': { ...telecallersOwn, MANAGER: 'none', ADMIN: 'all' },
  'catiCalls.upload': { ...interviewersOwn, QUALITY_AGENT: 'none', MANAGER: 'none', ADMIN: 'all' },
  'recordings.path': admins,
  'migrations.read': managers,
  'migrations.run': admins,
  'storageUsage.read': managers,
  'storageHealth.read': managers,
  'storage.sweep': admins,
  'audit.read': admins,
  'reviews.read': reviewers,
  'reviews.decide': reviewers,
  'notes.deleteAny': managers,
  'samplingRules.read': reviewers,
  'samplingRules.set': managers,
  'recordings.retry': managers,
  'recordings.delete': admins,
  'webhooks.replay': managers,
  'webhooks.read': managers,
  'providerStates.read': managers,
  'interviewers.assign': admins,
  /** By introspection, where that is not open to everybody. */
  'schema.read': admins,
  /** Where the safelist is on. */
  'documents.any': admins,
  'phoneNumbers.read': { ...managers, TELECALLER: 'all' },
} as const satisfies Record<string, Record<Role, Access>>;

export type Permission = keyof typeof POLICY;

export function accessOf(viewer: Viewer, permission: Permission): Access {
  return POLICY[permission][viewer.role];
}

/**
 * Which permissions open a field of Query, Mutation or Subscription; `public` needs no token. A field that several
 * permissions open (a recording is a lead's or an interview's) is open when one of them is. A root field that does
 * not stand here fails the boot.
 */
export const ROOT_FIELDS: Readonly<Record<string, 'public' | readonly Permission[]>> = {
  'Query.me': ['me.read'],
  'Query.lead': ['leads.read'],
  'Query.leads': ['leads.read'],
  'Query.callLog': ['callLogs.read'],
  'Query.callLogs': ['callLogs.read'],
  'Query.catiCall': ['catiCalls.read'],
  'Query.catiCalls': ['catiCalls.read'],
  'Query.recording': ['callLogs.read', 'catiCalls.read'],
  'Query.upload': ['callLogs.upload', 'catiCalls.upload'],
  'Query.migration': ['migrations.read'],
  'Query.migrations': ['migrations.read'],
  'Query.storageUsage': ['storageUsage.read'],
  'Query.storageHealth': ['storageHealth.read'],
  'Query.storageFindings': ['storageHealth.read'],
  'Query.auditEvents': ['audit.read'],
  'Mutation.sweepStorage': ['storage.sweep'],
  'Mutation.startMigration': ['migrations.run'],
  'Mutation.pauseMigration': ['migrations.run'],
  'Mutation.resumeMigration': ['migrations.run'],
  'Mutation.cancelMigration': ['migrations.run'],
  'Mutation.updateMigrationLimits': ['migrations.run'],
  'Subscription.migrationProgress': ['migrations.read'],
  'Subscription.recordingChanged': ['callLogs.read', 'catiCalls.read'],
  'Query.review': ['reviews.read'],
  'Query.reviews': ['reviews.read'],
  'Query.reviewQueue': ['reviews.decide'],
  'Query.reviewForm': ['reviews.decide'],
  'Query.recordingNotes': ['reviews.read'],
  'Query.samplingRules': ['samplingRules.read'],
  'Mutation.claimNextReview': ['reviews.decide'],
  'Mutation.renewReview': ['reviews.decide'],
  'Mutation.releaseReview': ['reviews.decide'],
  'Mutation.submitReview': ['reviews.decide'],
  'Mutation.addRecordingNote': ['reviews.decide'],
  'Mutation.deleteRecordingNote': ['reviews.decide'],
  'Mutation.setSamplingRule': ['samplingRules.set'],
  'Mutation.signIn': 'public',
  'Mutation.logCall': ['callLogs.log'],
  'Mutation.requestUpload': ['callLogs.upload', 'catiCalls.upload'],
  'Mutation.appendChunk': ['callLogs.upload', 'catiCalls.upload'],
  'Mutation.finalizeUpload': ['callLogs.upload', 'catiCalls.upload'],
  'Mutation.cancelUpload': ['callLogs.upload', 'catiCalls.upload'],
  'Mutation.uploadRecording': ['callLogs.upload', 'catiCalls.upload'],
  'Mutation.retryRecording': ['recordings.retry'],
  'Mutation.deleteRecording': ['recordings.delete'],
  'Mutation.replayWebhook': ['webhooks.replay'],
  'Mutation.assignInterviewer': ['interviewers.assign'],
  'Query.webhookEvents': ['webhooks.read'],
  'Query.providerStates': ['providerStates.read'],
};

/** Single objects that a role may not see read as missing, so that nobody learns that they exist. */
const MISSING_WHEN_CLOSED: Readonly<Record<string, string>> = {
  'Query.lead': 'lead',
  'Query.callLog': 'call log',
  'Query.catiCall': 'CATI call',
  'Query.recording': 'recording',
  'Query.recordingNotes': 'recording',
  'Query.review': 'review',
  'Query.migration': 'migration',
  'Subscription.migrationProgress': 'migration',
  'Subscription.recordingChanged': 'recording',
  'Query.upload': 'upload',
};

/** Throws unless the viewer's role opens this root field. */
export function authorizeRootField(field: string, viewer: Viewer | undefined): void {
  const rule = ROOT_FIELDS[field];
  if (rule === 'public') return;
  if (!viewer) throw errors.unauthenticated();
  if (rule?.some((permission) => accessOf(viewer, permission) !== 'none')) return;
  const missing = MISSING_WHEN_CLOSED[field];
  throw missing ? errors.notFound(missing) : errors.forbidden();
}
