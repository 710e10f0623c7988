import { s3Reason, toStorageError } from './s3-errors.js';
import { ObjectExists, ObjectMissing, StorageUnavailable } from './storage.js';

const answered = (name: string, httpStatusCode: number): Error =>
  Object.assign(new Error('https://x/?X-Amz-Signature=abc'), { name, $metadata: { httpStatusCode } });
const network = (code: string): Error => Object.assign(new Error(code), { code, $metadata: { attempts: 3 } });

describe('s3Reason', () => {
  it.each<[Error, string]>([
    [answered('AccessDenied', 403), 'access is denied (AccessDenied, 403)'],
    [answered('403', 403), 'access is denied (403)'],
    [answered('NoSuchBucket', 404), 'the bucket does not exist (NoSuchBucket, 404)'],
    [answered('301', 301), 'the bucket is in another region (S3_REGION) (301)'],
    [answered('SomethingNew', 418), 'it refuses (SomethingNew, 418)'],
    [answered('<script>', 500), 'it refuses (500)'],
    [network('ECONNREFUSED'), 'nobody listens at the endpoint (ECONNREFUSED)'],
    [network('ENOTFOUND'), "the endpoint's name is unknown (ENOTFOUND)"],
    [Object.assign(new Error(), { name: 'TimeoutError' }), 'it did not answer in time (TimeoutError)'],
    [
      Object.assign(new Error(), { name: 'CredentialsProviderError' }),
      'no AWS credentials were found (CredentialsProviderError)',
    ],
  ])('%p', (error, expected) => {
    expect(s3Reason(error)).toBe(expected);
  });

  it('reads what is no error', () => {
    expect(s3Reason('x')).toBe('it refuses (unknown error)');
  });
});

describe('toStorageError', () => {
  it.each<[Error, string | undefined, typeof Error | (new (...args: never[]) => Error)]>([
    [answered('NoSuchKey', 404), 'k', ObjectMissing],
    [answered('NotFound', 404), 'k', ObjectMissing],
    [answered('NoSuchBucket', 404), 'k', StorageUnavailable],
    [answered('NoSuchKey', 404), undefined, StorageUnavailable],
    [answered('PreconditionFailed', 412), 'k', ObjectExists],
    [answered('SlowDown', 503), 'k', StorageUnavailable],
    [network('ECONNRESET'), 'k', StorageUnavailable],
  ])('%p about %p', (error, key, expected) => {
    const translated = toStorageError(error, 'calls', 'GetObject', key);
    expect(translated).toBeInstanceOf(expected);
    expect(translated.message).not.toContain('X-Amz');
    if (translated instanceof StorageUnavailable) {
      expect(translated).toMatchObject({
        cause: error,
        message: expect.stringMatching(/^S3 bucket calls, GetObject: /),
      });
    }
  });

  it('leaves an abort as it is', () => {
    const abort = Object.assign(new Error(), { name: 'AbortError' });
    expect(toStorageError(abort, 'calls', 'GetObject')).toBe(abort);
  });
});
