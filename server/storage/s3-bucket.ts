import { HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type {
  HeadObjectCommandOutput,
  PutObjectCommandInput,
  S3Client,
  StorageClass,
} from '@aws-sdk/client-s3';
import { createS3Clients } from './s3-client.js';
import { isMissingObject, s3Code, toStorageError } from './s3-errors.js';
import type { S3Options } from './s3-options.js';
import type { StoredObject } from './storage.js';

/**
 * Metadata that names the write which made an object. After a lost answer, or a 412 to a request that was sent twice,
 * it tells our own object from another's; an ETag cannot, with SSE-KMS.
 */
export const WRITE_TOKEN = 'earshot-write';

export interface S3Head extends StoredObject {
  etag: string | undefined;
  contentType: string | undefined;
  metadata: Record<string, string>;
}

type Writing = Pick<PutObjectCommandInput, 'ServerSideEncryption' | 'SSEKMSKeyId' | 'StorageClass'>;

/** The bucket, the clients that speak to it, and what every write to it says. */
export class S3Bucket {
  readonly name: string;
  readonly calls: S3Client;
  readonly reads: S3Client;
  /** Encryption and storage class: S3 takes neither over from the source of a copy. */
  readonly writing: Writing;

  constructor(readonly options: S3Options) {
    this.name = options.bucket;
    ({ calls: this.calls, reads: this.reads } = createS3Clients(options));
    this.writing = {
      ...options.encryption,
      // Other servers than Amazon's have classes of their own.
      ...(options.storageClass !== undefined && { StorageClass: options.storageClass as StorageClass }),
    };
  }

  /** Runs one operation; whatever it fails with comes out as the store's contract says. */
  async ask<T>(operation: string, key: string | undefined, request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      throw this.fault(error, operation, key);
    }
  }

  fault(error: unknown, operation: string, key?: string): Error {
    return toStorageError(error, this.name, operation, key);
  }

  /** Undefined for an object that is missing, and for a bucket that is: an answer to HEAD cannot tell. */
  async head(key: string, signal?: AbortSignal): Promise<S3Head | undefined> {
    const request = new HeadObjectCommand({ Bucket: this.name, Key: key });
    try {
      return headOf(key, await this.calls.send(request, options(signal)));
    } catch (error) {
      if (isMissingObject(error)) return undefined;
      throw this.fault(error, 'HeadObject');
    }
  }

  /** Throws StorageUnavailable where the bucket is missing, rather than that every object reads as missing. */
  async assertThere(): Promise<void> {
    const request = new ListObjectsV2Command({ Bucket: this.name, MaxKeys: 1 });
    try {
      await this.calls.send(request);
    } catch (error) {
      // Without the right to list, HEAD would have been answered 403.
      if (s3Code(error) !== 'AccessDenied') throw this.fault(error, 'ListObjects');
    }
  }

  destroy(): void {
    this.calls.destroy();
    this.reads.destroy();
  }
}

/** Milliseconds for putting things right after a failure, and after an abort, which somebody waits for. */
const CLEANUP_MS = 10_000;
const ABORTED_CLEANUP_MS = 1_500;

/** Bounds what is done after a failure: a store that is silent must not hold up whoever gave up on it. */
export const cleanup = (signal: AbortSignal | undefined): AbortSignal =>
  AbortSignal.timeout(signal?.aborted ? ABORTED_CLEANUP_MS : CLEANUP_MS);

export const options = (signal: AbortSignal | undefined) => (signal ? { abortSignal: signal } : {});

/** S3's keys in a path or in x-amz-copy-source: all but the unreserved characters and slashes encoded (RFC 3986). */
export function encodeKey(key: string): string {
  return key.split('/').map(encodeRfc3986).join('/');
}

export function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function headOf(key: string, output: HeadObjectCommandOutput): S3Head {
  return {
    key,
    byteSize: output.ContentLength ?? 0,
    modifiedAt: output.LastModified ?? new Date(0),
    etag: output.ETag,
    contentType: output.ContentType,
    metadata: output.Metadata ?? {},
  };
}
