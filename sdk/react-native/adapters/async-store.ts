import type { KeyValueStore } from '../../core/ports.js';

/** `@react-native-async-storage/async-storage`, as far as it is needed. */
export interface AsyncStorageLike {
  getItem(key: string): Promise<string | null>;
  setItem(key: string, value: string): Promise<void>;
  removeItem(key: string): Promise<void>;
  getAllKeys(): Promise<readonly string[]>;
}

/** A key for each job: on Android an entry holds 2 MB and all together 6. */
export function asyncStore(storage: AsyncStorageLike): KeyValueStore {
  return {
    get: async (key) => (await storage.getItem(key)) ?? undefined,
    set: (key, value) => storage.setItem(key, value),
    delete: (key) => storage.removeItem(key),
    keys: async (prefix) => (await storage.getAllKeys()).filter((key) => key.startsWith(prefix)),
  };
}
