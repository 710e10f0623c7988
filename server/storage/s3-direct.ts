import { createHash } from 'node:crypto';
import { ListPartsCommand } from '@aws-sdk/client-s3';
import { assertKey } from './safe-path.js';
import type { S3Bucket, S3Head } from './s3-bucket.js';
import { locateBucket } from './s3-client.js';
import { isMissingUpload } from './s3-errors.js';
import { abortUpload, completeUpload, createUpload } from './s3-multipart.js';
import { Presigner } from './s3-presign.js';
import type { UrlToSign } from './s3-presign.js';
import { UrlMemo } from './s3-url-memo.js';
import { MAX_PARTS, MAX_SIGNED_PARTS, UploadMissing } from './direct-transfer.js';
import type {
  DirectTransfer,
  PartToSign,
  SignedPart,
  SignedRequest,
  SignGetOptions,
  SignPutOptions,
  UploadedPart,
} from './direct-transfer.js';
import { StorageUnavailable } from './storage.js';
import type { StoredObject } from './storage.js';

/** Milliseconds. Links for listening are signed at its beginning, and last until its end and the time asked for. */
const WINDOW_MS = 5 * 60_000;

export class S3Direct implements DirectTransfer {
  private readonly memo = new UrlMemo();
  private presigner: Promise<Presigner> | undefined;

  constructor(
    private readonly bucket: S3Bucket,
    private readonly clock: () => number = Date.now,
  ) {}

  async signPut(key: string, options: SignPutOptions): Promise<SignedRequest> {
    assertKey(key);
    assertHeaderText(options.contentType);
    const headers: Record<string, string> = { 'content-type': options.contentType, 'if-none-match': '*' };
    if (options.sha256 !== undefined) headers['x-amz-checksum-sha256'] = base64Of(options.sha256);
    Object.assign(headers, writingHeaders(this.bucket));
    const url: UrlToSign = {
      method: 'PUT',
      key,
      query: [['x-id', 'PutObject']],
      headers: { ...headers, 'content-length': lengthOf(options.byteSize) },
    };
    return { ...(await this.sign(url, new Date(this.clock()), options.expiresInSeconds)), headers };
  }

  async signGet(key: string, options: SignGetOptions): Promise<SignedRequest> {
    const { contentType, contentDisposition, expiresInSeconds } = options;
    const window = Math.floor(this.clock() / WINDOW_MS) * WINDOW_MS;
    const credentials = await this.credentials();
    const memoKey = JSON.stringify([key, expiresInSeconds, contentType, contentDisposition]);
    return await this.memo.get(memoKey, { window, credentials }, async () => {
      assertKey(key);
      const query = [...responseQuery(options), ['x-id', 'GetObject']] as const;
      const life = WINDOW_MS / 1000 + expiresInSeconds;
      return await this.sign({ method: 'GET', key, query, headers: {} }, new Date(window), life);
    });
  }

  async createMultipart(key: string, options: { contentType: string }): Promise<string> {
    assertKey(key);
    assertHeaderText(options.contentType);
    return await createUpload(this.bucket, key, options);
  }

  async signParts(
    key: string,
    uploadId: string,
    parts: readonly PartToSign[],
    expiresInSeconds: number,
  ): Promise<SignedPart[]> {
    assertKey(key);
    if (parts.length > MAX_SIGNED_PARTS)
      throw new RangeError(`at most ${MAX_SIGNED_PARTS} parts are signed at a time`);
    const now = new Date(this.clock());
    return await Promise.all(
      parts.map(async ({ number, byteSize }) => {
        if (!Number.isInteger(number) || number < 1 || number > MAX_PARTS)
          throw new RangeError(`no part has number ${number}`);
        const query = [
          ['partNumber', String(number)],
          ['uploadId', uploadId],
          ['x-id', 'UploadPart'],
        ] as const;
        const headers = { 'content-length': lengthOf(byteSize) };
        return {
          number,
          ...(await this.sign({ method: 'PUT', key, query, headers }, now, expiresInSeconds)),
          headers: {},
        };
      }),
    );
  }

  async *listParts(key: string, uploadId: string): AsyncGenerator<UploadedPart> {
    assertKey(key);
    let marker: string | undefined;
    do {
      const request: ListPartsCommand = new ListPartsCommand({
        Bucket: this.bucket.name,
        Key: key,
        UploadId: uploadId,
        ...(marker !== undefined && { PartNumberMarker: marker }),
      });
      const page = await this.bucket.calls.send(request).catch((error: unknown) => {
        if (isMissingUpload(error)) throw new UploadMissing(key, { cause: error });
        throw this.bucket.fault(error, 'ListParts');
      });
      for (const part of page.Parts ?? []) {
        yield { number: part.PartNumber ?? 0, etag: part.ETag ?? '', byteSize: part.Size ?? 0 };
      }
      marker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
    } while (marker !== undefined);
  }

  async completeMultipart(
    key: string,
    uploadId: string,
    parts: readonly UploadedPart[],
  ): Promise<StoredObject> {
    assertKey(key);
    const sorted = parts.toSorted((a, b) => a.number - b.number);
    const list = sorted.map(({ number, etag }) => ({ PartNumber: number, ETag: etag }));
    await completeUpload(this.bucket, { key, uploadId }, list, (found) => isMadeOf(found, sorted));
    const found = await this.bucket.head(key);
    if (!found)
      throw new StorageUnavailable(`S3 bucket ${this.bucket.name} does not show what it has just completed`);
    return { key, byteSize: found.byteSize, modifiedAt: found.modifiedAt };
  }

  async abortMultipart(key: string, uploadId: string): Promise<void> {
    assertKey(key);
    await abortUpload(this.bucket, key, uploadId);
  }

  private async sign(url: UrlToSign, signedAt: Date, expiresInSeconds: number): Promise<SignedRequest> {
    const [presigner, credentials] = await Promise.all([this.presignerOf(), this.credentials()]);
    const signed = presigner.sign(credentials, url, signedAt, expiresInSeconds);
    // SigV4 dates count whole seconds.
    const until = Math.floor(signedAt.getTime() / 1000) * 1000 + expiresInSeconds * 1000;
    const ends = credentials.expiration?.getTime() ?? Number.POSITIVE_INFINITY;
    return { method: url.method, url: signed, headers: {}, expiresAt: new Date(Math.min(until, ends)) };
  }

  private async presignerOf(): Promise<Presigner> {
    this.presigner ??= this.openPresigner();
    try {
      return await this.presigner;
    } catch (error) {
      this.presigner = undefined;
      throw this.bucket.fault(error, 'presign');
    }
  }

  private async openPresigner(): Promise<Presigner> {
    const [address, region] = await Promise.all([
      locateBucket(this.bucket.calls, this.bucket.name),
      this.bucket.calls.config.region(),
    ]);
    return new Presigner(address, region);
  }

  /** The SDK keeps them, and gives others before they expire. */
  private credentials() {
    return this.bucket.ask('presign', undefined, () => this.bucket.calls.config.credentials());
  }
}

/** Whether an object may be what these parts made: its size, their number and, where ETags are MD5, their hash. */
function isMadeOf(found: S3Head, parts: readonly UploadedPart[]): boolean {
  if (found.byteSize !== parts.reduce((sum, part) => sum + part.byteSize, 0)) return false;
  const etag = /^"?([0-9a-f]{32})-(\d+)"?$/.exec(found.etag ?? '');
  if (!etag || Number(etag[2]) !== parts.length) return false;
  const hashes = parts.map((part) => /^"?([0-9a-f]{32})"?$/.exec(part.etag)?.[1]);
  if (hashes.includes(undefined)) return true;
  return createHash('md5').update(hashes.join(''), 'hex').digest('hex') === etag[1];
}

function responseQuery({ contentType, contentDisposition }: SignGetOptions): [string, string][] {
  const query: [string, string][] = [];
  if (contentDisposition !== undefined)
    query.push(['response-content-disposition', assertHeaderText(contentDisposition)]);
  if (contentType !== undefined) query.push(['response-content-type', assertHeaderText(contentType)]);
  return query;
}

/** What a client must send for the object to be encrypted and stored as the server's own writes are. */
function writingHeaders({ options: { encryption, storageClass } }: S3Bucket): Record<string, string> {
  const headers: Record<string, string> = {};
  if (encryption) {
    headers['x-amz-server-side-encryption'] = encryption.ServerSideEncryption;
    if ('SSEKMSKeyId' in encryption && encryption.SSEKMSKeyId !== undefined) {
      headers['x-amz-server-side-encryption-aws-kms-key-id'] = encryption.SSEKMSKeyId;
    }
  }
  if (storageClass !== undefined) headers['x-amz-storage-class'] = storageClass;
  return headers;
}

/** A value that ends up in a header. CR and LF would begin another one. */
function assertHeaderText(text: string): string {
  if (text === '' || /[^\x20-\x7e]/.test(text)) throw new Error('a header value is printable ASCII');
  return text;
}

function lengthOf(byteSize: number): string {
  if (!Number.isSafeInteger(byteSize) || byteSize < 0)
    throw new RangeError(`${byteSize} is no length in bytes`);
  return String(byteSize);
}

function base64Of(sha256: string): string {
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error('a SHA-256 has 64 lower-case hex digits');
  return Buffer.from(sha256, 'hex').toString('base64');
}
