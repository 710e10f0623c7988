import {
  getNamedType,
  GraphQLError,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { ERROR_STATUS } from '../errors.js';
import { DEFAULT_PAGE, MAX_PAGE } from '../graphql/keyset.js';

export interface DocumentCost {
  /** Fields below each other, at most. Introspection does not count. */
  depth: number;
  aliases: number;
  directives: number;
  rootFields: number;
  /** Objects that an answer may hold at most: what is below a page counts once for every row of it. */
  objects: number;
}

type Variables = Readonly<Record<string, unknown>>;

const INTROSPECTION: ReadonlySet<string> = new Set(['__schema', '__type']);
const NOTHING: DocumentCost = { depth: 0, aliases: 0, directives: 0, rootFields: 0, objects: 0 };

/**
 * What executing an operation may cost, in one walk: a fragment is measured once, however often it is spread, so that
 * a short document cannot make the walk long. A fragment that spreads itself is refused here.
 */
export function costOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): DocumentCost {
  const root = schema.getRootType(operation.operation) ?? undefined;
  const walk = new CostWalk(schema, fragmentsOf(document), variables);
  const cost = walk.selections(operation.selectionSet, root);
  return {
    ...cost,
    directives: cost.directives + (operation.directives?.length ?? 0),
    rootFields: walk.fieldsIn(operation.selectionSet),
  };
}

/** QUERY_TOO_COMPLEX with the status that goes with it, whoever throws it: a validation rule, a plugin, the socket. */
export function queryTooComplex(message: string, limit?: number): GraphQLError {
  const code = 'QUERY_TOO_COMPLEX';
  return new GraphQLError(message, {
    extensions: { code, ...(limit !== undefined && { limit }), http: { status: ERROR_STATUS[code] } },
  });
}

class CostWalk {
  private readonly measured = new Map<string, DocumentCost>();
  private readonly open = new Set<string>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>,
    private readonly variables: Variables,
  ) {}

  selections({ selections }: SelectionSetNode, parent: GraphQLNamedType | undefined): DocumentCost {
    return selections.reduce((sum, selection) => {
      const directives = selection.directives?.length ?? 0;
      switch (selection.kind) {
        case Kind.FIELD:
          return add(sum, this.field(selection, parent), directives);
        case Kind.INLINE_FRAGMENT: {
          const on = selection.typeCondition
            ? this.schema.getType(selection.typeCondition.name.value)
            : parent;
          return add(sum, this.selections(selection.selectionSet, on), directives);
        }
        case Kind.FRAGMENT_SPREAD:
          return add(sum, this.fragment(selection.name.value), directives);
      }
    }, NOTHING);
  }

  /** Fields of one level, those of its fragments too. Fragments were measured before, so that none spreads itself. */
  fieldsIn({ selections }: SelectionSetNode): number {
    return selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FIELD) return sum + 1;
      const inner =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : this.fragments.get(selection.name.value);
      return sum + (inner ? this.fieldsIn(inner.selectionSet) : 0);
    }, 0);
  }

  private field(node: FieldNode, parent: GraphQLNamedType | undefined): DocumentCost {
    const aliases = node.alias ? 1 : 0;
    if (!node.selectionSet) return { ...NOTHING, depth: 1, aliases };
    const type = fieldType(parent, node.name.value);
    const below = this.selections(node.selectionSet, type);
    if (INTROSPECTION.has(node.name.value))
      return { ...below, aliases: below.aliases + aliases, depth: 1, objects: 1 };
    const rows = type?.name.endsWith('Connection') ? this.pageSize(node) : 1;
    const objects = (isCompositeType(type) ? 1 : 0) + below.objects * rows;
    return {
      ...below,
      aliases: below.aliases + aliases,
      depth: below.depth + 1,
      objects: Math.min(objects, Number.MAX_SAFE_INTEGER),
    };
  }

  private fragment(name: string): DocumentCost {
    const known = this.measured.get(name);
    if (known) return known;
    const fragment = this.fragments.get(name);
    if (!fragment) return NOTHING;
    if (this.open.has(name)) throw queryTooComplex(`The fragment ${name} spreads itself.`);
    this.open.add(name);
    const cost = this.selections(
      fragment.selectionSet,
      this.schema.getType(fragment.typeCondition.name.value),
    );
    this.measured.set(name, cost);
    return cost;
  }

  /** What `first` or `last` asks for; what is out of bounds is refused by the field itself. */
  private pageSize({ arguments: args = [] }: FieldNode): number {
    const sizes = args
      .filter(({ name }) => name.value === 'first' || name.value === 'last')
      .map(({ value }) => {
        if (value.kind === Kind.INT) return Number(value.value);
        return value.kind === Kind.VARIABLE ? this.variables[value.name.value] : undefined;
      })
      .filter((size) => typeof size === 'number');
    return Math.min(Math.max(...sizes, sizes.length === 0 ? DEFAULT_PAGE : 1), MAX_PAGE);
  }
}

function fragmentsOf({ definitions }: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  return new Map(
    definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
  );
}

function fieldType(parent: GraphQLNamedType | undefined, name: string): GraphQLNamedType | undefined {
  const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
  return field && getNamedType(field.type);
}

function add(sum: DocumentCost, one: DocumentCost, directives: number): DocumentCost {
  return {
    depth: Math.max(sum.depth, one.depth),
    aliases: sum.aliases + one.aliases,
    directives: sum.directives + one.directives + directives,
    rootFields: 0,
    objects: Math.min(sum.objects + one.objects, Number.MAX_SAFE_INTEGER),
  };
}
