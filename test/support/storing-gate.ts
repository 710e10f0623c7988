import type { Storage } from '../../server/storage/storage.js';

/** Holds back what workers store as recordings while something is asked, whatever the store. */
export class StoringGate {
  private readonly asked = new Set<Promise<void>>();

  constructor(storage: Storage) {
    const put = storage.put.bind(storage);
    storage.put = async (key, ...rest) => {
      if (key.startsWith('recordings/')) await Promise.all(this.asked);
      return put(key, ...rest);
    };
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.asked.add(promise);
    try {
      return await work();
    } finally {
      this.asked.delete(promise);
      resolve();
    }
  }
}
