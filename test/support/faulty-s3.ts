import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { S3Storage } from '../../server/storage/s3-storage.js';
import { FaultProxy } from './fault-proxy.js';
import type { Fault } from './fault-proxy.js';
import { TestBucket } from './s3.js';
import type { TestS3 } from './s3.js';

export type Matches = (request: IncomingMessage) => boolean;

export const byMethod =
  (name: string): Matches =>
  (request) =>
    request.method === name;

/** The requests of a put: of a small one, and of a large one in its parts. */
export const wholePut: Matches = ({ method, url = '' }) => method === 'PUT' && !url.includes('partNumber');
export const secondPart: Matches = ({ method, url = '' }) => method === 'PUT' && url.includes('partNumber=2');
export const beginning: Matches = ({ method, url = '' }) => method === 'POST' && /[?&]uploads/.test(url);
export const completion: Matches = ({ method, url = '' }) => method === 'POST' && url.includes('uploadId');

export const SLOW_DOWN: Fault = { kind: 'answer', status: 503, code: 'SlowDown' };
export const DENIED: Fault = { kind: 'answer', status: 403, code: 'AccessDenied' };
export const EXPIRED: Fault = { kind: 'answer', status: 400, code: 'ExpiredToken' };

const MIB = 1024 * 1024;
/** What the store may be silent for, milliseconds. */
export const IDLE_MS = 700;
export const LIMITS = { attempts: 3, connectMs: 500, idleMs: IDLE_MS, copyPartBytes: 6 * MIB };

/** One part, and three. */
export const SMALL = randomBytes(100_000);
export const LARGE = randomBytes(17 * MIB);

/** A store behind a proxy that injects faults, and the bucket behind both, looked at directly. */
export class FaultyS3 {
  private constructor(
    readonly bucket: TestBucket,
    readonly proxy: FaultProxy,
    public storage: S3Storage,
  ) {}

  static async open(s3: TestS3): Promise<FaultyS3> {
    const bucket = await TestBucket.create(s3);
    const proxy = await FaultProxy.open(s3.endpoint);
    return new FaultyS3(
      bucket,
      proxy,
      new S3Storage(bucket.options({ endpoint: proxy.url, limits: LIMITS })),
    );
  }

  put(key: string, bytes: Buffer) {
    return this.storage.put(key, Readable.from([bytes]));
  }

  /** How many requests the injected faults have befallen. */
  get befallen(): number {
    return this.proxy.seen.filter(({ fault }) => fault !== undefined).length;
  }

  /** For the next test: no fault, no object, a client that has not begun to back off. Throws where an upload is left. */
  async reset(): Promise<void> {
    this.proxy.clear();
    await this.storage[Symbol.asyncDispose]();
    this.storage = new S3Storage(this.bucket.options({ endpoint: this.proxy.url, limits: LIMITS }));
    const unfinished = await this.bucket.unfinished();
    await this.bucket.empty();
    if (unfinished.length > 0) throw new Error(`unfinished uploads are left: ${unfinished.join(', ')}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.storage[Symbol.asyncDispose]();
    await this.proxy[Symbol.asyncDispose]();
    await this.bucket.remove();
  }
}
