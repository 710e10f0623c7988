import { defaultFieldResolver, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import { authorizeRootField, ROOT_FIELDS } from './policy.js';
import type { Viewer } from './viewer.js';

/** The part of a context that tells who asks. */
interface Asking {
  readonly viewerOrNobody: Viewer | undefined;
}

type RootResolver = GraphQLFieldResolver<unknown, Asking>;

/**
 * Puts the policy in front of every field of Query, Mutation and Subscription, so that no resolver can forget it. A
 * field without a rule is an error. A subscription is refused before it begins, and is judged again at every event.
 */
export function guardRootFields(schema: GraphQLSchema): void {
  for (const type of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      const name = `${type?.name ?? ''}.${field.name}`;
      if (!Object.hasOwn(ROOT_FIELDS, name)) throw new Error(`${name} has no rule in the policy`);
      field.resolve = guarded(name, field.resolve ?? defaultFieldResolver);
      if (field.subscribe) field.subscribe = guarded(name, field.subscribe);
    }
  }
}

function guarded(name: string, resolve: RootResolver): RootResolver {
  return (root, args, context, info) => {
    authorizeRootField(name, context.viewerOrNobody);
    return resolve(root, args, context, info);
  };
}
