import type * as generated from './generated/operations.js';

export type User = generated.UserFieldsFragment;
export type Lead = generated.LeadFieldsFragment;
export type LeadPage = generated.LeadsQuery['leads'];
export type CallLog = NonNullable<generated.CallLogQuery['callLog']>;
export type CallLogPage = generated.CallLogsQuery['callLogs'];
/** A call log in a list; its recording has a `url` only when the list was asked `withUrls`. */
export type CallLogListItem = CallLogPage['nodes'][number];
/** A call log that has just been written. */
export type LoggedCall = generated.LogCallMutation['logCall']['callLog'];
export type CatiCall = NonNullable<generated.CatiCallQuery['catiCall']>;
export type CatiCallPage = generated.CatiCallsQuery['catiCalls'];
/** A CATI call in a list; its recording has a `url` only when the list was asked `withUrls`. */
export type CatiCallListItem = CatiCallPage['nodes'][number];
export type Recording = NonNullable<generated.RecordingQuery['recording']>;
/** A recording as it is watched: without links. */
export type RecordingState = generated.RecordingStateFieldsFragment;
export type Failure = generated.FailureFieldsFragment;
/** A link that plays without further credentials, good until `expiresAt`. */
export type SignedUrl = generated.SignedUrlFieldsFragment;
export type UploadSession = generated.UploadFieldsFragment;
/** An upload with the presigned request to send, where its strategy is PUT. */
export type UploadTicket = generated.UploadTicketFieldsFragment;
export type SignInResult = generated.SignInMutation['signIn'];
/** A run that copies the providers' recordings, with its progress. */
export type Migration = generated.MigrationFieldsFragment;
export type MigrationPage = generated.MigrationsQuery['migrations'];
export type MigrationItemPage = NonNullable<generated.MigrationItemsQuery['migration']>['items'];
/** What a run did with one call. */
export type MigrationItem = MigrationItemPage['nodes'][number];
export type StorageUsage = generated.StorageUsageQuery['storageUsage'];
