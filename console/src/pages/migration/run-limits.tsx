import { Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { Migration } from '@earshot/sdk';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { client } from '../../app/client.js';
import { ErrorNotice } from '../../ui/error-notice.js';
import { LimitInput } from '../../ui/limit-input.js';
import { TEXT } from './text.js';

type Limits = Pick<
  Migration['options'],
  'concurrency' | 'batchSize' | 'delayMs' | 'requestsPerMinute' | 'maxBytesPerSecond'
>;
/** Undefined: emptied. */
type Changes = { readonly [Key in keyof Limits]?: number | undefined };

/** Those of a run that is under way: as the run has them, but for what is being changed here. */
export function RunLimits({ run }: { readonly run: Migration }) {
  const { options } = run;
  const [changes, setChanges] = useState<Changes>({});
  const save = useMutation({
    mutationFn: () => client.updateMigrationLimits({ id: run.id, ...inputOf(changes) }),
    onSuccess: () => {
      notifications.show({ message: TEXT.saved });
      setChanges({});
    },
  });
  const field = (key: keyof Limits, label: string, min = 1) => (
    <LimitInput
      label={label}
      min={min}
      value={key in changes ? changes[key] : (options[key] ?? undefined)}
      onChange={(value) => setChanges((before) => ({ ...before, [key]: value }))}
    />
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Card withBorder component="section" aria-label={TEXT.limits}>
      <form onSubmit={submit}>
        <Stack gap="xs">
          <Title order={2} size="h4">
            {TEXT.limits}
          </Title>
          <Text size="sm" c="dimmed">
            {TEXT.limitsHint}
          </Text>
          <Group align="end">
            {field('concurrency', TEXT.concurrency)}
            {field('requestsPerMinute', TEXT.perMinute)}
            {field('maxBytesPerSecond', TEXT.bytesPerSecond)}
            {field('batchSize', TEXT.batchSize)}
            {field('delayMs', TEXT.delay, 0)}
            <Button type="submit" variant="default" loading={save.isPending}>
              {TEXT.save}
            </Button>
          </Group>
          {save.error && <ErrorNotice error={save.error} />}
        </Stack>
      </form>
    </Card>
  );
}

/** Somebody else's changes of the other limits stand. Null: no limit; the other ones cannot be none. */
function inputOf(changes: Changes) {
  const { requestsPerMinute = null, maxBytesPerSecond = null, ...always } = changes;
  return {
    ...always,
    ...('requestsPerMinute' in changes && { requestsPerMinute }),
    ...('maxBytesPerSecond' in changes && { maxBytesPerSecond }),
  };
}
