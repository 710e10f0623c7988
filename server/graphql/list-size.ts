import { getNullableType, isListType, type GraphQLField } from 'graphql';
import { Extensions } from 'type-graphql';

/** Items of a list that says nothing of its length: of such as there is one for each code, status or month. */
const USUAL = 20;

/** Declares how long a list of objects that is no page can become: what it may cost follows from it. */
export function AtMost(items: number): ReturnType<typeof Extensions> {
  return Extensions({ items });
}

/** How many objects this field may have: 1 where it is no list. */
export function listSize({ type, extensions: { items } }: GraphQLField<unknown, unknown>): number {
  if (!isListType(getNullableType(type))) return 1;
  return typeof items === 'number' ? items : USUAL;
}
