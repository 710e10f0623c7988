import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ByteSource } from '../media/byte-source.js';
import { Refused } from '../recordings/refused.js';
import { storedBytes } from '../storage/stored-bytes.js';
import type { Storage } from '../storage/storage.js';
import type { Chunk } from './upload.reader.js';

/** `sha256`: as it was received; none of an object that the client put into the store itself. */
export type StoredChunk = Pick<Chunk, 'key' | 'firstByte' | 'byteSize'> & Partial<Pick<Chunk, 'sha256'>>;

/** Chunks as the one file that they are, for looking into it. They must follow each other without a gap. */
export function chunkedBytes(
  storage: Storage,
  chunks: readonly StoredChunk[],
  signal: AbortSignal,
): ByteSource {
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

/**
 * The same, as one stream: a chunk is opened when the one in front of it has ended. Chunks need not outlive a power cut,
 * so each must have the bytes that were received: STORED_COPY_DAMAGED otherwise, ObjectMissing where there are none.
 */
export function chunkStream(storage: Storage, chunks: readonly StoredChunk[], signal: AbortSignal): Readable {
  return Readable.from(
    (async function* () {
      for (const chunk of chunks) yield* verified(await storage.get(chunk.key, { signal }), chunk);
    })(),
    { objectMode: false, highWaterMark: 256 * 1024 },
  );
}

/** Throws what `chunkStream` would. */
export async function assertUndamaged(
  storage: Storage,
  chunks: readonly StoredChunk[],
  signal: AbortSignal,
): Promise<void> {
  for await (const _bytes of chunkStream(storage, chunks, signal));
}

async function* verified(bytes: Readable, { byteSize, sha256 }: StoredChunk): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let left = byteSize;
  for await (const piece of bytes as AsyncIterable<Buffer>) {
    left -= piece.length;
    hash.update(piece);
    if (left < 0 && sha256 !== undefined) throw damaged();
    yield piece;
  }
  if (sha256 !== undefined && hash.digest('hex') !== sha256) throw damaged();
}

function damaged(): Refused {
  const message = 'Bytes of the upload were damaged before they were stored for good. Upload the file again.';
  return new Refused('STORED_COPY_DAMAGED', message);
}
