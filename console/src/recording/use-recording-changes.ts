import type { RecordingStatus } from '@earshot/sdk';
import { useWatched } from '@earshot/sdk/react';
import type { UploadTarget } from '@earshot/sdk/uploads';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { client } from '../app/client.js';
import { refresh, refreshCalls } from '../ui/refresh.js';

/** What shows this recording is asked for again whenever its state changes, until it is stored. */
export function useRecordingChanges(target: UploadTarget, status: RecordingStatus | undefined): void {
  const queries = useQueryClient();
  const isUnderWay = status === 'EXPECTED' || status === 'PENDING';
  const { value, error } = useWatched(
    isUnderWay ? (target.callLogId ?? target.catiCallId) : undefined,
    (options) => client.watchRecording(target, options),
  );
  const heard = value?.status;
  useEffect(() => {
    // Not to be seen any more, or signed out: the page's own queries say so.
    if (error !== undefined || (heard !== undefined && heard !== status))
      void Promise.all([refreshCalls(queries), refresh(queries, ['sound'])]);
  }, [heard, status, error, queries]);
}
