import type { NetworkMonitor, NetworkState } from '../../core/ports.js';

/** What `@react-native-community/netinfo` tells, as far as it is needed. */
export interface NetInfoStateLike {
  readonly type: string;
  readonly isConnected: boolean | null;
  readonly isInternetReachable?: boolean | null;
  readonly details?: unknown;
}

export interface NetInfoLike {
  addEventListener(listener: (state: NetInfoStateLike) => void): () => void;
}

const isExpensive = (details: unknown): boolean =>
  typeof details === 'object' &&
  details !== null &&
  'isConnectionExpensive' in details &&
  details.isConnectionExpensive === true;

export function networkStateOf({
  type,
  isConnected,
  isInternetReachable,
  details,
}: NetInfoStateLike): NetworkState {
  return {
    // Null means that it is not known yet: then it is tried.
    isOnline: isConnected !== false && isInternetReachable !== false,
    isMetered: type === 'cellular' || isExpensive(details),
  };
}

/**
 * One subscription to NetInfo for all who listen, while anyone does. NetInfo tells its first state soon after; until then
 * the phone counts as online.
 */
export function netInfoNetwork(netInfo: NetInfoLike): NetworkMonitor {
  const listeners = new Set<(state: NetworkState) => void>();
  let state: NetworkState = { isOnline: true, isMetered: false };
  let unsubscribe: (() => void) | undefined;
  const hear = (told: NetInfoStateLike) => {
    const next = networkStateOf(told);
    if (next.isOnline === state.isOnline && next.isMetered === state.isMetered) return;
    state = next;
    for (const listener of listeners) listener(next);
  };
  return {
    current: () => state,
    subscribe: (told) => {
      // The same function may be given twice, and each be taken back by itself.
      const listener = (next: NetworkState) => told(next);
      listeners.add(listener);
      unsubscribe ??= netInfo.addEventListener(hear);
      return () => {
        if (!listeners.delete(listener) || listeners.size > 0) return;
        unsubscribe?.();
        unsubscribe = undefined;
      };
    },
  };
}
