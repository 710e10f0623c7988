import { Stack } from '@mantine/core';
import { useMemo, useState } from 'react';
import { may } from '../app/navigation.js';
import { useViewer } from '../app/session.js';
import { Player } from '../player/player.js';
import { NoteForm } from './note-form.js';
import { NoteList } from './note-list.js';
import { useNotes } from './use-notes.js';

interface Props {
  readonly recording: { readonly id: string; readonly durationMs: number | null };
  readonly title: string;
}

/** The player with the notes of its recording: marks in the waveform, and a list that jumps. */
export function NotedPlayer({ recording, title }: Props) {
  const { role } = useViewer();
  const notes = useNotes(recording.id);
  const [second, setSecond] = useState<number>();
  const { data } = notes.query;
  const marks = useMemo(() => (data ?? []).map(({ atMs }) => atMs / 1000), [data]);
  return (
    <Stack gap="sm">
      <Player
        recordingId={recording.id}
        title={title}
        durationMs={recording.durationMs}
        marks={marks}
        onNote={may.addNotes(role) ? setSecond : undefined}
      />
      {second !== undefined && (
        <NoteForm key={second} second={second} add={notes.add} onDone={() => setSecond(undefined)} />
      )}
      <NoteList notes={notes} />
    </Stack>
  );
}
