import { buffer } from 'node:stream/consumers';
import type { ByteSource } from '../media/byte-source.js';
import type { Storage } from './storage.js';

/** An object's bytes at random places, for looking into a file without loading it. */
export function storedBytes(
  storage: Storage,
  key: string,
  byteSize: number,
  signal?: AbortSignal,
): ByteSource {
  return {
    byteSize,
    async read(offset, length) {
      const last = Math.min(offset + length, byteSize) - 1;
      if (last < offset) return new Uint8Array();
      return buffer(
        await storage.get(key, { range: { first: offset, last }, ...(signal ? { signal } : {}) }),
      );
    },
  };
}
