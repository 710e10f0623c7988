import {
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { listSize } from '../graphql/list-size.js';
import { directedSubscription, fragmentCycle } from './document-refusal.js';
import { pageSize, type Variables } from './page-size.js';

/** What executing a part of a document may cost, the selections of its fragments included wherever they are spread. */
export class DocumentCost {
  /** Fields below each other, at most. Introspection does not count. */
  depth = 0;
  /** The same of introspection. */
  schemaDepth = 0;
  fields = 0;
  rootFields = 0;
  aliases = 0;
  directives = 0;
  /** Of them those at the root. */
  rootDirectives = 0;
  /** How often the whole schema is read. */
  schemas = 0;
  /** Objects that an answer may hold at most: what is below a list counts once for every item of it. */
  objects = 0;
  /** Values beside the objects, counted likewise. A list of values is one. */
  values = 0;
}

type Directed = { readonly directives?: readonly unknown[] | undefined };

/**
 * Measures what executing the parts of one document may cost. Each fragment is measured once, however often it is
 * spread, so that a short document cannot make the walk long. A fragment that spreads itself is refused.
 */
export class DocumentMeter {
  private readonly fragments = new Map<string, FragmentDefinitionNode>();
  private readonly measured = new Map<string, DocumentCost>();
  private readonly open = new Set<string>();

  constructor(
    private readonly schema: GraphQLSchema,
    { definitions }: DocumentNode,
    /** Undefined where they are not known yet: then a page of unknown size counts as one of the default size. */
    private readonly variables: Variables | undefined,
  ) {
    for (const node of definitions)
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(node.name.value, node);
  }

  operation(node: OperationDefinitionNode): DocumentCost {
    const root = this.schema.getRootType(node.operation) ?? undefined;
    const cost = this.selections(node.selectionSet, root);
    if (node.operation === OperationTypeNode.SUBSCRIPTION && cost.rootDirectives > 0)
      throw directedSubscription();
    for (const directed of [node, ...(node.variableDefinitions ?? [])]) addDirectives(cost, directed);
    return cost;
  }

  /** Each fragment by itself, spread or not: validation compares the fields of all of them. */
  eachFragment(): DocumentCost[] {
    return [...this.fragments.values()].map(({ name, typeCondition }) => {
      const cost = add(new DocumentCost(), this.fragment(name.value));
      cost.rootFields = 0;
      if (typeCondition.name.value.startsWith('__')) moveToSchema(cost);
      return cost;
    });
  }

  private selections(set: SelectionSetNode, parent: GraphQLNamedType | undefined): DocumentCost {
    const total = new DocumentCost();
    for (const node of set.selections) {
      add(total, this.selection(node, parent));
      addDirectives(total, node);
    }
    return total;
  }

  private selection(node: SelectionNode, parent: GraphQLNamedType | undefined): DocumentCost {
    switch (node.kind) {
      case Kind.FIELD:
        return this.field(node, parent);
      case Kind.INLINE_FRAGMENT: {
        const on = node.typeCondition ? this.schema.getType(node.typeCondition.name.value) : parent;
        return this.selections(node.selectionSet, on);
      }
      case Kind.FRAGMENT_SPREAD:
        return this.fragment(node.name.value);
    }
  }

  private field(node: FieldNode, parent: GraphQLNamedType | undefined): DocumentCost {
    const field = fieldOf(parent, node.name.value);
    const type = field && getNamedType(field.type);
    const cost = node.selectionSet ? this.selections(node.selectionSet, type) : new DocumentCost();
    cost.depth += 1;
    cost.fields = bounded(cost.fields + 1);
    cost.rootFields = 1;
    cost.rootDirectives = 0;
    if (node.alias) cost.aliases = bounded(cost.aliases + 1);
    if (isIntrospection(node)) {
      moveToSchema(cost);
      cost.depth = 1;
      cost.objects = 1;
      cost.values = 0;
      if (node.name.value === '__schema') cost.schemas = bounded(cost.schemas + 1);
    } else if (field && isCompositeType(type)) {
      // The rows of a page are counted where the page is asked for, not again at its nodes and edges.
      const items = isPage(parent) ? 1 : listSize(field);
      const rows = isPage(type) ? pageSize(node, this.variables) : items;
      cost.objects = bounded(items + cost.objects * rows);
      cost.values = bounded(cost.values * rows);
    } else cost.values = 1;
    return cost;
  }

  private fragment(name: string): DocumentCost {
    const known = this.measured.get(name);
    if (known) return known;
    const node = this.fragments.get(name);
    if (!node) return new DocumentCost();
    if (this.open.has(name)) throw fragmentCycle(name);
    this.open.add(name);
    const cost = this.selections(node.selectionSet, this.schema.getType(node.typeCondition.name.value));
    addDirectives(cost, node);
    this.measured.set(name, cost);
    return cost;
  }
}

function isIntrospection({ name: { value } }: FieldNode): boolean {
  return value === '__schema' || value === '__type';
}

function moveToSchema(cost: DocumentCost): void {
  cost.schemaDepth = cost.depth;
  cost.depth = 0;
}

function fieldOf(
  parent: GraphQLNamedType | undefined,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
}

function isPage(type: GraphQLNamedType | undefined): boolean {
  return type?.name.endsWith('Connection') ?? false;
}

/** What stands beside it. */
function add(total: DocumentCost, one: DocumentCost): DocumentCost {
  if (one.depth > total.depth) total.depth = one.depth;
  if (one.schemaDepth > total.schemaDepth) total.schemaDepth = one.schemaDepth;
  total.fields = bounded(total.fields + one.fields);
  total.rootFields = bounded(total.rootFields + one.rootFields);
  total.aliases = bounded(total.aliases + one.aliases);
  total.directives = bounded(total.directives + one.directives);
  total.rootDirectives = bounded(total.rootDirectives + one.rootDirectives);
  total.schemas = bounded(total.schemas + one.schemas);
  total.objects = bounded(total.objects + one.objects);
  total.values = bounded(total.values + one.values);
  return total;
}

function addDirectives(total: DocumentCost, { directives = [] }: Directed): void {
  total.directives = bounded(total.directives + directives.length);
  total.rootDirectives = bounded(total.rootDirectives + directives.length);
}

/** Far above every limit: what doubles with each fragment stays a number that can be compared. */
const MOST = 2 ** 40;

function bounded(count: number): number {
  return count > MOST ? MOST : count;
}
