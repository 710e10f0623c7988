/**
 * Every failure that a caller can meet, as a named factory with a stable code. One table serves GraphQL
 * (`extensions.code`), HTTP (status and problem `code`), jobs (`retryable`) and the SDK's error classes.
 */
export const ERROR_STATUS = {
  BAD_REQUEST: 400,
  GRAPHQL_PARSE_FAILED: 400,
  GRAPHQL_VALIDATION_FAILED: 400,
  PERSISTED_QUERY_NOT_FOUND: 404,
  QUERY_TOO_COMPLEX: 400,
  BAD_USER_INPUT: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  OFFSET_MISMATCH: 409,
  CHUNK_DIFFERS: 409,
  CHECKSUM_MISMATCH: 422,
  UPLOAD_INCOMPLETE: 409,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  EXPIRED: 410,
  QUOTA_EXCEEDED: 429,
  RATE_LIMITED: 429,
  UNAVAILABLE: 503,
  INTERNAL: 500,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** Facts beside the code that a client can act on. */
export interface ErrorDetails {
  /** The input field that is wrong, dotted, as the schema names it. */
  field?: string;
  /** Where the next chunk must begin, in bytes. */
  expectedOffset?: number;
  /** The bound that was passed; its unit is the field's. */
  limit?: number;
  retryAfterSeconds?: number;
}

/** A refusal whose message is safe to show to a person and says what to do. */
export class EarshotError extends Error {
  override readonly name = 'EarshotError';
  readonly status: number;

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: ErrorDetails = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.status = ERROR_STATUS[code];
  }

  /** Whether the same request may succeed later, unchanged. */
  get retryable(): boolean {
    return this.code === 'UNAVAILABLE' || this.code === 'RATE_LIMITED' || this.code === 'INTERNAL';
  }
}

export const errors = {
  badRequest: (message: string) => new EarshotError('BAD_REQUEST', message),
  badInput: (field: string, message: string, details: ErrorDetails = {}) =>
    new EarshotError('BAD_USER_INPUT', message, { field, ...details }),
  queryTooComplex: (message: string, limit: number) =>
    new EarshotError('QUERY_TOO_COMPLEX', message, { limit }),
  unauthenticated: (message = 'Sign in first: send a valid token as `Authorization: Bearer …`.') =>
    new EarshotError('UNAUTHENTICATED', message),
  forbidden: (message = 'Your role may not do this.') => new EarshotError('FORBIDDEN', message),
  notFound: (what: string) =>
    new EarshotError('NOT_FOUND', `There is no such ${what}, or you may not see it.`),
  conflict: (message: string) => new EarshotError('CONFLICT', message),
  offsetMismatch: (expectedOffset: number) =>
    new EarshotError('OFFSET_MISMATCH', `Send the chunk that begins at byte ${expectedOffset}.`, {
      expectedOffset,
    }),
  chunkDiffers: (offset: number) =>
    new EarshotError(
      'CHUNK_DIFFERS',
      `Other bytes are stored at byte ${offset} already. Cancel this upload and request a new one.`,
    ),
  checksumMismatch: (field = 'sha256') =>
    new EarshotError(
      'CHECKSUM_MISMATCH',
      'The bytes received do not have the SHA-256 given. Send them again.',
      { field },
    ),
  uploadIncomplete: (expectedOffset: number, byteSize: number) =>
    new EarshotError(
      'UPLOAD_INCOMPLETE',
      `${expectedOffset} of ${byteSize} bytes have arrived. Send the rest first.`,
      {
        expectedOffset,
      },
    ),
  tooLarge: (field: string, limit: number) =>
    new EarshotError('PAYLOAD_TOO_LARGE', `At most ${limit} bytes are accepted.`, { field, limit }),
  unsupportedMediaType: (message: string) => new EarshotError('UNSUPPORTED_MEDIA_TYPE', message),
  expired: (message: string) => new EarshotError('EXPIRED', message),
  quotaExceeded: (limit: number) =>
    new EarshotError(
      'QUOTA_EXCEEDED',
      `The daily upload quota of ${limit} bytes is used up. Try again tomorrow.`,
      { limit },
    ),
  rateLimited: (retryAfterSeconds: number) =>
    new EarshotError('RATE_LIMITED', `Too many attempts. Try again in ${retryAfterSeconds} seconds.`, {
      retryAfterSeconds,
    }),
  unavailable: (message: string, options?: ErrorOptions) =>
    new EarshotError('UNAVAILABLE', message, {}, options),
  internal: (cause: unknown) =>
    new EarshotError(
      'INTERNAL',
      'Something went wrong on the server. Try again; if it lasts, give the request id to support.',
      {},
      { cause },
    ),
};

/** Why a recording, an upload or a run's item is not stored, and whether trying again may help. */
export const FAILURE_RETRYABLE = {
  NOT_READY: true,
  NOT_FOUND_UNCONFIRMED: true,
  GONE_AT_SOURCE: false,
  REMOVED: false,
  SOURCE_REFUSED: true,
  SOURCE_UNREACHABLE: true,
  SOURCE_TIMEOUT: true,
  SOURCE_RATE_LIMITED: true,
  SOURCE_BLOCKED: false,
  NOT_AUDIO: false,
  EMPTY: true,
  TRUNCATED: true,
  TOO_LARGE: false,
  CHECKSUM_MISMATCH: false,
  STORAGE_UNAVAILABLE: true,
  STORED_COPY_DAMAGED: true,
  CONFLICT: false,
  INTERNAL: true,
} as const;

export type FailureCode = keyof typeof FAILURE_RETRYABLE;
