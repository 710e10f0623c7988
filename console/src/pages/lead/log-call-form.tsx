import { Button, Card, Group, NativeSelect, NumberInput, Stack, Textarea, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { CallOutcome } from '@earshot/sdk';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { client } from '../../app/client.js';
import { ErrorNotice } from '../../ui/error-notice.js';
import { focusFirst } from '../../ui/focus-first.js';
import { OUTCOME_NAMES, optionsOf } from '../../ui/names.js';
import { refresh } from '../../ui/refresh.js';
import { TEXT } from './text.js';

interface Props {
  readonly leadId: string;
  readonly onDone: () => void;
}

export function LogCallForm({ leadId, onDone }: Props) {
  const queries = useQueryClient();
  const [outcome, setOutcome] = useState<CallOutcome>('CONNECTED');
  const [seconds, setSeconds] = useState<number | string>('');
  const [notes, setNotes] = useState('');
  const log = useMutation({
    mutationFn: () =>
      client.logCall({
        leadId,
        outcome,
        durationSeconds: typeof seconds === 'number' ? seconds : undefined,
        notes: notes.trim() || undefined,
      }),
    onSuccess: async () => {
      await refresh(queries, ['lead', leadId], ['call-logs', leadId], ['leads']);
      notifications.show({ message: TEXT.logged });
      onDone();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    log.mutate();
  };
  return (
    <Card withBorder component="section" aria-label={TEXT.log}>
      <form onSubmit={submit}>
        <Stack>
          <Title order={2} size="h4">
            {TEXT.log}
          </Title>
          <Group align="end">
            <NativeSelect
              label={TEXT.outcome}
              data={optionsOf(OUTCOME_NAMES)}
              value={outcome}
              onChange={({ currentTarget }) => setOutcome(currentTarget.value as CallOutcome)}
              ref={focusFirst}
            />
            <NumberInput
              label={TEXT.duration}
              min={0}
              max={86_400}
              allowDecimal={false}
              hideControls
              value={seconds}
              onChange={setSeconds}
            />
          </Group>
          <Textarea
            label={TEXT.notes}
            maxLength={5000}
            autosize
            minRows={2}
            value={notes}
            onChange={({ currentTarget }) => setNotes(currentTarget.value)}
          />
          {log.error && <ErrorNotice error={log.error} />}
          <Group>
            <Button type="submit" loading={log.isPending}>
              {TEXT.submit}
            </Button>
            <Button variant="default" onClick={onDone}>
              {TEXT.cancel}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}
