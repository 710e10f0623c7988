import { createCipheriv, createHash } from 'node:crypto';
import type { FileSource } from '../../sdk/core/index.js';
import { wavHeader } from '../../server/demo/demo-audio.js';

const HEADER_BYTES = 44;
/** Repeats beside every chunk size, so that a chunk in the wrong place changes the hash. */
const BLOCK_BYTES = 1024 * 1024 + 7;
const HASH_STEP = 1024 * 1024;

export interface SeededWav extends FileSource {
  readonly sha256: string;
  read(offset: number, length: number): Promise<Buffer>;
}

/** A recording of any size whose bytes are computed where they are read: nothing of it is held in memory. */
export async function seededWav(seed: string, byteSize: number): Promise<SeededWav> {
  const key = createHash('sha256').update(seed).digest();
  const block = createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(BLOCK_BYTES));
  const header = wavHeader(byteSize - HEADER_BYTES);
  const read = (offset: number, length: number): Promise<Buffer> => {
    const bytes = Buffer.allocUnsafe(length);
    let at = offset < HEADER_BYTES ? header.copy(bytes, 0, offset) : 0;
    while (at < length) at += block.copy(bytes, at, (offset + at) % BLOCK_BYTES);
    return Promise.resolve(bytes);
  };
  const hash = createHash('sha256');
  for (let at = 0; at < byteSize; at += HASH_STEP)
    hash.update(await read(at, Math.min(HASH_STEP, byteSize - at)));
  return { byteSize, read, sha256: hash.digest('hex') };
}
