import { isObjectType, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';

/**
 * Gives fields that every row of a list has a resolver that is called as it is. The decorators' own way to a method
 * (an instance, the parameters one by one, the middlewares) costs more than what these do.
 */
export function resolveDirectly<Source, Context>(
  schema: GraphQLSchema,
  typeName: string,
  resolvers: Readonly<Record<string, GraphQLFieldResolver<Source, Context>>>,
): void {
  const type = schema.getType(typeName);
  const fields = isObjectType(type) ? type.getFields() : {};
  for (const [name, resolve] of Object.entries(resolvers)) {
    const field = fields[name];
    if (!field) throw new Error(`${typeName} has no field ${name}`);
    field.resolve = resolve;
  }
}
