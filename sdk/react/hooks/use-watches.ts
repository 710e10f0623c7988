import type { Migration, RecordingState, RecordingTarget } from '../../core/index.js';
import { useEarshot } from './earshot-context.js';
import { useWatched, type Watched } from './use-watched.js';

/** A recording as it changes: by its id, or the current recording of a call, also one that the call does not have yet. */
export function useRecording(target: RecordingTarget): Watched<RecordingState> {
  const { client } = useEarshot();
  const { id, callLogId, catiCallId } = target;
  return useWatched(JSON.stringify([id, callLogId, catiCallId]), (options) =>
    client.watchRecording(target, options),
  );
}

/** A run as it goes on, at most four times a second. Undefined: none. */
export function useMigrationProgress(id: string | undefined): Watched<Migration> {
  const { client } = useEarshot();
  return useWatched(id, (options) => client.watchMigration(id ?? '', options));
}
