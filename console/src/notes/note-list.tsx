import { Button, Group, Stack, Text } from '@mantine/core';
import { clockTime } from '@earshot/sdk/react';
import { may } from '../app/navigation.js';
import { useViewer } from '../app/session.js';
import { player } from '../player/player-instance.js';
import { ErrorNotice } from '../ui/error-notice.js';
import { Section } from '../ui/section.js';
import { TEXT } from './text.js';
import type { useNotes } from './use-notes.js';

/** The notes in the order of the recording; the time of each jumps there. */
export function NoteList({ notes }: { readonly notes: ReturnType<typeof useNotes> }) {
  const viewer = useViewer();
  const { query, remove } = notes;
  return (
    <Section title={TEXT.title}>
      {query.error && <ErrorNotice error={query.error} />}
      {remove.error && <ErrorNotice error={remove.error} />}
      {query.data?.length === 0 && <Text c="dimmed">{TEXT.none}</Text>}
      <Stack component="ul" gap={4} p={0} m={0} style={{ listStyle: 'none' }}>
        {(query.data ?? []).map(({ id, atMs, text, author }) => (
          <Group component="li" key={id} gap="sm" wrap="nowrap" align="start">
            <Button variant="default" size="compact-sm" onClick={() => player.seek(atMs / 1000)}>
              {clockTime(atMs / 1000)}
            </Button>
            <Text style={{ flex: 1, overflowWrap: 'anywhere' }}>
              {text}
              {author && (
                <Text span size="sm" c="dimmed">
                  {` · ${author.name}`}
                </Text>
              )}
            </Text>
            {(may.deleteNotesOfOthers(viewer.role) || author?.id === viewer.id) && (
              <Button
                variant="subtle"
                size="compact-sm"
                aria-label={`${TEXT.remove} ${clockTime(atMs / 1000)}`}
                onClick={() => remove.mutate(id)}
              >
                ×
              </Button>
            )}
          </Group>
        ))}
      </Stack>
    </Section>
  );
}
