import {
  getVariableValues,
  GraphQLError,
  Kind,
  type ASTVisitor,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type ValidationContext,
} from 'graphql';
import { DocumentMeter, type DocumentCost } from './document-cost.js';
import { badVariable, queryTooComplex } from './document-refusal.js';
import type { Variables } from './page-size.js';

/** Lexical tokens of a document: bounds the time of everything behind the parser. The introspection query has under 500. */
export const MAX_TOKENS = 1500;

export interface DocumentLimits extends DocumentCost {
  operations: number;
}

/** What one request may ask for. */
export const DOCUMENT_LIMITS: DocumentLimits = {
  operations: 10,
  depth: 10,
  // What the introspection query of graphql-js takes.
  schemaDepth: 15,
  fields: 300,
  rootFields: 10,
  aliases: 30,
  directives: 5,
  rootDirectives: 5,
  schemas: 1,
  objects: 50_000,
  values: 500_000,
};

const SAID: Readonly<Record<keyof DocumentLimits, string>> = {
  operations: 'operations in a document',
  depth: 'levels of fields',
  schemaDepth: 'levels of introspection',
  fields: 'fields',
  rootFields: 'fields at the root',
  aliases: 'aliases',
  directives: 'directives',
  rootDirectives: 'directives at the root',
  schemas: '__schema in a request',
  objects: 'objects in the answer: ask for smaller pages or fewer levels',
  values: 'values in the answer: ask for smaller pages or fewer fields',
};

/** Validation stops at its first error: a document with a thousand faults would cost, and answer, a thousand times as much. */
export const VALIDATION = { maxErrors: 1 } as const;

/**
 * A validation rule that looks at the whole document before any other rule goes below its root: GraphQL's own rules
 * compare all fields with each other, and would spend seconds on what is refused anyway. Variables are not known yet:
 * pages count as if they were of the default size, and `assertAffordable` counts again.
 */
export function documentLimitsRule(context: ValidationContext): ASTVisitor {
  return {
    Document: {
      enter(document) {
        try {
          assertMeasured(context.getSchema(), document);
        } catch (error) {
          if (!(error instanceof GraphQLError)) throw error;
          // One error more than there may be ends the validation; what a rule throws would be a fault of the server.
          for (let count = 0; count <= VALIDATION.maxErrors; count++) context.reportError(error);
        }
      },
    },
  };
}

function assertMeasured(schema: GraphQLSchema, document: DocumentNode): void {
  const operations = operationsOf(document);
  assertWithin({ operations: operations.length });
  const meter = new DocumentMeter(schema, document, undefined);
  for (const operation of operations) assertWithin(meter.operation(operation));
  for (const cost of meter.eachFragment()) assertWithin(cost);
}

/** Throws QUERY_TOO_COMPLEX for an operation that may cost too much with these variables, BAD_USER_INPUT for bad ones. */
export function assertAffordable(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  given: Variables,
): void {
  const { coerced, errors } = getVariableValues(
    schema,
    operation.variableDefinitions ?? [],
    given,
    VALIDATION,
  );
  if (errors) throw badVariable(errors);
  assertWithin(new DocumentMeter(schema, document, coerced).operation(operation));
}

function assertWithin(cost: Partial<DocumentLimits>): void {
  for (const name of Object.keys(cost) as (keyof DocumentLimits)[]) {
    const limit = DOCUMENT_LIMITS[name];
    if ((cost[name] ?? 0) > limit) throw queryTooComplex(`At most ${limit} ${SAID[name]}.`, limit);
  }
}

function operationsOf({ definitions }: DocumentNode): OperationDefinitionNode[] {
  return definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
}
