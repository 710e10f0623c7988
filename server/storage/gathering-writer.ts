import type { FileHandle } from 'node:fs/promises';
import { onDisk } from './disk-error.js';
import { ReceivedBytes } from './received-bytes.js';

/**
 * A network gives so little at a time that a write for each would cost more than the bytes do. What waits cannot be
 * given back: twice as much, and chunks of a megabyte took a third longer (`npm run bench -- uploads`).
 */
const WRITE_BYTES = 512 * 1024;

/** Writes bytes behind each other, a good many at a time. */
export class GatheringWriter {
  /** Bytes that were added. */
  received = 0;
  private parts: Buffer[] = [];
  private waiting = 0;
  private readonly written = new ReceivedBytes();

  constructor(private readonly handle: FileHandle) {}

  /** So much waits that it should be written first. */
  get isFull(): boolean {
    return this.waiting >= WRITE_BYTES;
  }

  /** The bytes must stay as they are until they are written: by a flush, or at the end. */
  add(bytes: Buffer): void {
    this.parts.push(bytes);
    this.waiting += bytes.length;
    this.received += bytes.length;
  }

  /** Writes what waits. Nothing may be added, or written, before it is done. @throws StorageUnavailable */
  async flush(): Promise<void> {
    const { parts, waiting } = this;
    this.parts = [];
    this.waiting = 0;
    const { bytesWritten } = await onDisk(this.handle.writev(parts));
    if (bytesWritten < waiting)
      await onDisk(this.handle.writeFile(Buffer.concat(parts).subarray(bytesWritten)));
    for (const part of parts) this.written.done(part);
  }

  /** @throws StorageUnavailable */
  async end(): Promise<void> {
    if (this.waiting > 0) await this.flush();
    this.written.end();
  }
}
