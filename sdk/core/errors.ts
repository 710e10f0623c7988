/** Why the server refused a request: `extensions.code` of a GraphQL error, `code` of an HTTP problem. */
export type ErrorCode =
  | 'BAD_REQUEST'
  | 'GRAPHQL_PARSE_FAILED'
  | 'GRAPHQL_VALIDATION_FAILED'
  | 'PERSISTED_QUERY_NOT_FOUND'
  | 'QUERY_TOO_COMPLEX'
  | 'BAD_USER_INPUT'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'OFFSET_MISMATCH'
  | 'CHUNK_DIFFERS'
  | 'CHECKSUM_MISMATCH'
  | 'UPLOAD_INCOMPLETE'
  | 'PAYLOAD_TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'EXPIRED'
  | 'QUOTA_EXCEEDED'
  | 'RATE_LIMITED'
  | 'UNAVAILABLE'
  | 'INTERNAL';

/** What went wrong before the server's word was there. */
export type ClientErrorCode = 'NETWORK' | 'TIMEOUT' | 'ABORTED' | 'BAD_RESPONSE';

/** One entry of a response's `errors`, as it came. */
export interface GraphQLErrorLike {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** What is known about a failure beside its message. */
export interface ErrorFacts {
  /** An ErrorCode, a ClientErrorCode, or a code of a newer server. */
  readonly code: ErrorCode | ClientErrorCode | (string & {});
  /** Names the request in the server's log: give it to support. */
  readonly requestId?: string | undefined;
  /** The operation's name, such as `LogCall`. */
  readonly operation?: string | undefined;
  /** The HTTP status, when there was a response. */
  readonly status?: number | undefined;
  /** Whether the same request, unchanged, may succeed later. */
  readonly retryable?: boolean | undefined;
  /** The input field that is wrong, dotted. */
  readonly field?: string | undefined;
  /** Where the next chunk must begin, in bytes. */
  readonly expectedOffset?: number | undefined;
  /** The bound that was passed, in the field's unit. */
  readonly limit?: number | undefined;
  readonly retryAfterSeconds?: number | undefined;
  /** Where in the result the failure lies. */
  readonly path?: readonly (string | number)[] | undefined;
  /** The part of the result that did arrive. */
  readonly data?: unknown;
  /** Every error of the response; this one is the first. */
  readonly errors?: readonly GraphQLErrorLike[] | undefined;
  readonly cause?: unknown;
}

const RETRYABLE: readonly string[] = ['UNAVAILABLE', 'RATE_LIMITED', 'INTERNAL', 'NETWORK', 'TIMEOUT'];

/** Every failure of the SDK. The message is safe to show to a person. Codes that are not known here keep this class. */
export class EarshotError extends Error implements ErrorFacts {
  override readonly name: string = 'EarshotError';
  readonly code: ErrorFacts['code'];
  readonly requestId: string | undefined;
  readonly operation: string | undefined;
  readonly status: number | undefined;
  readonly retryable: boolean;
  readonly field: string | undefined;
  readonly expectedOffset: number | undefined;
  readonly limit: number | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly path: readonly (string | number)[] | undefined;
  readonly data: unknown;
  readonly errors: readonly GraphQLErrorLike[];

  constructor(message: string, facts: ErrorFacts) {
    super(message, 'cause' in facts ? { cause: facts.cause } : undefined);
    this.code = facts.code;
    this.requestId = facts.requestId;
    this.operation = facts.operation;
    this.status = facts.status;
    this.retryable = facts.retryable ?? RETRYABLE.includes(facts.code);
    this.field = facts.field;
    this.expectedOffset = facts.expectedOffset;
    this.limit = facts.limit;
    this.retryAfterSeconds = facts.retryAfterSeconds;
    this.path = facts.path;
    this.data = facts.data;
    this.errors = facts.errors ?? [];
  }
}

/** The document or the request itself is not what the server takes: a mistake in code, or a server of another version. */
export class BadRequestError extends EarshotError {
  override readonly name = 'BadRequestError';
}

/** A value is not acceptable; `field` names it. */
export class InvalidInputError extends EarshotError {
  override readonly name = 'InvalidInputError';
}

/** No token, or one that is no longer good: sign in again. */
export class UnauthenticatedError extends EarshotError {
  override readonly name = 'UnauthenticatedError';
}

/** The viewer's role may not do this. */
export class ForbiddenError extends EarshotError {
  override readonly name = 'ForbiddenError';
}

/** There is no such object, or the viewer may not see it. */
export class NotFoundError extends EarshotError {
  override readonly name = 'NotFoundError';
}

/** The object's state does not allow this, for example a second upload for a stored recording. */
export class ConflictError extends EarshotError {
  override readonly name = 'ConflictError';
}

/** The chunk does not begin where the stored bytes end. */
export class OffsetMismatchError extends EarshotError {
  override readonly name = 'OffsetMismatchError';
  declare readonly expectedOffset: number;
}

/** Other bytes are stored at this offset already: the file changed, request a new upload. */
export class ChunkDiffersError extends EarshotError {
  override readonly name = 'ChunkDiffersError';
}

/** The bytes that arrived do not have the hash that was given. */
export class ChecksumMismatchError extends EarshotError {
  override readonly name = 'ChecksumMismatchError';
}

/** Finalized before every byte was there; the upload stays open. */
export class UploadIncompleteError extends EarshotError {
  override readonly name = 'UploadIncompleteError';
  declare readonly expectedOffset: number;
}

/** More bytes than are accepted; `limit` says how many are. */
export class PayloadTooLargeError extends EarshotError {
  override readonly name = 'PayloadTooLargeError';
}

/** Not a kind of file that is accepted. */
export class UnsupportedMediaTypeError extends EarshotError {
  override readonly name = 'UnsupportedMediaTypeError';
}

/** The link or the upload is past its time. */
export class ExpiredError extends EarshotError {
  override readonly name = 'ExpiredError';
}

/** The viewer's allowance is used up. */
export class QuotaExceededError extends EarshotError {
  override readonly name = 'QuotaExceededError';
}

/** Too many requests; `retryAfterSeconds` says how long to wait. */
export class RateLimitedError extends EarshotError {
  override readonly name = 'RateLimitedError';
}

/** The server cannot answer for now. */
export class UnavailableError extends EarshotError {
  override readonly name = 'UnavailableError';
}

/** A defect on the server's side; `requestId` leads to it. */
export class InternalServerError extends EarshotError {
  override readonly name = 'InternalServerError';
}

/** No response: offline, DNS, a refused or broken connection, or CORS. */
export class NetworkError extends EarshotError {
  override readonly name = 'NetworkError';
}

/** No complete response within the time allowed. The server may have done the work. */
export class TimeoutError extends EarshotError {
  override readonly name = 'TimeoutError';
}

/** The caller's signal was aborted; `cause` is its reason. Named as `fetch` names it. */
export class AbortedError extends EarshotError {
  override readonly name = 'AbortError';
}

/** A response that this API does not give: another server, a proxy's page, a captive portal. */
export class ResponseFormatError extends EarshotError {
  override readonly name = 'ResponseFormatError';
}
