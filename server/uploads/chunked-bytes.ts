import { Readable } from 'node:stream';
import type { ByteSource } from '../media/byte-source.js';
import { storedBytes } from '../storage/stored-bytes.js';
import type { Storage } from '../storage/storage.js';
import type { Chunk } from './upload.reader.js';

/** Chunks as the one file that they are, for looking into it. They must follow each other without a gap. */
export function chunkedBytes(storage: Storage, chunks: readonly Chunk[], signal: AbortSignal): ByteSource {
  const last = chunks.at(-1);
  return {
    byteSize: last ? last.firstByte + last.byteSize : 0,
    async read(offset, length) {
      const end = offset + length;
      const parts: Uint8Array[] = [];
      for (const { key, firstByte, byteSize } of chunks) {
        if (firstByte + byteSize <= offset || firstByte >= end) continue;
        const from = Math.max(offset, firstByte) - firstByte;
        const to = Math.min(end, firstByte + byteSize) - firstByte;
        parts.push(await storedBytes(storage, key, byteSize, signal).read(from, to - from));
      }
      return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
    },
  };
}

/** The same, as one stream: a chunk is opened when the one in front of it has ended. */
export function chunkStream(storage: Storage, chunks: readonly Chunk[], signal: AbortSignal): Readable {
  return Readable.from(
    (async function* () {
      for (const { key } of chunks) yield* await storage.get(key, { signal });
    })(),
    { objectMode: false, highWaterMark: 256 * 1024 },
  );
}
