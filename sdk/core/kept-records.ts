import type { KeyValueStore } from './ports.js';

/** Records of one kind in the app's store: a key each, so that no entry grows with their number. */
export class KeptRecords<TRecord extends { readonly version: 1 }> {
  constructor(
    protected readonly store: KeyValueStore,
    private readonly prefix: string,
    private readonly keyOf: (record: TRecord) => string,
  ) {}

  async all(): Promise<TRecord[]> {
    const keys = await this.store.keys(this.prefix);
    const records = await Promise.all(keys.map(async (key) => this.#parse(await this.store.get(key))));
    return records.filter((record) => record !== undefined);
  }

  async get(key: string): Promise<TRecord | undefined> {
    return this.#parse(await this.store.get(this.prefix + key));
  }

  put(record: TRecord): Promise<void> {
    return this.store.set(this.prefix + this.keyOf(record), JSON.stringify(record));
  }

  delete(key: string): Promise<void> {
    return this.store.delete(this.prefix + key);
  }

  #parse(text: string | undefined): TRecord | undefined {
    try {
      const record = JSON.parse(text ?? 'null') as TRecord | null;
      return record?.version === 1 ? record : undefined;
    } catch {
      // Cut by a crash of a store that does not write whole values.
      return undefined;
    }
  }
}
