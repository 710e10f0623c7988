import type { ReactNode } from 'react';
import type { PlayerTrack } from '../../core/player/index.js';
import { useRecordingPlayer } from '../../react/hooks/index.js';
import { isOn } from '../../react/hooks/use-track.js';
import { useWords } from '../../react/words/index.js';
import { Button } from './button.js';

export interface PlayButtonProps {
  readonly track: PlayerTrack;
  /** What screen readers say is played; the track's title when absent. */
  readonly label?: string | undefined;
}

/** Plays this recording in the app's player, or pauses it there. */
export function PlayButton({ track, label = track.title }: PlayButtonProps): ReactNode {
  const { state, player } = useRecordingPlayer();
  const words = useWords();
  const title = isOn(state, track) ? words.pause : words.play;
  return (
    <Button
      title={title}
      label={label === undefined ? title : `${title}, ${label}`}
      onPress={() => player.toggle(track)}
    />
  );
}
