import { Button, Group } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { client } from '../../app/client.js';
import { notifyFailure } from '../../ui/notify-failure.js';
import { TEXT } from './text.js';

/** The link is signed when it is asked for: one in the page would be over by the time it is used. */
export function ReportLink({ runId }: { readonly runId: string }) {
  const download = useMutation({
    mutationFn: () => client.migrationReport(runId, 'CSV'),
    onSuccess: ({ url }) => window.location.assign(url),
    onError: notifyFailure,
  });
  return (
    <Group>
      <Button variant="default" loading={download.isPending} onClick={() => download.mutate()}>
        {TEXT.csv}
      </Button>
    </Group>
  );
}
