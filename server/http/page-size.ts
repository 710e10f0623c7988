import { Kind, type FieldNode, type ValueNode } from 'graphql';
import { errors } from '../errors.js';
import { DEFAULT_PAGE, MAX_PAGE } from '../graphql/keyset.js';
import { documentRefusal } from './document-refusal.js';

/** As the client gave them, beside the defaults of the document. */
export type Variables = Readonly<Record<string, unknown>>;

/** The rows that a field of a list asks for; refuses what is out of bounds. */
export function pageSize({ arguments: args = [] }: FieldNode, variables: Variables | undefined): number {
  const sizes = args.flatMap(({ name: { value: name }, value }) => {
    const size = name === 'first' || name === 'last' ? numberOf(value, variables) : undefined;
    if (size === undefined) return [];
    if (size < 1 || size > MAX_PAGE) {
      const message = `${name} must be from 1 to ${MAX_PAGE}.`;
      throw documentRefusal(errors.badInput(name, message, { limit: MAX_PAGE }));
    }
    return [size];
  });
  return sizes.length === 0 ? DEFAULT_PAGE : Math.max(...sizes);
}

function numberOf(value: ValueNode, variables: Variables | undefined): number | undefined {
  if (value.kind === Kind.INT) return Number(value.value);
  const given = value.kind === Kind.VARIABLE ? variables?.[value.name.value] : undefined;
  return typeof given === 'number' ? given : undefined;
}
