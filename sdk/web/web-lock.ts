import { processLock } from '../core/memory-ports.js';
import type { Lock } from '../core/ports.js';

/** Web Locks: among the tabs of one origin; a tab that is closed lets go. Without them (insecure contexts), this tab alone. */
export function webLock(): Lock {
  const locks: LockManager | undefined = globalThis.navigator.locks;
  if (!locks) return processLock();
  return {
    tryAcquire: (name) =>
      new Promise((resolve, reject) => {
        locks
          .request(name, { ifAvailable: true }, (lock) => {
            if (!lock) return resolve(undefined);
            return new Promise<void>((release) => resolve(release));
          })
          .catch(reject);
      }),
  };
}
