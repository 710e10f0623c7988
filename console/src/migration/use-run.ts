import type { Migration, WatchState } from '@earshot/sdk';
import { useWatched } from '@earshot/sdk/react';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { client } from '../app/client.js';
import { refresh } from '../ui/refresh.js';
import { isOver } from './run-state.js';

interface WatchedRun {
  readonly run: Migration | undefined;
  readonly error: Error | undefined;
  /** How news come; undefined until that is known, and once the run is over. */
  readonly state: WatchState | undefined;
}

/** A run as it is, at each of its changes; the list of runs is asked for again once it is over, or left. */
export function useRun(id: string): WatchedRun {
  const queries = useQueryClient();
  const { value: run, error, connection } = useWatched(id, (options) => client.watchMigration(id, options));
  const hasEnded = error !== undefined || (run !== undefined && isOver(run));
  useEffect(() => {
    if (hasEnded) return undefined;
    return () => void refresh(queries, ['migrations']);
  }, [hasEnded, queries]);
  return { run, error: error as Error | undefined, state: hasEnded ? undefined : connection };
}
