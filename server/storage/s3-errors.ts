import { ObjectExists, ObjectMissing, StorageUnavailable } from './storage.js';

/** S3's error code, or the network's; undefined for anything else. */
export function s3Code(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (isService(error)) return error.name;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

export function s3Status(error: unknown): number | undefined {
  return error instanceof Error && isService(error) ? error.$metadata.httpStatusCode : undefined;
}

/** S3 has answered. A network fault has `$metadata` too, but no status. */
function isService(error: Error): error is Error & { $metadata: { httpStatusCode: number } } {
  const metadata: unknown = '$metadata' in error ? error.$metadata : undefined;
  return (
    typeof metadata === 'object' &&
    metadata !== null &&
    'httpStatusCode' in metadata &&
    typeof metadata.httpStatusCode === 'number'
  );
}

/** An answer to HEAD has no body, so its code is only the status. */
export const isMissingObject = (error: unknown): boolean =>
  s3Status(error) === 404 && ['NoSuchKey', 'NotFound', '404'].includes(s3Code(error) ?? '');

/** Of the calls that name an upload; some servers say NoSuchKey. */
export const isMissingUpload = (error: unknown): boolean =>
  ['NoSuchUpload', 'NoSuchKey'].includes(s3Code(error) ?? '');

/** `If-None-Match: *` met an object. */
export const isExisting = (error: unknown): boolean => s3Status(error) === 412;

/** Two conditional writes at once: S3 asks to send it again (409). */
export const isConflict = (error: unknown): boolean => s3Status(error) === 409;

export const isRefusedParts = (error: unknown): boolean =>
  ['InvalidPart', 'InvalidPartOrder', 'EntityTooSmall', 'MalformedXML'].includes(s3Code(error) ?? '');

/** What the operator would need to know, by S3's error codes (API reference, "List of error codes") and Node's. */
const REASONS = new Map([
  ['NoSuchBucket', 'the bucket does not exist'],
  ['AccessDenied', 'access is denied'],
  ['AllAccessDisabled', 'access is disabled'],
  ['Forbidden', 'access is denied'],
  ['InvalidAccessKeyId', 'the access key is unknown there'],
  ['SignatureDoesNotMatch', 'the secret key does not fit the access key'],
  ['ExpiredToken', 'the session credentials have expired'],
  ['ExpiredTokenException', 'the session credentials have expired'],
  ['InvalidToken', 'the session token is not valid'],
  ['TokenRefreshRequired', 'the session credentials have expired'],
  ['CredentialsProviderError', 'no AWS credentials were found'],
  ['RequestTimeTooSkewed', 'the clock of this machine is wrong'],
  ['RequestExpired', 'the clock of this machine is wrong'],
  ['PermanentRedirect', 'the bucket is in another region (S3_REGION)'],
  ['AuthorizationHeaderMalformed', 'the bucket is in another region (S3_REGION)'],
  ['IllegalLocationConstraintException', 'the bucket is in another region (S3_REGION)'],
  ['SlowDown', 'it asks to slow down'],
  ['ServiceUnavailable', 'it is not available'],
  ['InternalError', 'it has an internal error'],
  ['QuotaExceeded', 'its quota is used up'],
  ['InsufficientStorage', 'it is full'],
  ['KMS.DisabledException', 'the encryption key is disabled'],
  ['KMS.NotFoundException', 'the encryption key does not exist'],
  ['BadDigest', 'the bytes were damaged on the way'],
  ['XAmzContentSHA256Mismatch', 'the bytes were damaged on the way'],
  ['TimeoutError', 'it did not answer in time'],
  ['ECONNREFUSED', 'nobody listens at the endpoint'],
  ['ECONNRESET', 'the connection broke'],
  ['EPIPE', 'the connection broke'],
  ['ETIMEDOUT', 'it did not answer in time'],
  ['ENOTFOUND', "the endpoint's name is unknown"],
  ['EAI_AGAIN', "the endpoint's name cannot be looked up"],
  ['EHOSTUNREACH', 'the endpoint cannot be reached'],
  ['ENETUNREACH', 'the endpoint cannot be reached'],
]);

/** Where there is no code: an answer to HEAD. */
const STATUS_REASONS = new Map([
  [301, 'the bucket is in another region (S3_REGION)'],
  [403, 'access is denied'],
  [503, 'it is not available'],
]);

/** What is wrong, in words of ours: an answer's own text may hold what was signed. */
export function s3Reason(error: unknown): string {
  const code = s3Code(error);
  const status = s3Status(error);
  const known = REASONS.get(code ?? '') ?? STATUS_REASONS.get(status ?? 0);
  const shown = [...new Set([/^[\w.-]{1,64}$/.test(code ?? '') ? code : undefined, status?.toString()])]
    .filter(Boolean)
    .join(', ');
  return `${known ?? 'it refuses'} (${shown || 'unknown error'})`;
}

/** What the store's contract says instead of S3's error. Unknown refusals count as unavailable: nothing was done. */
export function toStorageError(error: unknown, bucket: string, operation: string, key?: string): Error {
  if (error instanceof Error && error.name === 'AbortError') return error;
  if (key !== undefined && isMissingObject(error)) return new ObjectMissing(key);
  if (key !== undefined && isExisting(error)) return new ObjectExists(key, { cause: error });
  return new StorageUnavailable(`S3 bucket ${bucket}, ${operation}: ${s3Reason(error)}`, { cause: error });
}
