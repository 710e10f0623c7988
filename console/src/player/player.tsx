import { Alert, Button, Card, Group, Stack, Text } from '@mantine/core';
import { useDisclosure, useLocalStorage } from '@mantine/hooks';
import { NO_RECORDING_MESSAGES } from '@earshot/sdk/player';
import { useState } from 'react';
import { audio, player, toggleMuted } from './player-instance.js';
import { PlayerControls } from './player-controls.js';
import { playerKeys } from './player-keys.js';
import { SeekBar } from './seek-bar.js';
import { ShortcutHelp } from './shortcut-help.js';
import { TEXT } from './text.js';
import { useLoop } from './use-loop.js';
import { useMediaSession } from './use-media-session.js';
import { usePlayer } from './use-player.js';
import { useShortcutSetting } from './use-shortcut-setting.js';
import { useShortcuts } from './use-shortcuts.js';
import { useSkipSilence } from './use-skip-silence.js';
import { useSound } from './use-sound.js';
import { Waveform } from './waveform.js';

interface Props {
  readonly recordingId: string;
  readonly title: string;
  /** As the server measured; until the audio itself tells. */
  readonly durationMs: number | null;
  /** Where notes are, in seconds. */
  readonly marks?: readonly number[];
  /** Begins a note at this second. */
  readonly onNote?: ((second: number) => void) | undefined;
}

const NO_MARKS: readonly number[] = [];

/** Plays one stored recording. */
export function Player({ recordingId, title, durationMs, marks = NO_MARKS, onNote }: Props) {
  const track = { id: recordingId, title };
  const sound = useSound(recordingId);
  const view = usePlayer(track, (durationMs ?? 0) / 1000, sound.peaks !== undefined);
  const { state, isPresent, isPlaying, position, duration } = view;
  const loop = useLoop(position, isPlaying);
  const [isMuted, setMuted] = useState(audio.muted);
  const [skipsSilence, setSkips] = useLocalStorage({ key: 'earshot.skip-silence', defaultValue: false });
  const [keysOn, setKeysOn] = useShortcutSetting();
  const [helpOpened, help] = useDisclosure(false);
  // What is heard again and again is heard whole: a silence across its end would be jumped over for ever.
  useSkipSilence(skipsSilence && loop.to === undefined, sound.silences, position, isPlaying);
  useMediaSession(isPresent, title);
  const toggle = (): void => player.toggle(track);
  const mute = (): void => setMuted(toggleMuted());
  const note = onNote && ((): void => onNote(position));
  useShortcuts(isPresent && keysOn, playerKeys({ toggle, mute, note, help: help.open, duration }));
  return (
    <Card withBorder component="section" aria-label={`${TEXT.player}: ${title}`}>
      <Stack gap="sm">
        {isPresent && state.phase === 'failed' && sound.isAwaited && (
          <Alert role="status">{TEXT.beingMade}</Alert>
        )}
        {isPresent && state.phase === 'failed' && !sound.isAwaited && (
          <Alert color="red" role="alert">
            <Group justify="space-between">
              <Text size="sm">{state.message}</Text>
              <Button size="xs" variant="default" onClick={() => player.play()}>
                {TEXT.again}
              </Button>
            </Group>
          </Alert>
        )}
        {isPresent && state.phase === 'unavailable' && (
          <Alert role="status">{NO_RECORDING_MESSAGES[state.reason]}</Alert>
        )}
        <SeekBar position={position} duration={duration} isEnabled={isPresent}>
          <Waveform sound={sound} position={position} duration={duration} loop={loop} marks={marks} />
        </SeekBar>
        <PlayerControls
          view={view}
          onToggle={toggle}
          loop={loop}
          isMuted={isMuted}
          onMute={mute}
          skipsSilence={skipsSilence}
          onSkipSilence={sound.silences.length > 0 ? setSkips : undefined}
          onNote={note}
          onHelp={help.open}
        />
      </Stack>
      <ShortcutHelp opened={helpOpened} onClose={help.close} areOn={keysOn} onToggle={setKeysOn} />
    </Card>
  );
}
