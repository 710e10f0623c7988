import type { GraphQLSchema } from 'graphql';

/** The roots belong to no resolver's class, so that no decorator describes them. */
export function describeRoots(schema: GraphQLSchema): GraphQLSchema {
  const roots = [
    [schema.getQueryType(), 'What can be read: every field as the viewer may see it.'],
    [schema.getMutationType(), 'What can be changed. One after another, in the order of the request.'],
    [schema.getSubscriptionType(), 'What can be followed, over WebSocket (graphql-transport-ws).'],
  ] as const;
  for (const [type, description] of roots) if (type) type.description = description;
  return schema;
}
