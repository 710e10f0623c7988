import { Button, Group } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { client } from '../../app/client.js';
import { SweepStorageDocument } from '../../generated/operations.js';
import { notifyFailure } from '../../ui/notify-failure.js';
import { refresh } from '../../ui/refresh.js';
import { TEXT } from './text.js';

export function SweepButtons({ isRunning }: { readonly isRunning: boolean }) {
  const queries = useQueryClient();
  const sweep = useMutation({
    mutationFn: (dryRun: boolean) => client.request(SweepStorageDocument, { input: { dryRun } }),
    onError: notifyFailure,
    // Also where somebody else's sweep is under way: it is shown then.
    onSettled: () => refresh(queries, ['storage-health']),
  });
  const isBusy = isRunning || sweep.isPending;
  return (
    <Group gap="xs">
      <Button variant="default" disabled={isBusy} onClick={() => sweep.mutate(true)}>
        {TEXT.sweepDry}
      </Button>
      <Button variant="default" disabled={isBusy} onClick={() => sweep.mutate(false)}>
        {TEXT.sweep}
      </Button>
    </Group>
  );
}
