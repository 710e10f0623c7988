import type { KeyValueStore, Lock, NetworkMonitor, NetworkState } from './ports.js';

/** Forgets everything with the process: for tests, and where nothing needs to survive. */
export function memoryStore(entries: Readonly<Record<string, string>> = {}): KeyValueStore {
  const values = new Map(Object.entries(entries));
  return {
    get: (key) => Promise.resolve(values.get(key)),
    set: (key, value) => {
      values.set(key, value);
      return Promise.resolve();
    },
    delete: (key) => {
      values.delete(key);
      return Promise.resolve();
    },
    keys: (prefix) => Promise.resolve([...values.keys()].filter((key) => key.startsWith(prefix))),
  };
}

/** Among those in this process that were given the same lock: enough where there is one process for one user. */
export function processLock(): Lock {
  const held = new Set<string>();
  return {
    tryAcquire: (name) => {
      if (held.has(name)) return Promise.resolve(undefined);
      held.add(name);
      return Promise.resolve(() => void held.delete(name));
    },
  };
}

export interface ManualNetwork extends NetworkMonitor {
  set(state: Partial<NetworkState>): void;
}

/** Always online and unmetered, unless it is told otherwise. */
export function manualNetwork(initial: Partial<NetworkState> = {}): ManualNetwork {
  let state: NetworkState = { isOnline: true, isMetered: false, ...initial };
  const listeners = new Set<(state: NetworkState) => void>();
  return {
    current: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    set: (change) => {
      state = { ...state, ...change };
      for (const listener of listeners) listener(state);
    },
  };
}
