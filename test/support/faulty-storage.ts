import { EventEmitter } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { LocalStorage } from '../../server/storage/local-storage.js';
import type { PutOptions, StoredObject } from '../../server/storage/storage.js';

/** The local store, with faults that a test switches on, and with events to wait for. */
export class FaultyStorage extends LocalStorage {
  /** Asked in front of every put: what it throws is the put's failure. It may read from the body first. */
  onPut: (key: string, body: Readable) => void | Promise<void> = () => undefined;
  /** Asked in front of every delete: what it throws is the delete's failure. */
  onDelete: (key: string) => void | Promise<void> = () => undefined;
  /** `put` and `delete` when one begins, `settled` when a put has ended, either way; each with its key. */
  readonly events = new EventEmitter();

  private constructor(readonly folder: string) {
    super(folder);
  }

  static async create(): Promise<FaultyStorage> {
    const folder = await mkdtemp(join(tmpdir(), 'earshot-store-'));
    await LocalStorage.open(folder);
    return new FaultyStorage(folder);
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  override async put(key: string, body: Readable, options?: PutOptions): Promise<StoredObject> {
    this.events.emit('put', key);
    try {
      await this.onPut(key, body);
      return await super.put(key, body, options);
    } catch (error) {
      body.on('error', () => undefined).destroy();
      throw error;
    } finally {
      this.events.emit('settled', key);
    }
  }

  override async delete(key: string): Promise<void> {
    this.events.emit('delete', key);
    await this.onDelete(key);
    await super.delete(key);
  }
}
