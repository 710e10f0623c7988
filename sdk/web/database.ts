import { once } from '../core/once.js';

/** Of one origin; both tables are made together. */
const NAME = 'earshot';
export const VALUES = 'values';
export const FILES = 'files';
type Table = typeof VALUES | typeof FILES;

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('IndexedDB failed.')));
  });

/** IndexedDB, opened when it is first needed, and again after the browser closed it. */
export class Database {
  readonly #opened = once(() => this.#connect());

  constructor(private readonly name = NAME) {}

  /** One value, as it was put. */
  async get<T>(table: Table, key: string): Promise<T | undefined> {
    return (await this.read<unknown>(table, (store) => store.get(key) as IDBRequest<unknown>)) as
      T | undefined;
  }

  async read<T>(table: Table, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const transaction = (await this.#opened.get()).transaction(table, 'readonly');
    return done(work(transaction.objectStore(table)));
  }

  /** Resolves when it is on disk as far as the browser can tell, not when it is queued. */
  async write(table: Table, work: (store: IDBObjectStore) => void): Promise<void> {
    const transaction = (await this.#opened.get()).transaction(table, 'readwrite', { durability: 'strict' });
    work(transaction.objectStore(table));
    await new Promise<void>((resolve, reject) => {
      transaction.addEventListener('complete', () => resolve());
      const fail = () => reject(transaction.error ?? new Error('IndexedDB failed.'));
      transaction.addEventListener('abort', fail);
      transaction.addEventListener('error', fail);
    });
  }

  async #connect(): Promise<IDBDatabase> {
    const request = indexedDB.open(this.name, 1);
    request.addEventListener('upgradeneeded', () => {
      request.result.createObjectStore(VALUES);
      request.result.createObjectStore(FILES);
    });
    const database = await done(request);
    database.addEventListener('close', () => this.#opened.forget());
    // A newer version of the app in another tab waits for this.
    database.addEventListener('versionchange', () => {
      database.close();
      this.#opened.forget();
    });
    return database;
  }
}
