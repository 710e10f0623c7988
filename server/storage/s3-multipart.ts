import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import type { CompletedPart } from '@aws-sdk/client-s3';
import { cleanup, encodeKey, options } from './s3-bucket.js';
import type { S3Bucket, S3Head } from './s3-bucket.js';
import { isConflict, isExisting, isMissingUpload, isRefusedParts, s3Status } from './s3-errors.js';
import { withPayloadHash } from './s3-payload-hash.js';
import type { BodyPart } from './s3-parts.js';
import { PartsRefused, UploadMissing } from './direct-transfer.js';
import { ObjectExists } from './storage.js';

export interface CreateOptions {
  contentType?: string | undefined;
  metadata?: Record<string, string> | undefined;
  signal?: AbortSignal | undefined;
}

/** Begins an upload and resolves with its id; one that was begun twice, after a lost answer, is begun once. */
export async function createUpload(bucket: S3Bucket, key: string, create: CreateOptions): Promise<string> {
  const request = new CreateMultipartUploadCommand({
    Bucket: bucket.name,
    Key: key,
    ...(create.contentType !== undefined && { ContentType: create.contentType }),
    ...(create.metadata && { Metadata: create.metadata }),
    ...bucket.writing,
  });
  try {
    const { UploadId, $metadata } = await bucket.calls.send(request, options(create.signal));
    if (UploadId === undefined) throw new Error('no upload id');
    if (($metadata.attempts ?? 1) > 1) await abortOthers(bucket, key, cleanup(create.signal), UploadId);
    return UploadId;
  } catch (error) {
    await abortOthers(bucket, key, cleanup(create.signal));
    throw bucket.fault(error, 'CreateMultipartUpload');
  }
}

/** The key is one attempt's own, so any other upload for it is what a lost answer left. */
async function abortOthers(
  bucket: S3Bucket,
  key: string,
  within: AbortSignal,
  except?: string,
): Promise<void> {
  try {
    const { Uploads = [] } = await bucket.calls.send(
      new ListMultipartUploadsCommand({ Bucket: bucket.name, Prefix: key }),
      options(within),
    );
    for (const upload of Uploads) {
      if (upload.Key !== key || upload.UploadId === undefined || upload.UploadId === except) continue;
      await abortUpload(bucket, key, upload.UploadId, within);
    }
  } catch {
    // The store has just failed, and does so again: the bucket's lifecycle rule takes what is left.
  }
}

export async function abortUpload(
  bucket: S3Bucket,
  key: string,
  uploadId: string,
  within?: AbortSignal,
): Promise<void> {
  const request = new AbortMultipartUploadCommand({ Bucket: bucket.name, Key: key, UploadId: uploadId });
  try {
    await bucket.calls.send(request, options(within));
  } catch (error) {
    if (!isMissingUpload(error)) throw bucket.fault(error, 'AbortMultipartUpload');
  }
}

export async function uploadPart(
  bucket: S3Bucket,
  upload: { key: string; uploadId: string },
  part: BodyPart,
  signal?: AbortSignal,
): Promise<CompletedPart> {
  const request = new UploadPartCommand({
    Bucket: bucket.name,
    Key: upload.key,
    UploadId: upload.uploadId,
    PartNumber: part.number,
    Body: part.bytes,
    ContentMD5: part.md5,
  });
  withPayloadHash(request, part.sha256);
  const { ETag } = await bucket.ask('UploadPart', undefined, () =>
    bucket.calls.send(request, options(signal)),
  );
  return { PartNumber: part.number, ...(ETag !== undefined && { ETag }) };
}

/** Copies `source` inside the store into a new object, in pieces of `partBytes`. */
export async function copyInParts(
  bucket: S3Bucket,
  source: S3Head,
  key: string,
  partBytes: number,
): Promise<void> {
  const uploadId = await createUpload(bucket, key, {
    contentType: source.contentType,
    metadata: source.metadata,
  });
  try {
    const parts: CompletedPart[] = [];
    for (let first = 0; first < source.byteSize; first += partBytes) {
      const request = new UploadPartCopyCommand({
        Bucket: bucket.name,
        Key: key,
        UploadId: uploadId,
        PartNumber: parts.length + 1,
        CopySource: `${bucket.name}/${encodeKey(source.key)}`,
        CopySourceRange: `bytes=${first}-${Math.min(first + partBytes, source.byteSize) - 1}`,
        ...(source.etag !== undefined && { CopySourceIfMatch: source.etag }),
      });
      const { CopyPartResult } = await bucket.ask('UploadPartCopy', source.key, () =>
        bucket.calls.send(request),
      );
      parts.push({
        PartNumber: parts.length + 1,
        ...(CopyPartResult?.ETag !== undefined && { ETag: CopyPartResult.ETag }),
      });
    }
    await completeUpload(bucket, { key, uploadId }, parts, (found) => isCopyOf(found, source));
  } catch (error) {
    await abortUpload(bucket, key, uploadId, cleanup(undefined)).catch(() => undefined);
    throw error;
  }
}

export function isCopyOf(found: S3Head, source: S3Head): boolean {
  return (
    found.byteSize === source.byteSize && JSON.stringify(found.metadata) === JSON.stringify(source.metadata)
  );
}

/**
 * Complete is not idempotent in S3, and an answer may be lost, or say 500 when it was done: what decides is whether the
 * object is there and is ours. Asked before too, since some servers ignore If-None-Match here.
 * @throws UploadMissing, PartsRefused, ObjectExists, StorageUnavailable
 */
export async function completeUpload(
  bucket: S3Bucket,
  { key, uploadId }: { key: string; uploadId: string },
  parts: CompletedPart[],
  isOurs: (found: S3Head) => boolean,
  signal?: AbortSignal,
): Promise<void> {
  const before = await bucket.head(key, signal);
  if (before) {
    if (isOurs(before)) return;
    throw new ObjectExists(key);
  }
  const request = new CompleteMultipartUploadCommand({
    Bucket: bucket.name,
    Key: key,
    UploadId: uploadId,
    MultipartUpload: { Parts: parts },
    IfNoneMatch: '*',
  });
  try {
    await bucket.calls.send(request, options(signal));
  } catch (error) {
    const isGone = await isUploadGone(bucket, key, uploadId, error);
    const found = await bucket.head(key, cleanup(signal)).catch(() => undefined);
    if (found && isOurs(found)) return;
    if (isExisting(error) || (found && isConflict(error))) throw new ObjectExists(key, { cause: error });
    if (isGone) throw new UploadMissing(key, { cause: error });
    if (isRefusedParts(error)) throw new PartsRefused(key, { cause: error });
    throw bucket.fault(error, 'CompleteMultipartUpload');
  }
}

/** Ceph's answer to completing an upload that is not there is a 500. */
async function isUploadGone(
  bucket: S3Bucket,
  key: string,
  uploadId: string,
  error: unknown,
): Promise<boolean> {
  if (isMissingUpload(error)) return true;
  if ((s3Status(error) ?? 0) < 500) return false;
  const request = new ListPartsCommand({ Bucket: bucket.name, Key: key, UploadId: uploadId, MaxParts: 1 });
  return await bucket.calls.send(request).then(() => false, isMissingUpload);
}
