import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { addAbortSignal } from 'node:stream';
import type { Readable } from 'node:stream';
import { MAX_PARTS, partSize } from './direct-transfer.js';
import { LengthMismatch } from './storage.js';
import type { PutOptions } from './storage.js';

export interface BodyPart {
  /** From 1. */
  number: number;
  /** Valid until the next part is asked for: all parts share one buffer. */
  bytes: Buffer;
  /** Base64 for Content-MD5, hex for x-amz-content-sha256: the store refuses bytes that were damaged on the way. */
  md5: string;
  sha256: string;
  isLast: boolean;
}

/**
 * Bytes of part `number`. Known length: `partSize`. Unknown: they grow by 8 MiB every 1,000 parts,
 * so that 10,000 hold 430 GiB and none has more than 80 MiB.
 */
export function partBytes(number: number, byteSize?: number): number {
  return byteSize === undefined ? partSize(0) * (1 + Math.floor((number - 1) / 1000)) : partSize(byteSize);
}

/**
 * Cuts `body` into parts, hashing while the bytes arrive rather than 8 MiB at once. Gives one part at least, holds one at
 * a time, and destroys `body` when left early.
 * @throws LengthMismatch before the last part, and what `body` itself fails with
 */
export async function* partsOf(body: Readable, options: PutOptions): AsyncGenerator<BodyPart, void> {
  const { byteSize, signal } = options;
  if (signal) addAbortSignal(signal, body);
  const filling = new FillingPart(byteSize);
  let read = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array | string>) {
    let bytes: Uint8Array = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    read += bytes.length;
    if (byteSize !== undefined && read > byteSize) throw new LengthMismatch(byteSize, read);
    while (bytes.length > 0) {
      if (filling.isFull) yield filling.take(false);
      bytes = filling.add(bytes);
    }
  }
  if (byteSize !== undefined && read !== byteSize) throw new LengthMismatch(byteSize, read);
  yield filling.take(true);
}

class FillingPart {
  private number = 1;
  private filled = 0;
  private buffer: Buffer;
  private md5: Hash = createHash('md5');
  private sha256: Hash = createHash('sha256');

  constructor(private readonly byteSize: number | undefined) {
    // Untouched pages of it cost nothing, so a short body of unknown length takes no 8 MiB.
    this.buffer = Buffer.allocUnsafeSlow(Math.min(this.capacity, byteSize ?? Number.POSITIVE_INFINITY));
  }

  private get capacity(): number {
    return partBytes(this.number, this.byteSize);
  }

  get isFull(): boolean {
    return this.filled === this.buffer.length;
  }

  /** Takes what fits, and hands back the rest. */
  add(bytes: Uint8Array): Uint8Array {
    const taken = bytes.subarray(0, this.buffer.length - this.filled);
    this.buffer.set(taken, this.filled);
    this.md5.update(taken);
    this.sha256.update(taken);
    this.filled += taken.length;
    return bytes.subarray(taken.length);
  }

  take(isLast: boolean): BodyPart {
    if (this.number > MAX_PARTS) throw new RangeError(`an object has at most ${MAX_PARTS} parts`);
    const part = {
      number: this.number,
      bytes: this.buffer.subarray(0, this.filled),
      md5: this.md5.digest('base64'),
      sha256: this.sha256.digest('hex'),
      isLast,
    };
    this.number += 1;
    this.filled = 0;
    if (this.byteSize === undefined && this.capacity > this.buffer.length) {
      this.buffer = Buffer.allocUnsafeSlow(this.capacity);
    }
    this.md5 = createHash('md5');
    this.sha256 = createHash('sha256');
    return part;
  }
}
