import { Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { Migration } from '@earshot/sdk';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { client } from '../../app/client.js';
import { ErrorNotice } from '../../ui/error-notice.js';
import { LimitInput } from '../../ui/limit-input.js';
import { TEXT } from './text.js';

type Limits = Record<
  'concurrency' | 'batchSize' | 'delayMs' | 'requestsPerMinute' | 'maxBytesPerSecond',
  number | undefined
>;

/** Those of a run that is under way. */
export function RunLimits({ run }: { readonly run: Migration }) {
  const { options } = run;
  const [limits, setLimits] = useState<Limits>({
    concurrency: options.concurrency,
    batchSize: options.batchSize,
    delayMs: options.delayMs,
    requestsPerMinute: options.requestsPerMinute ?? undefined,
    maxBytesPerSecond: options.maxBytesPerSecond ?? undefined,
  });
  const save = useMutation({
    mutationFn: () => {
      const { requestsPerMinute = null, maxBytesPerSecond = null, ...always } = limits;
      return client.updateMigrationLimits({ id: run.id, ...always, requestsPerMinute, maxBytesPerSecond });
    },
    onSuccess: () => notifications.show({ message: TEXT.saved }),
  });
  const field = (key: keyof Limits, label: string, min = 1) => (
    <LimitInput
      label={label}
      min={min}
      value={limits[key]}
      onChange={(value) => setLimits((before) => ({ ...before, [key]: value }))}
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
