import { createHash, hash } from 'node:crypto';

/** SHA-256 works on blocks of so many bytes. */
const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;

/**
 * HMAC-SHA-256 (RFC 2104) with one key for many short texts, by two one-shot hashes: 2 µs each on Node 24, where
 * `createHmac` takes 12 µs for its objects alone.
 */
export class HmacKey {
  private readonly inner: Buffer;
  private readonly outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES);

  /** Longer texts are hashed too, with a buffer of their own. */
  constructor(
    key: Buffer,
    private readonly textBytes = 512,
  ) {
    const block = Buffer.alloc(BLOCK_BYTES);
    block.set(key.length > BLOCK_BYTES ? createHash('sha256').update(key).digest() : key);
    this.inner = Buffer.alloc(BLOCK_BYTES + textBytes);
    for (const [index, byte] of block.entries()) {
      this.inner[index] = byte ^ 0x36;
      this.outer[index] = byte ^ 0x5c;
    }
  }

  /** Of the text's UTF-8, in hex. */
  sign(text: string): string {
    this.outer.set(hash('sha256', this.keyed(text), 'buffer'), BLOCK_BYTES);
    return hash('sha256', this.outer, 'hex');
  }

  private keyed(text: string): Buffer {
    if (text.length * 3 > this.textBytes)
      return Buffer.concat([this.inner.subarray(0, BLOCK_BYTES), Buffer.from(text)]);
    return this.inner.subarray(0, BLOCK_BYTES + this.inner.write(text, BLOCK_BYTES));
  }
}
