import { createError } from './error-classes.js';
import type { EarshotError, ErrorCode, ErrorFacts, GraphQLErrorLike } from './errors.js';

/** A response whose body has been read. */
export interface ReceivedResponse {
  readonly status: number;
  readonly body: string;
  header(name: string): string | null;
}

type Json = Readonly<Record<string, unknown>>;

/** Statuses that a gateway or proxy answers by itself, and that mean the same there as in the API. */
const CODE_OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: 'UNAUTHENTICATED',
  413: 'PAYLOAD_TOO_LARGE',
  429: 'RATE_LIMITED',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'UNAVAILABLE',
};

const MESSAGE_OF_CODE: Readonly<Record<string, string>> = {
  UNAUTHENTICATED: 'Sign in first: the server does not accept this token.',
  PAYLOAD_TOO_LARGE: 'The request is larger than a server on the way accepts.',
  RATE_LIMITED: 'Too many requests. Try again later.',
  UNAVAILABLE: 'The server is not available for now. Try again later.',
};

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const stringOf = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
const numberOf = (value: unknown) =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Seconds of a Retry-After header, given as a number or as a date (RFC 9110, section 10.2.3). */
export function retryAfterSeconds(header: string | null, now: number): number | undefined {
  if (!header) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}

/** The facts that GraphQL's `extensions` and an HTTP problem share. */
function detailsOf(source: Json, context: ErrorFacts): ErrorFacts {
  return {
    ...context,
    code: stringOf(source['code']) ?? context.code,
    requestId: stringOf(source['requestId']) ?? context.requestId,
    field: stringOf(source['field']),
    expectedOffset: numberOf(source['expectedOffset']),
    limit: numberOf(source['limit']),
    retryAfterSeconds: numberOf(source['retryAfterSeconds']) ?? context.retryAfterSeconds,
  };
}

/** The first of a result's errors, with what is known beside them. */
export function graphQLError(
  errors: readonly GraphQLErrorLike[],
  data: unknown,
  context: Omit<ErrorFacts, 'code'>,
): EarshotError {
  const [first] = errors;
  const extensions = isObject(first?.extensions) ? first.extensions : {};
  const facts = detailsOf(extensions, { ...context, code: 'INTERNAL' });
  return createError(stringOf(first?.message) ?? 'The server refused without a reason.', {
    ...facts,
    path: Array.isArray(first?.path) ? first.path : undefined,
    data: data ?? undefined,
    errors,
  });
}

function unexpected(response: ReceivedResponse, context: ErrorFacts): EarshotError {
  const code = CODE_OF_STATUS[response.status];
  if (code) return createError(MESSAGE_OF_CODE[code] ?? code, { ...context, code });
  const type = response.header('content-type') ?? 'no content type';
  // A captive portal answers 200 and a failing proxy 5xx, both for a while; anything else stays as it is.
  const retryable = response.status < 300 || response.status >= 500;
  const message = `This is not an answer of the API (status ${response.status}, ${type}). Check the address and the connection.`;
  return createError(message, { ...context, retryable });
}

/**
 * The `data` of a GraphQL response, or the failure that the response tells of. A response with errors is a failure
 * even where it also holds data; that data then stands in the error's `data`.
 *
 * @param now milliseconds since 1970, to read a Retry-After date
 */
export function dataOf(response: ReceivedResponse, operation: string, now: number): unknown {
  const context: ErrorFacts = {
    code: 'BAD_RESPONSE',
    operation,
    status: response.status,
    requestId: stringOf(response.header('x-request-id')),
    retryAfterSeconds: retryAfterSeconds(response.header('retry-after'), now),
  };
  const body = parseJson(response.body);
  if (!isObject(body)) throw unexpected(response, context);
  if (Array.isArray(body['errors']) && body['errors'].length > 0) {
    throw graphQLError(body['errors'] as readonly GraphQLErrorLike[], body['data'], context);
  }
  if (isObject(body['data'])) return body['data'];
  if (typeof body['code'] !== 'string') throw unexpected(response, context);
  const message = stringOf(body['detail']) ?? stringOf(body['title']) ?? 'The server refused the request.';
  throw createError(message, detailsOf(body, context));
}
