import type { KeyValueStore } from '../core/ports.js';
import { Database, VALUES } from './database.js';

/** Small values in IndexedDB, shared by the tabs of one origin. */
export function webStore(database = new Database()): KeyValueStore {
  return {
    get: (key) => database.get<string>(VALUES, key),
    set: (key, value) => database.write(VALUES, (store) => void store.put(value, key)),
    delete: (key) => database.write(VALUES, (store) => void store.delete(key)),
    keys: async (prefix) => {
      // U+FFFF is no character: it stands behind every key that begins so.
      const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
      const keys = await database.read(VALUES, (store) => store.getAllKeys(range));
      return keys.map(String);
    },
  };
}
