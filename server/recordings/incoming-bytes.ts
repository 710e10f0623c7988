import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import { SNIFF_BYTES } from '../media/sniff.js';

/** Bytes passed on, hashed and counted, with the first of them kept for a look at what they are. */
export class IncomingBytes extends Transform {
  byteSize = 0;
  private readonly hash = createHash('sha256');
  private readonly headParts: Buffer[] = [];
  private headSize = 0;

  /** More than `limit` bytes end the stream with `overLimit()`. */
  constructor(
    private readonly limit: number,
    private readonly overLimit: () => Error,
  ) {
    super();
  }

  /** The first bytes, at most SNIFF_BYTES of them. */
  get head(): Buffer {
    return Buffer.concat(this.headParts);
  }

  /** Of all the bytes, in lower-case hex; ask once, at the end. */
  digest(): string {
    return this.hash.digest('hex');
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.byteSize += chunk.length;
    if (this.byteSize > this.limit) return done(this.overLimit());
    this.hash.update(chunk);
    if (this.headSize < SNIFF_BYTES) {
      const part = chunk.subarray(0, SNIFF_BYTES - this.headSize);
      this.headParts.push(part);
      this.headSize += part.length;
    }
    done(null, chunk);
  }
}
