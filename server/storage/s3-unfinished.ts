import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import type { MultipartUpload } from '@aws-sdk/client-s3';
import { OWN_PREFIXES } from './key-prefixes.js';
import type { S3Bucket } from './s3-bucket.js';

export interface UnfinishedUpload {
  key: string;
  uploadId: string;
  initiatedAt: Date;
}

/** Multipart uploads that were neither completed nor aborted, page by page; never another application's. */
export async function* unfinishedUploads(bucket: S3Bucket): AsyncGenerator<UnfinishedUpload[]> {
  for (const prefix of OWN_PREFIXES) yield* uploadsBelow(bucket, prefix);
}

export async function* uploadsBelow(bucket: S3Bucket, prefix: string): AsyncGenerator<UnfinishedUpload[]> {
  let marker: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
  while (marker) {
    const request: ListMultipartUploadsCommand = new ListMultipartUploadsCommand({
      Bucket: bucket.name,
      Prefix: prefix,
      ...marker,
    });
    const page = await bucket.ask('ListMultipartUploads', undefined, () => bucket.calls.send(request));
    yield (page.Uploads ?? []).flatMap((upload) => unfinished(upload, prefix));
    marker = page.IsTruncated
      ? { KeyMarker: page.NextKeyMarker ?? '', UploadIdMarker: page.NextUploadIdMarker ?? '' }
      : undefined;
  }
}

/** A server that ignores the prefix must not make others' uploads ours. */
function unfinished({ Key, UploadId, Initiated }: MultipartUpload, prefix: string): UnfinishedUpload[] {
  if (UploadId === undefined || !Initiated || !Key?.startsWith(prefix)) return [];
  return [{ key: Key, uploadId: UploadId, initiatedAt: Initiated }];
}
