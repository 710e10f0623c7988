import 'reflect-metadata';
import { defaultFieldResolver, type GraphQLFieldMap, type GraphQLSchema } from 'graphql';
import { GraphQLDateTime } from 'graphql-scalars';
import { buildSchema, type NonEmptyArray } from 'type-graphql';
import { AuthResolver } from './auth/auth.resolver.js';
import { authorizeRootField, ROOT_FIELDS } from './auth/policy.js';
import {
  CallLogResolver,
  LeadCallLogsResolver,
  RecordingCallLogResolver,
} from './calls/call-log.resolver.js';
import { CatiCallResolver, RecordingCatiCallResolver } from './cati/cati-call.resolver.js';
import { LeadResolver } from './leads/lead.resolver.js';
import { RecordingResolver } from './recordings/recording.resolver.js';
import type { Scope } from './scope.js';
import { UploadResolver } from './uploads/upload.resolver.js';

const resolvers: NonEmptyArray<new () => object> = [
  AuthResolver,
  LeadResolver,
  CallLogResolver,
  LeadCallLogsResolver,
  CatiCallResolver,
  RecordingResolver,
  RecordingCallLogResolver,
  RecordingCatiCallResolver,
  UploadResolver,
];

/** The whole API. A field of Query, Mutation or Subscription without a rule in the policy fails here. */
export async function createSchema(): Promise<GraphQLSchema> {
  const schema = await buildSchema({
    resolvers,
    validate: false,
    scalarsMap: [{ type: Date, scalar: GraphQLDateTime }],
  });
  for (const type of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    if (type) guard(type.name, type.getFields());
  }
  return schema;
}

/** Puts the policy in front of every root field, so that no resolver can forget it. */
function guard(typeName: string, fields: GraphQLFieldMap<unknown, Scope>): void {
  for (const field of Object.values(fields)) {
    const name = `${typeName}.${field.name}`;
    if (!(name in ROOT_FIELDS)) throw new Error(`${name} has no rule in the policy`);
    const resolve = field.resolve ?? defaultFieldResolver;
    field.resolve = (root, args, scope: Scope, info) => {
      authorizeRootField(name, scope.viewerOrNobody);
      return resolve(root, args, scope, info);
    };
  }
}
