import type { RequestUploadInput } from '../generated/operations.js';
import type { UploadRecord } from './upload-record.js';

/** What a job asks the server for; asked twice, the server answers the same session. */
export function requestOf(record: UploadRecord): RequestUploadInput {
  const { id, target, byteSize, sha256, file, useChunks, enqueuedAt } = record;
  // The same recording, enqueued again after its end, is another upload.
  const key = `${id}:${enqueuedAt}`;
  const { contentType, name } = file;
  return {
    ...target,
    byteSize,
    sha256,
    contentType,
    filename: name,
    strategy: useChunks ? 'CHUNKED' : 'AUTO',
    idempotencyKey: useChunks ? `${key}:chunked` : key,
  };
}
