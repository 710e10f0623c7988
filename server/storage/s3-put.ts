import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { CompletedPart } from '@aws-sdk/client-s3';
import { cleanup, options, WRITE_TOKEN } from './s3-bucket.js';
import type { S3Bucket, S3Head } from './s3-bucket.js';
import { isConflict } from './s3-errors.js';
import { abortUpload, completeUpload, createUpload, uploadPart } from './s3-multipart.js';
import { partsOf } from './s3-parts.js';
import type { BodyPart } from './s3-parts.js';
import { withPayloadHash } from './s3-payload-hash.js';
import type { PutOptions, StoredObject } from './storage.js';

/** A concurrent write of the same key is answered 409 until it is decided, which takes no longer than a request. */
const CONFLICT_ATTEMPTS = 5;

/** One put of one key. */
interface Write {
  key: string;
  token: string;
  put: PutOptions;
}

/** Stores `body` by one request where it fits into a part, by a multipart upload otherwise. */
export async function putBody(
  bucket: S3Bucket,
  key: string,
  body: Readable,
  put: PutOptions,
): Promise<StoredObject> {
  const write: Write = { key, token: randomUUID(), put };
  const byteSize = await storeParts(bucket, write, partsOf(body, put));
  // S3 does not say when it stored it; both clocks are at most minutes apart.
  return { key, byteSize, modifiedAt: new Date() };
}

async function storeParts(bucket: S3Bucket, write: Write, parts: AsyncGenerator<BodyPart>): Promise<number> {
  const { key, put } = write;
  const done: CompletedPart[] = [];
  let byteSize = 0;
  let uploadId: string | undefined;
  try {
    for await (const part of parts) {
      put.signal?.throwIfAborted();
      byteSize += part.bytes.length;
      if (part.isLast && uploadId === undefined) {
        await putWhole(bucket, write, part);
        return byteSize;
      }
      uploadId ??= await createUpload(bucket, key, { ...put, metadata: { [WRITE_TOKEN]: write.token } });
      done.push(await uploadPart(bucket, { key, uploadId }, part, put.signal));
    }
    if (uploadId !== undefined) await complete(bucket, write, uploadId, done);
    return byteSize;
  } catch (error) {
    if (uploadId !== undefined)
      await abortUpload(bucket, key, uploadId, cleanup(put.signal)).catch(() => undefined);
    throw error;
  }
}

async function complete(
  bucket: S3Bucket,
  write: Write,
  uploadId: string,
  parts: CompletedPart[],
): Promise<void> {
  const { signal } = write.put;
  try {
    await completeUpload(bucket, { key: write.key, uploadId }, parts, isOurs(write), signal);
    signal?.throwIfAborted();
  } catch (error) {
    if (signal?.aborted) await removeOurs(bucket, write);
    throw error;
  }
}

/** The bytes are in memory, so the SDK may send them again. */
async function putWhole(bucket: S3Bucket, write: Write, part: BodyPart): Promise<void> {
  const { signal, contentType } = write.put;
  const request = new PutObjectCommand({
    Bucket: bucket.name,
    Key: write.key,
    Body: part.bytes,
    ContentLength: part.bytes.length,
    ContentMD5: part.md5,
    IfNoneMatch: '*',
    Metadata: { [WRITE_TOKEN]: write.token },
    ...(contentType !== undefined && { ContentType: contentType }),
    ...bucket.writing,
  });
  withPayloadHash(request, part.sha256);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await bucket.calls.send(request, options(signal));
      return;
    } catch (error) {
      if (signal?.aborted) {
        await removeOurs(bucket, write);
        throw bucket.fault(error, 'PutObject');
      }
      // An answer that was lost on the way: a second request then meets the object of the first.
      const found = await bucket.head(write.key, cleanup(signal)).catch(() => undefined);
      if (found && isOurs(write)(found)) return;
      if (isConflict(error) && attempt < CONFLICT_ATTEMPTS) continue;
      throw bucket.fault(error, 'PutObject', write.key);
    }
  }
}

const isOurs =
  (write: Write) =>
  (found: S3Head): boolean =>
    found.metadata[WRITE_TOKEN] === write.token;

/** An aborted request may have been carried out all the same. */
async function removeOurs(bucket: S3Bucket, write: Write): Promise<void> {
  try {
    const within = cleanup(write.put.signal);
    const found = await bucket.head(write.key, within);
    if (!found || !isOurs(write)(found)) return;
    const request = new DeleteObjectCommand({ Bucket: bucket.name, Key: write.key });
    await bucket.calls.send(request, options(within));
  } catch {
    // The sweep of objects that no row names takes it.
  }
}
