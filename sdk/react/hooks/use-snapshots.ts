import { useSyncExternalStore } from 'react';
import type { RecordingPlayer, PlayerSnapshot } from '../../core/player/index.js';
import type {
  CallRecordingManager,
  Observable,
  RecordingUploadService,
  TrackedCall,
  UploadJob,
  UploadQueueSnapshot,
  UploadTarget,
} from '../../core/uploads/index.js';
import { isSameTarget } from '../../core/uploads/upload-job.js';
import { useService } from './earshot-context.js';

/** The latest snapshot of anything observable. */
export function useSnapshot<TSnapshot>(source: Observable<TSnapshot>): TSnapshot {
  return useSyncExternalStore(source.subscribe, source.getSnapshot, source.getSnapshot);
}

/** The queue as it is, and the service to act on it. */
export function useUploadQueue(): UploadQueueSnapshot & { readonly uploads: RecordingUploadService } {
  const uploads = useService('uploads');
  return { ...useSnapshot(uploads), uploads };
}

/** The newest upload for a call on this device; undefined where there is none. */
export function useUploadOf(call: UploadTarget): UploadJob | undefined {
  return useUploadQueue().jobs.findLast(({ target }) => isSameTarget(target, call));
}

/** The calls that have ended on this device; also those of the last week that have reached the server. */
export function useTrackedCalls(): {
  readonly tracked: readonly TrackedCall[];
  readonly calls: CallRecordingManager;
} {
  const calls = useService('calls');
  return { tracked: useSnapshot(calls), calls };
}

/** The one player of the app, and what it does. */
export function useRecordingPlayer(): PlayerSnapshot & { readonly player: RecordingPlayer } {
  const player = useService('player');
  return { ...useSnapshot(player), player };
}
