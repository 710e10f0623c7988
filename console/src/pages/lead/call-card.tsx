import { Card, Group, Stack, Text } from '@mantine/core';
import type { CallLogListItem } from '@earshot/sdk';
import { may } from '../../app/navigation.js';
import { useViewer } from '../../app/session.js';
import { RecordingSection } from '../../recording/recording-section.js';
import { FlagBadges } from '../../ui/flag-badges.js';
import { formatDuration, formatTime } from '../../ui/format.js';
import { OUTCOME_NAMES } from '../../ui/names.js';
import { StorageStateBadge } from '../../ui/state-badge.js';

interface Props {
  readonly call: CallLogListItem;
  readonly leadName: string;
}

/** One call: what came of it, and its recording. */
export function CallCard({ call, leadName }: Props) {
  const { role } = useViewer();
  const when = formatTime(call.startedAt);
  return (
    <Card withBorder component="article" aria-label={`Call of ${when}`}>
      <Stack gap="xs">
        <Group justify="space-between">
          <Text fw={600}>{when}</Text>
          <Group gap="sm">
            <Text size="sm">{OUTCOME_NAMES[call.outcome]}</Text>
            <Text size="sm">{formatDuration(call.durationSeconds)}</Text>
            <Text size="sm" c="dimmed">
              {call.telecaller.name}
            </Text>
            <StorageStateBadge status={call.recording?.status} />
            <FlagBadges flags={call.recording?.flags ?? []} />
          </Group>
        </Group>
        {call.notes !== null && <Text size="sm">{call.notes}</Text>}
        <RecordingSection
          target={{ callLogId: call.id }}
          recording={call.recording}
          title={`${leadName}, ${when}`}
          mayUpload={may.logCalls(role)}
          folded
        />
      </Stack>
    </Card>
  );
}
