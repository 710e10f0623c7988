import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { GraphQLDateTime } from 'graphql-scalars';
import { buildSchema, type NonEmptyArray, type PubSub } from 'type-graphql';
import { AuthResolver } from './auth/auth.resolver.js';
import { resolveCounts } from './graphql/connection.type.js';
import { guardRootFields } from './auth/root-guard.js';
import {
  CallLogResolver,
  LeadCallLogsResolver,
  RecordingCallLogResolver,
} from './calls/call-log.resolver.js';
import { CatiCallResolver, RecordingCatiCallResolver } from './cati/cati-call.resolver.js';
import { WebhookResolver } from './cati/webhook.resolver.js';
import { withErrorCodes } from './graphql/error-code.type.js';
import { describeRoots } from './graphql/root-descriptions.js';
import { LeadResolver } from './leads/lead.resolver.js';
import {
  MigrationItemResolver,
  MigrationProgressResolver,
  MigrationResolver,
} from './migration-runs/migration.resolver.js';
import { RecordingAdminResolver } from './recordings/recording-admin.resolver.js';
import { RecordingResolver } from './recordings/recording.resolver.js';
import { StorageUsageResolver } from './recordings/storage-usage.resolver.js';
import { UploadResolver } from './uploads/upload.resolver.js';

const resolvers: NonEmptyArray<new () => object> = [
  AuthResolver,
  LeadResolver,
  CallLogResolver,
  LeadCallLogsResolver,
  CatiCallResolver,
  RecordingResolver,
  RecordingAdminResolver,
  WebhookResolver,
  RecordingCallLogResolver,
  RecordingCatiCallResolver,
  UploadResolver,
  MigrationResolver,
  MigrationProgressResolver,
  MigrationItemResolver,
  StorageUsageResolver,
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
  return schema;
}
