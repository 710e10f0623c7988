import type { Hash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Storage, StoredObject } from '../../../server/storage/storage.js';

export interface OpenedStorage {
  storage: Storage;
  dispose(): Promise<void>;
}

export const MIB = 1024 * 1024;

/** Bytes that differ at every offset, so that a shifted or repeated part shows. */
export function bytesOf(byteSize: number, seed = 1): Buffer {
  const bytes = Buffer.allocUnsafe(byteSize);
  let state = seed;
  for (let offset = 0; offset < byteSize; offset += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    bytes[offset] = state >>> 24;
  }
  return bytes;
}

/** So many, each beginning otherwise than its neighbours; the hash hears of all. */
export function* mebibytes(count: number, hash: Hash): Generator<Buffer> {
  const bytes = bytesOf(MIB);
  for (let index = 0; index < count; index += 1) {
    const next = Buffer.concat([Buffer.from([index % 256]), bytes.subarray(1)]);
    hash.update(next);
    yield next;
  }
}

export function* inChunks(bytes: Buffer, chunkSize: number): Generator<Buffer> {
  for (let offset = 0; offset < bytes.length; offset += chunkSize)
    yield bytes.subarray(offset, offset + chunkSize);
}

export const streamOf = (bytes: Buffer, chunkSize = 64 * 1024): Readable =>
  Readable.from(inChunks(bytes, chunkSize));

export async function keysOf(listed: AsyncIterable<StoredObject>): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of listed) keys.push(key);
  return keys;
}
