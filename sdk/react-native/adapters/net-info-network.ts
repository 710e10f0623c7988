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

/** NetInfo tells its first state soon after it is subscribed to; until then the phone counts as online. */
export function netInfoNetwork(netInfo: NetInfoLike): NetworkMonitor {
  let state: NetworkState = { isOnline: true, isMetered: false };
  return {
    current: () => state,
    subscribe: (listener) =>
      netInfo.addEventListener((told) => {
        const next = networkStateOf(told);
        if (next.isOnline === state.isOnline && next.isMetered === state.isMetered) return;
        state = next;
        listener(next);
      }),
  };
}
