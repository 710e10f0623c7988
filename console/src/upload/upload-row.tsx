import { Button, Card, Group, Progress, Stack, Text } from '@mantine/core';
import { isSettled, type RecordingUploadService, type UploadJob } from '@earshot/sdk/uploads';
import { formatBytes } from '../ui/format.js';
import { TEXT } from './text.js';
import { wordsOf } from './upload-words.js';

interface Props {
  readonly job: UploadJob;
  readonly service: RecordingUploadService;
}

/** One upload: how far it is, what holds it, and what can be done. */
export function UploadRow({ job, service }: Props) {
  const { file, byteSize, sentBytes, state } = job;
  const name = file.name ?? TEXT.queue;
  const percent = byteSize === 0 ? 0 : Math.floor((sentBytes / byteSize) * 100);
  return (
    <Card withBorder padding="sm" role="group" aria-label={`${TEXT.queue}: ${name}`}>
      <Stack gap="xs">
        <Group justify="space-between">
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {name}
          </Text>
          <Text size="sm" c="dimmed">
            {formatBytes(sentBytes)} / {formatBytes(byteSize)}
          </Text>
        </Group>
        <Progress value={percent} aria-label={name} />
        <Group justify="space-between">
          <Text size="sm" role="status">
            {wordsOf(state, percent)}
          </Text>
          <Actions job={job} service={service} />
        </Group>
      </Stack>
    </Card>
  );
}

function Actions({ job: { id, state }, service }: Props) {
  const action = (label: string, act: () => Promise<void>) => (
    <Button size="compact-sm" variant="default" onClick={() => void act()}>
      {label}
    </Button>
  );
  const isPaused = state.phase === 'held' && state.hold === 'PAUSED';
  const canResume = state.phase === 'cancelled' || (state.phase === 'failed' && state.problem.canRetry);
  return (
    <Group gap="xs">
      {isPaused && action(TEXT.resume, () => service.resume(id))}
      {canResume && action(TEXT.retry, () => service.resume(id))}
      {state.phase === 'waiting' && action(TEXT.retry, () => service.uploadNow(id))}
      {!isSettled(state) && !isPaused && action(TEXT.pause, () => service.pause(id))}
      {!isSettled(state) && action(TEXT.cancel, () => service.cancel(id))}
      {isSettled(state) && action(TEXT.remove, () => service.forget(id))}
    </Group>
  );
}
