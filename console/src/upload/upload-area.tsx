import { Stack } from '@mantine/core';
import { useSnapshot } from '@earshot/sdk/react';
import type { UploadPhase, UploadTarget } from '@earshot/sdk/uploads';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useViewer } from '../app/session.js';
import { ErrorNotice } from '../ui/error-notice.js';
import { refreshCalls } from '../ui/refresh.js';
import { DropZone } from './drop-zone.js';
import { UploadRow } from './upload-row.js';
import { uploadsOf } from './uploads.js';

/** A place to drop a recording of one call, and what becomes of it. */
export function UploadArea({ target }: { readonly target: UploadTarget }) {
  const uploads = uploadsOf(useViewer().id);
  const { jobs } = useSnapshot(uploads.service);
  const mine = jobs.filter(
    (job) => job.target.callLogId === target.callLogId && job.target.catiCallId === target.catiCallId,
  );
  const add = useMutation({
    mutationFn: (file: File) => uploads.upload({ ...target, blob: file, name: file.name }),
  });
  useRefreshAtEach(
    mine
      .map(({ state }) => state.phase)
      .filter(isNews)
      .join(),
  );
  return (
    <Stack gap="xs">
      <DropZone onFile={(file) => add.mutate(file)} />
      {add.error && <ErrorNotice error={add.error} />}
      {mine.map((job) => (
        <UploadRow key={job.id} job={job} service={uploads.service} />
      ))}
    </Stack>
  );
}

const isNews = (phase: UploadPhase): boolean =>
  phase === 'verifying' || phase === 'uploaded' || phase === 'failed';

/** What shows the call asks again whenever its bytes have come further. */
function useRefreshAtEach(news: string): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (news !== '') void refreshCalls(queries);
  }, [news, queries]);
}
