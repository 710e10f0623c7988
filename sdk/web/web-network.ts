import type { NetworkMonitor, NetworkState } from '../core/ports.js';

/** Of the Network Information API, which only some browsers have. */
interface Connection extends EventTarget {
  readonly type?: string;
  readonly saveData?: boolean;
}

/** What the browser says. It knows "offline" for sure, "online" only as a hope; where it does not tell, nothing is metered. */
export function webNetwork(): NetworkMonitor {
  const { connection } = navigator as Navigator & { connection?: Connection };
  const current = (): NetworkState => ({
    isOnline: navigator.onLine,
    isMetered: connection?.type === 'cellular' || connection?.saveData === true,
  });
  return {
    current,
    subscribe: (listener) => {
      const stopper = new AbortController();
      const { signal } = stopper;
      const tell = () => listener(current());
      addEventListener('online', tell, { signal });
      addEventListener('offline', tell, { signal });
      connection?.addEventListener('change', tell, { signal });
      return () => stopper.abort();
    },
  };
}
