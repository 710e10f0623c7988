import { isObjectType, type GraphQLSchema } from 'graphql';
import { ArgsType, Field, Int, ObjectType } from 'type-graphql';
import type { ClassType } from 'type-graphql';
import { encodeCursor, type Page, type PageOf, type Position } from './keyset.js';

@ArgsType()
export class ForwardPageArgs {
  @Field(() => Int, {
    nullable: true,
    description: 'How many from the start, 1 to 200. 50 when neither first nor last is given.',
  })
  first?: number | null;

  @Field(() => String, { nullable: true, description: 'Only what comes behind this cursor.' })
  after?: string | null;
}

@ArgsType()
export class ConnectionArgs extends ForwardPageArgs {
  @Field(() => Int, { nullable: true, description: 'How many from the end, 1 to 200.' })
  last?: number | null;

  @Field(() => String, { nullable: true, description: 'Only what comes in front of this cursor.' })
  before?: string | null;
}

@ObjectType('PageInfo', { simpleResolvers: true, description: 'Where a page lies in its list.' })
export class PageInfoType {
  @Field(() => Boolean, { description: 'Whether there is more behind this page.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether there is more in front of this page.' })
  hasPreviousPage!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'The cursor of the first node; null for an empty page.',
  })
  startCursor!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The cursor of the last node; null for an empty page.',
  })
  endCursor!: string | null;
}

export interface Edge<Node> {
  node: Node;
  cursor: string;
}

/** One page as its GraphQL type resolves it: what is not selected is not computed. */
export class Connection<Node> {
  constructor(
    readonly nodes: Node[],
    private readonly positions: Position[],
    private readonly page: Page,
    private readonly flags: Pick<PageOf<Node>, 'hasNextPage' | 'hasPreviousPage'>,
    private readonly count: () => Promise<number>,
  ) {}

  get edges(): Edge<Node>[] {
    return this.nodes.map((node, index) => ({ node, cursor: this.cursor(index) ?? '' }));
  }

  get pageInfo(): PageInfoType {
    return {
      hasNextPage: this.flags.hasNextPage,
      hasPreviousPage: this.flags.hasPreviousPage,
      startCursor: this.cursor(0),
      endCursor: this.cursor(this.nodes.length - 1),
    };
  }

  get totalCount(): Promise<number> {
    return this.count();
  }

  private cursor(index: number): string | null {
    const position = this.positions[index];
    return position ? encodeCursor(this.page.order, position) : null;
  }
}

/** Declares `<Name>Edge` and `<Name>Connection` for a node type. */
export function connectionOf<Node extends object>(name: string, nodeType: () => ClassType<Node>) {
  @ObjectType(`${name}Edge`, { simpleResolvers: true, description: `A ${name} and its place in the list.` })
  class EdgeType implements Edge<Node> {
    @Field(nodeType, { description: 'What the list is of.' })
    node!: Node;

    @Field(() => String, { description: 'Give it as after or before to go on from here, in the same order.' })
    cursor!: string;
  }

  @ObjectType(`${name}Connection`, { description: `One page of a list of ${name}.` })
  class ConnectionType {
    @Field(() => [EdgeType], { simple: true, description: 'The nodes with their cursors.' })
    edges!: Edge<Node>[];

    @Field(() => [nodeType()], { simple: true, description: 'The nodes alone.' })
    nodes!: Node[];

    @Field(() => PageInfoType, { simple: true, description: 'Where the page lies in the list.' })
    pageInfo!: PageInfoType;

    @Field(() => Int, {
      simple: true,
      description: 'How many the whole list has. Counted only when selected.',
    })
    totalCount!: Promise<number>;
  }

  return ConnectionType;
}

/** Gives every totalCount a resolver of its own: compiled execution takes a promise from no mere property. */
export function resolveCounts(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    const field =
      isObjectType(type) && type.name.endsWith('Connection') ? type.getFields()['totalCount'] : undefined;
    if (field) field.resolve = (connection: Connection<unknown>) => connection.totalCount;
  }
}
