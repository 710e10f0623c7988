import { Kind, type FieldNode, type GraphQLResolveInfo, type SelectionSetNode } from 'graphql';

type Fragments = GraphQLResolveInfo['fragments'];

const known = new WeakMap<FieldNode, Map<string, ReadonlySet<string>>>();

/**
 * What a connection's field is asked of each of its nodes, or of what lies below them, by `nodes` or by `edges`, whatever
 * @include and @skip say: what a reader may load along. Remembered for the parsed document, which Apollo keeps for the
 * next request of the same text.
 */
export function nodesSelected(info: GraphQLResolveInfo, ...below: string[]): ReadonlySet<string> {
  const [node, ...others] = info.fieldNodes;
  if (!node || others.length > 0) return nodeNames(info, below);
  const ofNode = known.get(node) ?? new Map<string, ReadonlySet<string>>();
  known.set(node, ofNode);
  const key = below.join('.');
  const names = ofNode.get(key) ?? nodeNames(info, below);
  ofNode.set(key, names);
  return names;
}

function nodeNames({ fieldNodes, fragments }: GraphQLResolveInfo, below: readonly string[]): Set<string> {
  return new Set([
    ...namesBelow(fieldNodes, fragments, ['nodes', ...below]),
    ...namesBelow(fieldNodes, fragments, ['edges', 'node', ...below]),
  ]);
}

function namesBelow(nodes: readonly FieldNode[], fragments: Fragments, path: readonly string[]): string[] {
  let at = nodes;
  for (const name of path) at = fieldsOf(at, fragments).filter((field) => field.name.value === name);
  return fieldsOf(at, fragments).map((field) => field.name.value);
}

function fieldsOf(nodes: readonly FieldNode[], fragments: Fragments): FieldNode[] {
  return nodes.flatMap(({ selectionSet }) => (selectionSet ? fieldsIn(selectionSet, fragments) : []));
}

function fieldsIn({ selections }: SelectionSetNode, fragments: Fragments): FieldNode[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    const inner = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments[selection.name.value];
    return inner ? fieldsIn(inner.selectionSet, fragments) : [];
  });
}
