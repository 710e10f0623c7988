import { createHash } from 'node:crypto';
import { finished, Readable } from 'node:stream';
import { SNIFF_BYTES } from '../media/sniff.js';

/**
 * A stream's bytes passed on, hashed and counted, with the first of them kept for a look at what they are. An error of
 * either ends both. One stream, and not a transform behind `pipeline`: those cost a chunk more than its hash does.
 */
export class IncomingBytes extends Readable {
  byteSize = 0;
  private readonly hash = createHash('sha256');
  private readonly headParts: Buffer[] = [];
  private headSize = 0;

  /** More than `limit` bytes end it with `overLimit()`. */
  constructor(
    private readonly source: Readable,
    private readonly limit: number,
    private readonly overLimit: () => Error,
  ) {
    super();
    // Whoever reads it hears of an error too; nobody may have begun.
    this.on('error', () => undefined);
    source.on('data', (bytes: Buffer) => this.receive(bytes));
    finished(source, { writable: false }, (error) => (error ? this.destroy(error) : this.push(null)));
  }

  /** The first bytes, at most SNIFF_BYTES of them. */
  get head(): Buffer {
    return Buffer.concat(this.headParts);
  }

  /** Of all the bytes, in lower-case hex; ask once, at the end. */
  digest(): string {
    return this.hash.digest('hex');
  }

  override _read(): void {
    this.source.resume();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.source.destroy();
    done(error);
  }

  private receive(bytes: Buffer): void {
    if (this.destroyed) return;
    this.byteSize += bytes.length;
    if (this.byteSize > this.limit) {
      this.destroy(this.overLimit());
      return;
    }
    this.hash.update(bytes);
    if (this.headSize < SNIFF_BYTES) {
      // A copy: whoever stores the bytes may give their memory back.
      const part = Buffer.from(bytes.subarray(0, SNIFF_BYTES - this.headSize));
      this.headParts.push(part);
      this.headSize += part.length;
    }
    if (!this.push(bytes)) this.source.pause();
  }
}
