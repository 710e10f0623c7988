import type { StoredObject } from './storage.js';

const MIB = 1024 * 1024;
/** Smaller ones cost more requests; only the last of an object's parts may be smaller than 5 MiB. */
const PART_BYTES = 8 * MIB;
export const MAX_PARTS = 10_000;
/** The largest object that one PUT makes, in bytes. */
export const MAX_PUT_BYTES = 5 * 1024 * MIB;
/** Parts that are signed at a time. */
export const MAX_SIGNED_PARTS = 100;

/** Bytes of each part but the last: all alike, and as few as may be. */
export function partSize(byteSize: number): number {
  return Math.max(PART_BYTES, Math.ceil(byteSize / MAX_PARTS / MIB) * MIB);
}

/** One request that a client may send to the store itself. Whoever has it needs no other right. */
export interface SignedRequest {
  method: 'GET' | 'PUT';
  url: string;
  /**
   * Signed: they must be sent exactly so. Content-Length is signed too where a size was given, but not listed: HTTP
   * stacks set it from the body, and browsers allow nobody else to.
   */
  headers: Readonly<Record<string, string>>;
  /** Good until then, to the second; earlier than asked for where the server's own credentials end earlier. */
  expiresAt: Date;
}

export interface SignPutOptions {
  /** Bytes; the store refuses another length. */
  byteSize: number;
  contentType: string;
  /**
   * Of the whole object, 64 lower-case hex digits. S3 refuses other bytes; some servers ignore it, so what is claimed
   * must be verified all the same.
   */
  sha256?: string | undefined;
  expiresInSeconds: number;
}

export interface SignGetOptions {
  /** What the store shall answer as Content-Type and Content-Disposition. A control character throws. */
  contentType?: string | undefined;
  contentDisposition?: string | undefined;
  expiresInSeconds: number;
}

export interface PartToSign {
  /** 1 to 10,000. */
  number: number;
  /** Bytes: 5 MiB to 5 GiB, the last part also fewer. */
  byteSize: number;
}

export interface SignedPart extends SignedRequest {
  number: number;
}

export interface UploadedPart {
  number: number;
  /** As the store gave it, quotes included. */
  etag: string;
  byteSize: number;
}

/**
 * What a store does beyond the Storage contract where clients may talk to it directly. Keys follow the same rules.
 * PUT and Complete never overwrite: signed `If-None-Match: *`. A PUT answered 412 means that the object is there.
 */
export interface DirectTransfer {
  signPut(key: string, options: SignPutOptions): Promise<SignedRequest>;
  /** The same question within five minutes gives the same URL, so that caches and players hold on to it. */
  signGet(key: string, options: SignGetOptions): Promise<SignedRequest>;
  /** Begins a multipart upload and resolves with its id. It is kept, and paid for, until completed or aborted. */
  createMultipart(key: string, options: { contentType: string }): Promise<string>;
  /** At most 100 at a time. */
  signParts(
    key: string,
    uploadId: string,
    parts: readonly PartToSign[],
    expiresInSeconds: number,
  ): Promise<SignedPart[]>;
  /** What the store really has, by number. @throws UploadMissing */
  listParts(key: string, uploadId: string): AsyncIterable<UploadedPart>;
  /**
   * Makes the object of its parts, as `listParts` gave them. May be called again after a lost answer: an object of the
   * same size and ETag is the one that this upload made.
   * @throws UploadMissing, PartsRefused, ObjectExists for another object at the key
   */
  completeMultipart(key: string, uploadId: string, parts: readonly UploadedPart[]): Promise<StoredObject>;
  /** Forgets the upload and its parts; no error when there is none. */
  abortMultipart(key: string, uploadId: string): Promise<void>;
}

/** There is no such multipart upload: aborted, expired, or never begun; and no object that it made. */
export class UploadMissing extends Error {
  override readonly name = 'UploadMissing';
  constructor(
    readonly key: string,
    options?: ErrorOptions,
  ) {
    super(`there is no multipart upload for ${key}`, options);
  }
}

/** The store makes no object of these parts: one is missing, replaced, too small or out of order. */
export class PartsRefused extends Error {
  override readonly name = 'PartsRefused';
  constructor(
    readonly key: string,
    options?: ErrorOptions,
  ) {
    super(`the store refuses the parts of ${key}`, options);
  }
}
