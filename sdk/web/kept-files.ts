import type { KeyValueStore } from '../core/ports.js';
import { FILES, VALUES } from './database.js';
import type { Database } from './database.js';
import { webStore } from './web-store.js';

/** Of the entries that tell when a file was kept. */
const PREFIX = 'kept-file.';
/** Whoever keeps a file has so long to enqueue it. */
const GRACE_MS = 24 * 3_600_000;

/**
 * Files that were kept and whose jobs nobody has seen yet: a page that was closed between the two steps leaves one that
 * no job will ever remove.
 */
export class KeptFiles {
  readonly #store: KeyValueStore;

  constructor(private readonly database: Database) {
    this.#store = webStore(database);
  }

  /** Before the file itself is written. */
  note(uri: string): Promise<void> {
    return this.#store.set(PREFIX + uri, String(Date.now()));
  }

  /** A job has it, or it is gone. */
  forget(uri: string): Promise<void> {
    return this.#store.delete(PREFIX + uri);
  }

  /** Removes what was kept more than a day ago and is named by no entry of `webStore`. */
  async sweep(): Promise<void> {
    const noted = await this.#store.keys(PREFIX);
    if (noted.length === 0) return;
    const values = await this.database.read<unknown[]>(VALUES, (store) => store.getAll());
    for (const key of noted) {
      const uri = key.slice(PREFIX.length);
      const isNamed = values.some((value) => typeof value === 'string' && value.includes(uri));
      const keptAt = Number((await this.#store.get(key)) ?? Date.now());
      if (isNamed) await this.forget(uri);
      else if (Date.now() - keptAt > GRACE_MS) {
        await this.database.write(FILES, (store) => void store.delete(uri));
        await this.forget(uri);
      }
    }
  }
}
