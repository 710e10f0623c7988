import {
  getOperationAST,
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import { EarshotError, ERROR_STATUS, type ErrorCode } from '../errors.js';
import { assertAffordable, documentLimitsRule, MAX_TOKENS, VALIDATION } from './document-limits.js';

const RULES = [documentLimitsRule, ...specifiedRules, NoSchemaIntrospectionCustomRule];

/** Parses and checks what a socket asks for, by the rules of HTTP and one more: subscriptions only. Throws GraphQLError. */
export function subscriptionDocument(
  schema: GraphQLSchema,
  { query, operationName, variables }: SubscribePayload,
): DocumentNode {
  const document = parsed(query);
  const [problem] = validate(schema, document, RULES, VALIDATION);
  if (problem?.originalError instanceof EarshotError) throw problem;
  if (problem) throw coded('GRAPHQL_VALIDATION_FAILED', problem.message);
  const operation = getOperationAST(document, operationName);
  if (!operation) throw coded('BAD_REQUEST', 'Name the operation that is meant.');
  if (operation.operation !== OperationTypeNode.SUBSCRIPTION)
    throw coded('BAD_REQUEST', 'Only subscriptions go over the socket. Send queries and mutations by HTTP.');
  assertAffordable(schema, document, operation, variables ?? {});
  return document;
}

function parsed(query: string): DocumentNode {
  try {
    return parse(query, { maxTokens: MAX_TOKENS });
  } catch (error) {
    throw coded(
      'GRAPHQL_PARSE_FAILED',
      error instanceof GraphQLError ? error.message : 'The document cannot be parsed.',
    );
  }
}

function coded(code: ErrorCode, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status: ERROR_STATUS[code] } } });
}
