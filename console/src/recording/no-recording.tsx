import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { CatiCall } from '@earshot/sdk';
import { NO_RECORDING_MESSAGES, noRecordingReason } from '@earshot/sdk/player';
import { daysUntil } from '@earshot/sdk/react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { client } from '../app/client.js';
import { may } from '../app/navigation.js';
import { useViewer } from '../app/session.js';
import { RetryRecordingDocument } from '../generated/operations.js';
import { ErrorNotice } from '../ui/error-notice.js';
import { formatTime } from '../ui/format.js';
import { FAILURE_NAMES } from '../ui/names.js';
import { refresh } from '../ui/refresh.js';
import { TEXT } from './text.js';

type Whole = NonNullable<CatiCall['recording']>;

/** What is asked for to tell why. */
type Absent = Pick<Whole, 'id' | 'status' | 'attempts' | 'nextAttemptAt' | 'sourceExpiresAt'> & {
  readonly error: Omit<NonNullable<Whole['error']>, 'at'> | null;
};

/** Why there is no recording, what is done about it, and what can be done. */
export function NoRecording({ recording }: { readonly recording: Absent | null }) {
  const { role } = useViewer();
  const reason = noRecordingReason(recording) ?? 'NONE';
  const isRetryable = recording?.status === 'FAILED' || reason === 'GONE_AT_SOURCE';
  return (
    <Alert
      role="status"
      color={recording?.status === 'FAILED' ? 'red' : 'blue'}
      title={NO_RECORDING_MESSAGES[reason]}
    >
      {recording && (
        <Stack gap="xs">
          {factsOf(recording).map((fact) => (
            <Text size="sm" key={fact}>
              {fact}
            </Text>
          ))}
          {isRetryable && may.retryRecording(role) && <RetryButton recordingId={recording.id} />}
        </Stack>
      )}
    </Alert>
  );
}

function factsOf({ error, attempts, nextAttemptAt, sourceExpiresAt, status }: Absent): string[] {
  const facts: string[] = [];
  if (error) facts.push(`${FAILURE_NAMES[error.code]}: ${error.message}`);
  if (attempts > 0) facts.push(`${TEXT.attempts}: ${attempts}.`);
  if (nextAttemptAt !== null) facts.push(`${TEXT.next}: ${formatTime(nextAttemptAt)}.`);
  if (status === 'FAILED' && error && !error.retryable) facts.push(TEXT.final);
  if (sourceExpiresAt !== null && status !== 'DELETED')
    facts.push(
      daysUntil(sourceExpiresAt, Date.now()) < 0
        ? TEXT.overdue
        : `${TEXT.until} ${formatTime(sourceExpiresAt)}.`,
    );
  return facts;
}

function RetryButton({ recordingId }: { readonly recordingId: string }) {
  const queries = useQueryClient();
  const retry = useMutation({
    mutationFn: () => client.request(RetryRecordingDocument, { input: { recordingId } }),
    onSuccess: async () => {
      notifications.show({ message: TEXT.retried });
      await refresh(queries, []);
    },
  });
  return (
    <>
      {retry.error && <ErrorNotice error={retry.error} />}
      <Group>
        <Button size="xs" variant="default" loading={retry.isPending} onClick={() => retry.mutate()}>
          {TEXT.retry}
        </Button>
      </Group>
    </>
  );
}
