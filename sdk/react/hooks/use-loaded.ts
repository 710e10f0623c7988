import { useCallback, useEffect, useReducer, useState } from 'react';
import type { RequestOptions } from '../../core/index.js';
import { useLatest } from './use-latest.js';

/** What was asked for, and how it stands. `data` stays while it is asked for again. */
export interface Loaded<TData> {
  readonly data: TData | undefined;
  readonly error: unknown;
  readonly isLoading: boolean;
  /** Asks again. Bound. */
  readonly refresh: () => void;
}

interface Answer<TData> {
  readonly key: string;
  /** Which asking it answers. */
  readonly turn: number;
  readonly data: TData | undefined;
  readonly error: unknown;
}

/**
 * Loads when `key` changes and whenever `refresh` is called. An answer that comes too late is dropped, and a request
 * that nobody waits for any more is broken off. Apps with a cache of their own (TanStack Query) use the client directly.
 */
export function useLoaded<TData>(
  key: string,
  load: (options: RequestOptions) => Promise<TData>,
): Loaded<TData> {
  const latest = useLatest(load);
  const [kept, setKept] = useState<Answer<TData>>();
  const [turn, refresh] = useReducer((count: number) => count + 1, 0);

  useEffect(() => {
    const task = new AbortController();
    const settle = (data: TData | undefined, error: unknown): void => {
      if (!task.signal.aborted) setKept({ key, turn, data, error });
    };
    latest.current({ signal: task.signal }).then(
      (data) => settle(data, undefined),
      (error: unknown) => settle(undefined, error),
    );
    return () => task.abort();
  }, [key, turn, latest]);

  const answer = kept?.key === key ? kept : undefined;
  return {
    data: answer?.data,
    error: answer?.error,
    isLoading: answer?.turn !== turn,
    refresh: useCallback(() => refresh(), []),
  };
}
