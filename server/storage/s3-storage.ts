import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import { assertKey, assertKeyPrefix } from './safe-path.js';
import { encodeKey, options, S3Bucket } from './s3-bucket.js';
import { probeStore } from './s3-probe.js';
import { isExisting, isMissingObject, s3Status } from './s3-errors.js';
import { abortUpload, copyInParts, isCopyOf } from './s3-multipart.js';
import { unfinishedUploads } from './s3-unfinished.js';
import { DEFAULT_LIMITS } from './s3-options.js';
import type { S3Options } from './s3-options.js';
import { S3Direct } from './s3-direct.js';
import { putBody } from './s3-put.js';
import { guardedBody } from './s3-read.js';
import type { DirectTransfer } from './direct-transfer.js';
import { ObjectExists, ObjectMissing } from './storage.js';
import type {
  ByteRange,
  CollectOptions,
  GetOptions,
  ListOptions,
  PutOptions,
  Storage,
  StoredObject,
} from './storage.js';

/** Objects in one bucket of an S3 server. `modifiedAt` of a large object may be the time at which its put began. */
export class S3Storage implements Storage {
  readonly kind = 's3';
  readonly direct: DirectTransfer;
  readonly bucket: S3Bucket;
  private readonly limits: typeof DEFAULT_LIMITS;

  constructor(s3: S3Options) {
    this.bucket = new S3Bucket(s3);
    this.limits = { ...DEFAULT_LIMITS, ...s3.limits };
    this.direct = new S3Direct(this.bucket);
  }

  async put(key: string, body: Readable, put: PutOptions = {}): Promise<StoredObject> {
    try {
      assertKey(key);
      return await putBody(this.bucket, key, body, put);
    } catch (error) {
      // A body that is refused before it was read must not wait for a reader for ever.
      body.on('error', () => undefined).destroy();
      throw error;
    }
  }

  async get(key: string, get: GetOptions = {}): Promise<Readable> {
    assertKey(key);
    const { range, signal } = get;
    if (range) assertRange(range);
    const request = new GetObjectCommand({
      Bucket: this.bucket.name,
      Key: key,
      ...(range && { Range: `bytes=${range.first}-${range.last}` }),
    });
    try {
      const { Body, ContentRange } = await this.bucket.reads.send(request, options(signal));
      if (!(Body instanceof Readable)) throw new Error('an answer without a body');
      const body = guardedBody(Body, {
        idleMs: this.limits.idleMs,
        fault: (cause) => this.bucket.fault(cause, 'GetObject'),
        signal,
      });
      // S3 clips a range at the object's end.
      if (range && !ContentRange?.startsWith(`bytes ${range.first}-${range.last}/`)) {
        body.destroy();
        throw outside(range);
      }
      return body;
    } catch (error) {
      if (error instanceof RangeError) throw error;
      if (range && s3Status(error) === 416) throw outside(range);
      throw this.bucket.fault(error, 'GetObject', key);
    }
  }

  async head(key: string): Promise<StoredObject | undefined> {
    assertKey(key);
    const found = await this.bucket.head(key);
    if (!found) await this.bucket.assertThere();
    return found && { key, byteSize: found.byteSize, modifiedAt: found.modifiedAt };
  }

  async delete(key: string): Promise<void> {
    assertKey(key);
    const request = new DeleteObjectCommand({ Bucket: this.bucket.name, Key: key });
    try {
      await this.bucket.calls.send(request);
    } catch (error) {
      if (!isMissingObject(error)) throw this.bucket.fault(error, 'DeleteObject');
    }
  }

  async *list(prefix: string, { after }: ListOptions = {}): AsyncGenerator<StoredObject> {
    assertKeyPrefix(prefix);
    let token: string | undefined;
    do {
      const request = new ListObjectsV2Command({
        Bucket: this.bucket.name,
        Prefix: prefix,
        ...(after !== undefined && { StartAfter: after }),
        ...(token !== undefined && { ContinuationToken: token }),
      });
      const page = await this.bucket.ask('ListObjects', undefined, () => this.bucket.calls.send(request));
      for (const { Key: key, Size: byteSize, LastModified: modifiedAt } of page.Contents ?? []) {
        // A leading dot is the store's own; a trailing slash is a folder that some console made.
        if (key === undefined || key.startsWith('.') || key.endsWith('/')) continue;
        yield { key, byteSize: byteSize ?? 0, modifiedAt: wholeSeconds(modifiedAt) };
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  async copy(from: string, to: string): Promise<void> {
    assertKey(from);
    assertKey(to);
    const [source, target] = await Promise.all([this.bucket.head(from), this.bucket.head(to)]);
    if (!source) {
      await this.bucket.assertThere();
      throw new ObjectMissing(from);
    }
    // Some servers ignore If-None-Match on a copy.
    if (target) throw new ObjectExists(to);
    const { copyPartBytes } = this.limits;
    if (source.byteSize > copyPartBytes) return copyInParts(this.bucket, source, to, copyPartBytes);
    const request = new CopyObjectCommand({
      Bucket: this.bucket.name,
      Key: to,
      CopySource: `${this.bucket.name}/${encodeKey(from)}`,
      IfNoneMatch: '*',
      ...this.bucket.writing,
    });
    try {
      await this.bucket.calls.send(request);
    } catch (error) {
      const found = await this.bucket.head(to).catch(() => undefined);
      if (found && isCopyOf(found, source)) return;
      throw isExisting(error)
        ? new ObjectExists(to, { cause: error })
        : this.bucket.fault(error, 'CopyObject', from);
    }
  }

  async reach(): Promise<void> {
    const request = new ListObjectsV2Command({ Bucket: this.bucket.name, MaxKeys: 1 });
    await this.bucket.ask('ListObjects', undefined, () => this.bucket.calls.send(request));
  }

  async check(): Promise<void> {
    await probeStore(this.bucket);
  }

  /** Aborts multipart uploads of ours that were begun before `olderThan`, but for held keys; resolves with how many. */
  async collectTemporary(
    olderThan: Date,
    { dryRun = false, held = nobody }: CollectOptions = {},
  ): Promise<number> {
    let count = 0;
    for await (const uploads of unfinishedUploads(this.bucket)) {
      const old = uploads.filter(({ initiatedAt }) => initiatedAt < olderThan);
      const spared = await held(old.map(({ key }) => key));
      for (const { key, uploadId } of old.filter((upload) => !spared.has(upload.key))) {
        if (!dryRun) await abortUpload(this.bucket, key, uploadId);
        count += 1;
      }
    }
    return count;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.bucket.destroy();
    return Promise.resolve();
  }
}

const nobody = (): Promise<ReadonlySet<string>> => Promise.resolve(new Set());

/** Some servers list fractions that HEAD does not give. */
const wholeSeconds = (time: Date | undefined): Date =>
  new Date(Math.floor((time?.getTime() ?? 0) / 1000) * 1000);

function assertRange(range: ByteRange): void {
  const whole = Number.isSafeInteger(range.first) && Number.isSafeInteger(range.last);
  if (!whole || range.first < 0 || range.last < range.first) throw outside(range);
}

const outside = ({ first, last }: ByteRange): RangeError =>
  new RangeError(`bytes ${first}-${last} are not inside the object`);
