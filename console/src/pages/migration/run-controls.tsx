import { Button, Group } from '@mantine/core';
import type { Migration } from '@earshot/sdk';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { client } from '../../app/client.js';
import { notifyFailure } from '../../ui/notify-failure.js';
import { TEXT } from './text.js';

type Action = 'pauseMigration' | 'resumeMigration' | 'cancelMigration';

/** What became of it comes as the run's own news. */
export function RunControls({ run }: { readonly run: Migration }) {
  const [isSure, setSure] = useState(false);
  const act = useMutation({
    mutationFn: (action: Action) => client[action](run.id),
    onError: notifyFailure,
  });
  const { status } = run;
  const isStill = status === 'PAUSED' || status === 'PAUSING';
  return (
    <Group gap="xs">
      {(status === 'RUNNING' || status === 'ENQUEUED') && (
        <Button variant="default" loading={act.isPending} onClick={() => act.mutate('pauseMigration')}>
          {TEXT.pause}
        </Button>
      )}
      {isStill && (
        <Button loading={act.isPending} onClick={() => act.mutate('resumeMigration')}>
          {TEXT.resume}
        </Button>
      )}
      {status !== 'CANCELLING' && (
        <Button
          color="red"
          variant={isSure ? 'filled' : 'default'}
          onClick={() => (isSure ? act.mutate('cancelMigration') : setSure(true))}
        >
          {isSure ? TEXT.cancelSure : TEXT.cancel}
        </Button>
      )}
      {isSure && (
        <Button variant="subtle" onClick={() => setSure(false)}>
          {TEXT.keep}
        </Button>
      )}
    </Group>
  );
}
