import { ApolloServer, HeaderMap, type ApolloServerPlugin } from '@apollo/server';
import { unwrapResolverError } from '@apollo/server/errors';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import {
  GraphQLError,
  visit,
  type DocumentNode,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import { EarshotError, errors, ERROR_STATUS, type ErrorCode } from '../errors.js';
import type { Logger } from '../logger.js';
import { compiledExecution } from './compiled-execution.js';
import { assertAffordable, documentLimitsRule, MAX_TOKENS, VALIDATION } from './document-limits.js';
import { clipped, withoutSuggestion } from './document-refusal.js';
import { toEarshotError } from './problem.js';
import { requestId } from './request-context.js';

export interface GraphqlOptions<Context> {
  schema: GraphQLSchema;
  /** Who may read the schema: everybody, nobody, or those of whom this is true. */
  introspection: boolean | ((context: Context) => boolean);
  logger: Logger;
  /** Throws where this document may not be sent with this context. All may when absent. */
  assertMaySend?: ((context: Context, document: string) => void) | undefined;
  /** Sees what every operation is answered. */
  metrics?: ApolloServerPlugin | undefined;
}

/** Apollo Server over a schema, for contexts of one kind. The HTTP server and its shutdown are not its business. */
export function createApollo<Context extends object>({
  schema,
  introspection,
  logger,
  assertMaySend,
  metrics,
}: GraphqlOptions<Context>): ApolloServer<Context> {
  const show = (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError =>
    toGraphqlError(formatted, error, { logger, hidesSchema: introspection !== true });
  return new ApolloServer<Context>({
    schema,
    introspection: introspection !== false,
    csrfPrevention: true,
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    // An in-memory cache of persisted queries is no use behind a load balancer.
    persistedQueries: false,
    parseOptions: { maxTokens: MAX_TOKENS },
    validationRules: [documentLimitsRule],
    validationOptions: VALIDATION,
    logger: {
      debug: () => undefined,
      info: () => undefined,
      warn: (message) => logger.warn(message),
      error: (message) => logger.error(message),
    },
    formatError: show,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ...(assertMaySend ? [documentGuard(assertMaySend)] : []),
      affordable,
      noPersistedQueries,
      retryAfter,
      ...(typeof introspection === 'function' ? [introspectionGuard(introspection)] : []),
      ...(metrics ? [metrics] : []),
      compiledExecution(show),
    ],
  });
}

/** Apollo answers 200 to a client that asks for one. */
const noPersistedQueries: ApolloServerPlugin = {
  requestDidStart: () =>
    Promise.resolve({
      willSendResponse({ request, response }) {
        if (request.extensions?.['persistedQuery']) response.http.status = 400;
        return Promise.resolve();
      },
    }),
};

/** RFC 9110, section 10.2.3: what the errors say is told to those too that read only headers. */
const retryAfter: ApolloServerPlugin = {
  requestDidStart: () =>
    Promise.resolve({
      willSendResponse({ response: { body, http } }) {
        const failures = body.kind === 'single' ? (body.singleResult.errors ?? []) : [];
        const waits = failures.map(({ extensions }) => extensions?.['retryAfterSeconds']);
        const longest = Math.max(0, ...waits.filter((wait) => typeof wait === 'number'));
        if (longest > 0) http.headers.set('retry-after', String(Math.ceil(longest)));
        return Promise.resolve();
      },
    }),
};

/** Judges the text that is executed: of what a request says beside it (`operationName`, a header, a hash) nothing counts. */
function documentGuard<Context extends object>(
  assertMaySend: (context: Context, document: string) => void,
): ApolloServerPlugin<Context> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation({ contextValue, source }) {
          try {
            assertMaySend(contextValue, source);
          } catch (error) {
            throw asGraphqlError(error);
          }
          return Promise.resolve();
        },
      }),
  };
}

/** The cost again, now that the variables are known. */
const affordable: ApolloServerPlugin = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation({ schema, document, operation, request }) {
        if (!operation)
          throw asGraphqlError(
            errors.badRequest('The document has no such operation, or several and no operationName.'),
          );
        assertAffordable(schema, document, operation, request.variables ?? {});
        return Promise.resolve();
      },
    }),
};

/** Validation does not know who asks: what Apollo lets through is judged here. */
function introspectionGuard<Context extends object>(
  allows: (context: Context) => boolean,
): ApolloServerPlugin<Context> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation({ document, contextValue }) {
          if (readsSchema(document) && !allows(contextValue))
            throw asGraphqlError(errors.forbidden('The schema can be read by admins only. Sign in as one.'));
          return Promise.resolve();
        },
      }),
  };
}

function readsSchema(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Field({ name }) {
      found ||= name.value === '__schema' || name.value === '__type';
    },
  });
  return found;
}

const KNOWN: ReadonlySet<string> = new Set(Object.keys(ERROR_STATUS));
const RENAMED: Readonly<Record<string, ErrorCode>> = {
  OPERATION_RESOLUTION_FAILURE: 'BAD_REQUEST',
  PERSISTED_QUERY_NOT_SUPPORTED: 'BAD_REQUEST',
};

export interface ShownErrorOptions {
  logger: Logger;
  /** Whether the schema is not for everybody. */
  hidesSchema: boolean;
}

/** Every error of a response in the table's words; what is not ours is masked, and its own words go to the log. */
export function toGraphqlError(
  formatted: GraphQLFormattedError,
  error: unknown,
  { logger, hidesSchema }: ShownErrorOptions,
): GraphQLFormattedError {
  const said = hidesSchema ? withoutSuggestion : String;
  const id = requestId();
  const original = ownCause(error) ?? unwrapResolverError(error);
  const place = {
    ...(formatted.locations && { locations: formatted.locations }),
    ...(formatted.path && { path: formatted.path }),
  };
  const named = original instanceof EarshotError ? undefined : codeOf(formatted);
  if (named)
    return {
      message: clipped(said(formatted.message)),
      ...place,
      extensions: { code: named, requestId: id },
    };
  const known = toEarshotError(original);
  if (known.status >= 500)
    logger.error({ err: known.cause ?? known, requestId: id, path: formatted.path }, known.code);
  return {
    message: said(known.message),
    ...place,
    extensions: { code: known.code, ...known.details, requestId: id },
  };
}

/** A refusal of ours inside the error that GraphQL, or `asGraphqlError`, put around it. */
function ownCause(error: unknown): EarshotError | undefined {
  const cause = error instanceof GraphQLError ? error.originalError : undefined;
  return cause instanceof EarshotError ? cause : undefined;
}

/** A code of GraphQL's own (parse, validation, coercion) that the table has too. */
function codeOf({ extensions }: GraphQLFormattedError): ErrorCode | undefined {
  const code = extensions?.['code'];
  if (typeof code !== 'string' || code === 'INTERNAL_SERVER_ERROR') return undefined;
  if (KNOWN.has(code)) return code as ErrorCode;
  return RENAMED[code];
}

/** A refusal in front of the execution (no good token), with its HTTP status. */
export function asGraphqlError(error: unknown): GraphQLError {
  const known = toEarshotError(error);
  const headers = new HeaderMap();
  if (known.details.retryAfterSeconds !== undefined)
    headers.set('retry-after', String(known.details.retryAfterSeconds));
  if (known.status === 401) headers.set('www-authenticate', 'Bearer');
  const http = { status: known.status, headers };
  return new GraphQLError(known.message, { originalError: known, extensions: { code: known.code, http } });
}
