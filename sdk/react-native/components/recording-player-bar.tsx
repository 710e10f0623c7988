import type { ReactNode } from 'react';
import { Text, View } from 'react-native';
import type { PlayerState, PlayerTrack } from '../../core/player/index.js';
import { useRecordingPlayer } from '../../react/hooks/index.js';
import { isOn, usePlayerWith } from '../../react/hooks/use-track.js';
import { useWords } from '../../react/words/index.js';
import { positionWords } from '../../react/words/position-words.js';
import { Button } from './button.js';
import { SeekBar } from './seek-bar.js';
import { useTheme } from './theme.js';

const SKIP_SECONDS = 10;
const RATES = [1, 1.25, 1.5, 2, 0.75];

export interface RecordingPlayerBarProps {
  /** What to have ready, silent. Without one, whatever the app's player has. */
  readonly track?: PlayerTrack | undefined;
}

/** The app's player at the foot of a screen: play, position, skip, speed; or why there is nothing to play. */
export function RecordingPlayerBar({ track }: RecordingPlayerBarProps): ReactNode {
  const { state, player } = usePlayerWith(track);
  const theme = useTheme();
  const words = useWords();

  if (state.phase === 'idle') return null;
  const box = {
    padding: 8,
    gap: 4,
    borderTopWidth: 1,
    borderColor: theme.line,
    backgroundColor: theme.surface,
  };
  if (state.phase === 'unavailable') {
    return (
      <View style={box} aria-live="polite">
        <Text style={{ color: theme.text }}>{words.noRecording[state.reason]}</Text>
      </View>
    );
  }
  if (state.phase === 'failed') {
    return (
      <View style={box} aria-live="assertive">
        <Text style={{ color: theme.danger }}>{words.cannotPlay(state.message)}</Text>
        <Button title={words.retry} onPress={() => player.play()} />
      </View>
    );
  }
  return (
    <View style={box} role="group" aria-label={state.track.title ?? words.recordings}>
      {state.track.title !== undefined && (
        <Text numberOfLines={1} style={{ color: theme.text, fontWeight: '600' }}>
          {state.track.title}
        </Text>
      )}
      <Controls state={state} />
      <Text style={{ color: theme.muted }}>
        {state.phase === 'loading' ? words.loading : positionWords(state, words)}
      </Text>
    </View>
  );
}

type Positioned = Extract<PlayerState, { readonly duration: number | undefined }>;

function Controls({ state }: { readonly state: Positioned }): ReactNode {
  const { rate, player } = useRecordingPlayer();
  const words = useWords();
  const next = RATES[(RATES.indexOf(rate) + 1) % RATES.length] ?? 1;
  return (
    <View style={{ flexDirection: 'row', flexWrap: 'wrap', alignItems: 'center', gap: 8 }}>
      <Button title={isOn(state) ? words.pause : words.play} onPress={() => player.toggle()} />
      <Button
        isQuiet
        title={`−${SKIP_SECONDS}`}
        label={words.back(SKIP_SECONDS)}
        onPress={() => player.skip(-SKIP_SECONDS)}
      />
      <SeekBar
        position={state.position}
        duration={state.duration}
        onSeek={(seconds) => player.seek(seconds)}
      />
      <Button
        isQuiet
        title={`+${SKIP_SECONDS}`}
        label={words.forward(SKIP_SECONDS)}
        onPress={() => player.skip(SKIP_SECONDS)}
      />
      <Button
        isQuiet
        title={`${rate} ×`}
        label={`${words.speed}: ${rate} ×`}
        onPress={() => player.setRate(next)}
      />
    </View>
  );
}
