import * as errors from './errors.js';
import type { ClientErrorCode, EarshotError, ErrorCode, ErrorFacts } from './errors.js';

type ErrorClass = new (message: string, facts: ErrorFacts) => EarshotError;

/** The class of each code; the compiler demands that none is left out. */
export const ERROR_CLASSES: Readonly<Record<ErrorCode | ClientErrorCode, ErrorClass>> = {
  BAD_REQUEST: errors.BadRequestError,
  GRAPHQL_PARSE_FAILED: errors.BadRequestError,
  GRAPHQL_VALIDATION_FAILED: errors.BadRequestError,
  PERSISTED_QUERY_NOT_FOUND: errors.BadRequestError,
  QUERY_TOO_COMPLEX: errors.BadRequestError,
  BAD_USER_INPUT: errors.InvalidInputError,
  UNAUTHENTICATED: errors.UnauthenticatedError,
  FORBIDDEN: errors.ForbiddenError,
  NOT_FOUND: errors.NotFoundError,
  CONFLICT: errors.ConflictError,
  OFFSET_MISMATCH: errors.OffsetMismatchError,
  CHUNK_DIFFERS: errors.ChunkDiffersError,
  CHECKSUM_MISMATCH: errors.ChecksumMismatchError,
  UPLOAD_INCOMPLETE: errors.UploadIncompleteError,
  PAYLOAD_TOO_LARGE: errors.PayloadTooLargeError,
  UNSUPPORTED_MEDIA_TYPE: errors.UnsupportedMediaTypeError,
  EXPIRED: errors.ExpiredError,
  QUOTA_EXCEEDED: errors.QuotaExceededError,
  RATE_LIMITED: errors.RateLimitedError,
  UNAVAILABLE: errors.UnavailableError,
  INTERNAL: errors.InternalServerError,
  NETWORK: errors.NetworkError,
  TIMEOUT: errors.TimeoutError,
  ABORTED: errors.AbortedError,
  BAD_RESPONSE: errors.ResponseFormatError,
};

const isKnown = (code: string): code is keyof typeof ERROR_CLASSES => Object.hasOwn(ERROR_CLASSES, code);

/** These classes promise an `expectedOffset`; without one the failure keeps the base class. */
const needsOffset = (code: string) => code === 'OFFSET_MISMATCH' || code === 'UPLOAD_INCOMPLETE';

/** The failure as the class of its code; EarshotError itself for a code of a newer server. */
export function createError(message: string, facts: ErrorFacts): EarshotError {
  const { code } = facts;
  const lacksOffset = needsOffset(code) && facts.expectedOffset === undefined;
  const ErrorOfCode = isKnown(code) && !lacksOffset ? ERROR_CLASSES[code] : errors.EarshotError;
  return new ErrorOfCode(message, facts);
}
