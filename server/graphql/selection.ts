import { Kind, type FieldNode, type GraphQLResolveInfo, type SelectionSetNode } from 'graphql';

type Fragments = GraphQLResolveInfo['fragments'];

const known = new WeakMap<FieldNode, Map<string, ReadonlySet<string>>>();

/**
 * The names of the fields selected below a path of this field, whatever @include and @skip say: what a reader may load
 * along. Remembered for the parsed document, which Apollo keeps for the next request of the same text.
 */
function selectedBelow(info: GraphQLResolveInfo, ...path: string[]): ReadonlySet<string> {
  const [node, ...others] = info.fieldNodes;
  if (!node || others.length > 0) return namesBelow(info.fieldNodes, info.fragments, path);
  const ofNode = known.get(node) ?? new Map<string, ReadonlySet<string>>();
  known.set(node, ofNode);
  const key = path.join('.');
  const names = ofNode.get(key) ?? namesBelow(info.fieldNodes, info.fragments, path);
  ofNode.set(key, names);
  return names;
}

/** What a connection's field is asked of each of its nodes, by `nodes` or by `edges`. */
export function nodesSelected(info: GraphQLResolveInfo): ReadonlySet<string> {
  const nodes = selectedBelow(info, 'nodes');
  const edges = selectedBelow(info, 'edges', 'node');
  return edges.size === 0 ? nodes : new Set([...nodes, ...edges]);
}

function namesBelow(
  nodes: readonly FieldNode[],
  fragments: Fragments,
  path: readonly string[],
): ReadonlySet<string> {
  let at = nodes;
  for (const name of path) at = fieldsOf(at, fragments).filter((field) => field.name.value === name);
  return new Set(fieldsOf(at, fragments).map((field) => field.name.value));
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
