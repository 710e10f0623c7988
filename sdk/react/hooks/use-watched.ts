import { useEffect, useState } from 'react';
import type { Watch, WatchOptions, WatchState } from '../../core/index.js';
import { useLatest } from './use-latest.js';

/** Something that is watched: the latest of it, and how changes come. */
export interface Watched<TValue> {
  /** Undefined until there is something to tell. */
  readonly value: TValue | undefined;
  /** Undefined until it is known whether a socket opens. */
  readonly connection: WatchState | undefined;
  /** Why nothing more comes. */
  readonly error: unknown;
}

interface Kept<TValue> extends Watched<TValue> {
  readonly key: string | undefined;
}

const NOTHING = { value: undefined, connection: undefined, error: undefined };

/** Watches as long as the component is there. Another `key` is another watch; undefined is none. */
export function useWatched<TValue>(
  key: string | undefined,
  watch: (options: WatchOptions) => Watch<TValue>,
): Watched<TValue> {
  const latest = useLatest(watch);
  const [kept, setKept] = useState<Kept<TValue>>({ ...NOTHING, key });

  useEffect(() => {
    if (key === undefined) return undefined;
    const task = new AbortController();
    const put = (change: Partial<Watched<TValue>>): void => {
      if (task.signal.aborted) return;
      setKept((before) => ({ ...(before.key === key ? before : NOTHING), ...change, key }));
    };
    const follow = async (): Promise<void> => {
      const values = latest.current({
        signal: task.signal,
        onState: (connection) => put({ connection }),
      });
      for await (const value of values) put({ value });
    };
    follow().catch((error: unknown) => put({ error }));
    return () => task.abort();
  }, [key, latest]);

  return kept.key === key ? kept : NOTHING;
}
