import type { Platform } from './platform.js';

/** Time and chance: a test puts its own in place. */
export type Clock = Pick<Platform, 'now' | 'random' | 'setTimeout' | 'clearTimeout' | 'AbortController'>;

/**
 * Small texts that outlive the process: AsyncStorage, IndexedDB, a folder. A write is there for good when its promise
 * resolves. Never more than some kilobytes under one key, and never a file's bytes.
 */
export interface KeyValueStore {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
  /** Of a key that is not there, too. */
  delete(key: string): Promise<void>;
  /** Every key that begins so. */
  keys(prefix: string): Promise<readonly string[]>;
}

/** Keeps two tabs, or two services in one process, from doing the same work. */
export interface Lock {
  /** What lets go of it again; undefined when somebody else holds it. Whoever dies lets go. */
  tryAcquire(name: string): Promise<(() => void) | undefined>;
}

export interface NetworkState {
  readonly isOnline: boolean;
  /** Paid by volume, as a phone's mobile data. False where nobody knows. */
  readonly isMetered: boolean;
}

export interface NetworkMonitor {
  current(): NetworkState;
  /** Calls at each change; the result ends it. */
  subscribe(listener: (state: NetworkState) => void): () => void;
}

/** Something that changes, in the shape that React's `useSyncExternalStore` takes. */
export interface Observable<TSnapshot> {
  /** Calls after each change; the result ends it. Bound: it may be passed on without its owner. */
  readonly subscribe: (listener: () => void) => () => void;
  /** The same object until the next change, and never changed itself. Bound. */
  readonly getSnapshot: () => TSnapshot;
}
