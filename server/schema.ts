import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { GraphQLDateTime } from 'graphql-scalars';
import { buildSchema, type NonEmptyArray, type PubSub } from 'type-graphql';
import { AuditResolver } from './audit/audit.resolver.js';
import { AuthResolver } from './auth/auth.resolver.js';
import { resolveCounts } from './graphql/connection.type.js';
import { guardRootFields } from './auth/root-guard.js';
import {
  CallLogResolver,
  LeadCallLogsResolver,
  RecordingCallLogResolver,
} from './calls/call-log.resolver.js';
import type { CallLogType } from './calls/call-log.type.js';
import { CatiCallResolver, RecordingCatiCallResolver } from './cati/cati-call.resolver.js';
import { InterviewerKeyResolver } from './cati/interviewer-key.resolver.js';
import { WebhookResolver } from './cati/webhook.resolver.js';
import { resolveDirectly } from './graphql/direct-fields.js';
import { withErrorCodes } from './graphql/error-code.type.js';
import { describeRoots } from './graphql/root-descriptions.js';
import { LeadResolver } from './leads/lead.resolver.js';
import {
  MigrationItemResolver,
  MigrationProgressResolver,
  MigrationResolver,
} from './migration-runs/migration.resolver.js';
import { RecordingMediaResolver } from './recordings/media.resolver.js';
import { RecordingAdminResolver } from './recordings/recording-admin.resolver.js';
import { RecordingResolver } from './recordings/recording.resolver.js';
import type { RecordingType, RecordingUrlArgs } from './recordings/recording.type.js';
import { RecordingNoteResolver, RecordingNotesResolver } from './reviews/recording-note.resolver.js';
import { CatiCallReviewResolver, ReviewResolver } from './reviews/review.resolver.js';
import { SamplingResolver } from './reviews/sampling.resolver.js';
import { StorageUsageResolver } from './recordings/storage-usage.resolver.js';
import type { Scope } from './scope.js';
import { StorageHealthResolver, StorageSweepResolver } from './sweep/storage-health.resolver.js';
import { UploadResolver } from './uploads/upload.resolver.js';

const resolvers: NonEmptyArray<new () => object> = [
  AuthResolver,
  LeadResolver,
  CallLogResolver,
  LeadCallLogsResolver,
  CatiCallResolver,
  RecordingResolver,
  RecordingMediaResolver,
  RecordingAdminResolver,
  WebhookResolver,
  InterviewerKeyResolver,
  RecordingCallLogResolver,
  RecordingCatiCallResolver,
  UploadResolver,
  ReviewResolver,
  CatiCallReviewResolver,
  RecordingNoteResolver,
  RecordingNotesResolver,
  SamplingResolver,
  MigrationResolver,
  MigrationProgressResolver,
  MigrationItemResolver,
  StorageUsageResolver,
  StorageHealthResolver,
  StorageSweepResolver,
  AuditResolver,
];

/** type-graphql asks for a hub of topics; every subscription of ours brings its own stream (`subscribe`) instead. */
const noTopics: PubSub = {
  publish: () => undefined,
  subscribe: () => {
    throw new Error('a subscription without a stream of its own');
  },
};

/** The whole API. A field of Query, Mutation or Subscription without a rule in the policy fails here. */
export async function createSchema(): Promise<GraphQLSchema> {
  const built = await buildSchema({
    resolvers,
    validate: false,
    pubSub: noTopics,
    scalarsMap: [{ type: Date, scalar: GraphQLDateTime }],
  });
  const schema = describeRoots(withErrorCodes(built));
  guardRootFields(schema);
  resolveCounts(schema);
  resolveRows(schema);
  return schema;
}

function resolveRows(schema: GraphQLSchema): void {
  const calls = new CallLogResolver();
  const recordings = new RecordingResolver();
  resolveDirectly<CallLogType, Scope>(schema, 'CallLog', {
    lead: (callLog, _args, scope) => calls.lead(callLog, scope),
    recording: (callLog, _args, scope) => calls.recording(callLog, scope),
  });
  resolveDirectly<RecordingType, Scope>(schema, 'Recording', {
    url: (recording, args, scope) => recordings.url(recording, args as RecordingUrlArgs, scope),
  });
}
