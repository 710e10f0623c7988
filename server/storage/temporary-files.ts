import { randomUUID } from 'node:crypto';
import { link, lstat, open, opendir, readFile, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { addAbortSignal, finished } from 'node:stream';
import type { Readable } from 'node:stream';
import { isMissing, onDisk } from './disk-error.js';
import { GatheringWriter } from './gathering-writer.js';
import { LengthMismatch } from './storage.js';
import type { PutOptions } from './storage.js';

/** Files in the making, in one folder on the disk of the objects, so that finished ones need only be linked. */
export class TemporaryFiles {
  constructor(readonly folder: string) {}

  /** Hands over a name for a file to be made, and removes what is there afterwards, whatever happens. */
  async withPath<T>(use: (path: string) => Promise<T>): Promise<T> {
    const path = join(this.folder, randomUUID());
    try {
      return await use(path);
    } finally {
      await unlink(path).catch(() => undefined);
    }
  }

  /** The same with a new file, open for writing. */
  async withFile<T>(use: (path: string, handle: FileHandle) => Promise<T>): Promise<T> {
    const path = join(this.folder, randomUUID());
    const handle = await onDisk(open(path, 'wx', 0o600));
    try {
      return await use(path, handle);
    } finally {
      await Promise.all([handle.close(), unlink(path).catch(() => undefined)]);
    }
  }

  /** Removes, or only counts, what a killed process left. A file that is still being written is as young as its last write. */
  async collect(olderThan: Date, dryRun: boolean): Promise<number> {
    let count = 0;
    for await (const { name } of await opendir(this.folder)) {
      const path = join(this.folder, name);
      try {
        if ((await lstat(path)).mtime >= olderThan) continue;
        if (!dryRun) await unlink(path);
        count += 1;
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    }
    return count;
  }

  /** A small write, sync, link, read and delete. */
  async probe(): Promise<void> {
    await this.withFile(async (path, handle) => {
      const linked = `${path}.check`;
      await handle.writeFile('earshot');
      await handle.sync();
      await link(path, linked);
      try {
        if ((await readFile(linked, 'utf8')) !== 'earshot') throw new Error('other bytes than were written');
      } finally {
        await unlink(linked);
      }
    });
  }
}

/**
 * Reads `body` to its end. By events, since it comes in so many pieces: an async iterator costs a promise for each, and
 * copies what waits into one.
 */
function drain(body: Readable, writer: GatheringWriter, limit = Infinity): Promise<void> {
  let flushed = Promise.resolve();
  return new Promise((resolve, reject) => {
    // A body whose last bytes have been given out ends though it is paused: what waits is not written yet.
    finished(body, { writable: false }, (error) => (error ? reject(error) : resolve(flushed)));
    const fail = (error: Error): unknown => body.destroy(error);
    body.on('data', (piece: Buffer | string) => {
      writer.add(typeof piece === 'string' ? Buffer.from(piece) : piece);
      if (writer.received > limit) return fail(new LengthMismatch(limit, writer.received));
      if (!writer.isFull) return undefined;
      body.pause();
      flushed = writer.flush();
      return flushed.then(() => body.resume(), fail);
    });
  });
}

/**
 * Writes all of `body` to the file, and to the disk where it must be durable; resolves with how many bytes that were.
 * Destroys `body` on failure.
 * @throws LengthMismatch, StorageUnavailable, and what `body` itself fails with
 */
export async function writeBody(handle: FileHandle, body: Readable, options: PutOptions): Promise<number> {
  const { byteSize, durable = true, signal } = options;
  if (signal) addAbortSignal(signal, body);
  const writer = new GatheringWriter(handle);
  await drain(body, writer, byteSize);
  if (byteSize !== undefined && writer.received !== byteSize)
    throw new LengthMismatch(byteSize, writer.received);
  await writer.end();
  if (durable) await onDisk(handle.sync());
  return writer.received;
}
