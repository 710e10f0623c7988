import { createCipheriv, createHash } from 'node:crypto';
import type { FileSource } from '../../sdk/core/index.js';

const HEADER_BYTES = 44;
const RATE = 8000;
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

/** RIFF/WAVE, PCM, 16 bit, mono. */
function wavHeader(dataBytes: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + dataBytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(RATE, 24);
  header.writeUInt32LE(RATE * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(dataBytes, 40);
  return header;
}
