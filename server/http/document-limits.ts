import {
  Kind,
  type ASTVisitor,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type ValidationContext,
} from 'graphql';
import { costOf, queryTooComplex, type DocumentCost } from './document-cost.js';

/** Lexical tokens of a document: bounds the time of everything behind the parser. The introspection query has under 500. */
export const MAX_TOKENS = 1500;

export interface DocumentLimits extends DocumentCost {
  operations: number;
}

/** What one request may ask for. */
export const DOCUMENT_LIMITS: DocumentLimits = {
  depth: 10,
  aliases: 30,
  directives: 5,
  rootFields: 10,
  objects: 50_000,
  operations: 10,
};

const SAID: Readonly<Record<keyof DocumentLimits, string>> = {
  depth: 'levels of fields',
  aliases: 'aliases',
  directives: 'directives',
  rootFields: 'fields at the root',
  objects: 'objects in the answer: ask for smaller pages or fewer levels',
  operations: 'operations in a document',
};

/**
 * A validation rule that looks at the whole document before any other rule begins, and throws: GraphQL's own rules
 * compare all fields with each other, and would spend seconds on what is refused anyway. Variables are not known yet:
 * pages count as if they were of the default size, and `assertAffordable` counts again.
 */
export function documentLimitsRule(context: ValidationContext): ASTVisitor {
  return {
    Document: {
      enter(document) {
        assertWithin({ operations: operationsOf(document).length });
        for (const operation of operationsOf(document))
          assertAffordable(context.getSchema(), document, operation, {});
      },
    },
  };
}

/** Throws QUERY_TOO_COMPLEX for an operation that may cost too much with these variables. */
export function assertAffordable(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): void {
  assertWithin(costOf(schema, document, operation, variables));
}

function assertWithin(cost: Partial<DocumentLimits>): void {
  for (const name of Object.keys(cost) as (keyof DocumentLimits)[]) {
    const limit = DOCUMENT_LIMITS[name];
    if ((cost[name] ?? 0) > limit) throw queryTooComplex(`At most ${limit} ${SAID[name]}.`, limit);
  }
}

export function operationsOf({ definitions }: DocumentNode): OperationDefinitionNode[] {
  return definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
}
