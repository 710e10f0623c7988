import { randomUUID } from 'node:crypto';
import { link, lstat, open, opendir, readFile, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { addAbortSignal } from 'node:stream';
import type { Readable } from 'node:stream';
import { isMissing, onDisk } from './disk-error.js';
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
    return await this.withPath(async (path) => {
      await using handle = await onDisk(open(path, 'wx', 0o600));
      return await use(path, handle);
    });
  }

  /** Removes what a killed process left. A file that is still being written is as young as its last write. */
  async collect(olderThan: Date): Promise<number> {
    let removed = 0;
    for await (const { name } of await opendir(this.folder)) {
      const path = join(this.folder, name);
      try {
        if ((await lstat(path)).mtime >= olderThan) continue;
        await unlink(path);
        removed += 1;
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    }
    return removed;
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
 * Writes all of `body` to the file and to the disk. Destroys `body` on failure.
 * @throws LengthMismatch, StorageUnavailable, and what `body` itself fails with
 */
export async function writeBody(handle: FileHandle, body: Readable, options: PutOptions): Promise<void> {
  const { byteSize, signal } = options;
  if (signal) addAbortSignal(signal, body);
  let written = 0;
  for await (const chunk of body as AsyncIterable<Buffer | string>) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    written += bytes.length;
    if (byteSize !== undefined && written > byteSize) throw new LengthMismatch(byteSize, written);
    await onDisk(handle.writeFile(bytes));
  }
  if (byteSize !== undefined && written !== byteSize) throw new LengthMismatch(byteSize, written);
  await onDisk(handle.sync());
}
