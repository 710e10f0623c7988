import { useCallback, useEffect, useReducer, useRef } from 'react';
import type { Page, RequestOptions } from '../../core/index.js';
import { useLatest } from './use-latest.js';

/** A list as far as it was asked for. */
export interface Pages<TItem> {
  readonly items: readonly TItem[];
  readonly error: unknown;
  /** The first page, or the whole list afresh. */
  readonly isLoading: boolean;
  readonly isLoadingMore: boolean;
  readonly hasMore: boolean;
  /** Does nothing while it is loading, or where there is no more. */
  readonly loadMore: () => void;
  /** From the first page. What is shown stays until it has come. Bound. */
  readonly refresh: () => void;
}

interface State<TItem> {
  readonly key: string;
  readonly items: readonly TItem[];
  readonly cursor: string | undefined;
  readonly error: unknown;
  readonly work: 'first' | 'more' | undefined;
}

const empty = (key: string): State<never> => ({
  key,
  items: [],
  cursor: undefined,
  error: undefined,
  work: 'first',
});

const merge = <TItem>(state: State<TItem>, change: Partial<State<TItem>>): State<TItem> => ({
  ...state,
  ...change,
});

/** A connection, page by page. A new `key` is another list. */
export function usePages<TItem>(
  key: string,
  load: (after: string | undefined, options: RequestOptions) => Promise<Page<TItem>>,
): Pages<TItem> {
  const latest = useLatest(load);
  const task = useRef<AbortController | undefined>(undefined);
  const [kept, change] = useReducer(merge<TItem>, key, empty);
  const state: State<TItem> = kept.key === key ? kept : empty(key);

  const read = useCallback(
    (work: 'first' | 'more', before: readonly TItem[], after: string | undefined) => {
      task.current?.abort();
      const own = new AbortController();
      task.current = own;
      change({ key, work, error: undefined, ...(work === 'first' && { cursor: undefined }) });
      const settle = (result: Partial<State<TItem>>): void => {
        if (!own.signal.aborted) change({ ...result, work: undefined });
      };
      latest.current(after, { signal: own.signal }).then(
        ({ nodes, pageInfo }) =>
          settle({
            items: [...before, ...nodes],
            cursor: pageInfo.hasNextPage ? (pageInfo.endCursor ?? undefined) : undefined,
          }),
        (error: unknown) => settle({ error }),
      );
    },
    [key, latest],
  );

  useEffect(() => {
    change(empty(key));
    read('first', [], undefined);
    return () => task.current?.abort();
  }, [key, read]);

  const { work, items, cursor } = state;
  return {
    items,
    error: state.error,
    isLoading: work === 'first',
    isLoadingMore: work === 'more',
    hasMore: cursor !== undefined,
    loadMore: useCallback(() => {
      if (work === undefined && cursor !== undefined) read('more', items, cursor);
    }, [work, items, cursor, read]),
    refresh: useCallback(() => read('first', [], undefined), [read]),
  };
}
