import { useEffect } from 'react';
import { trackKey, type PlayerState, type PlayerTrack } from '../../core/player/index.js';
import { useLatest } from './use-latest.js';
import { useRecordingPlayer } from './use-snapshots.js';

/** The app's player, made ready with this track, silent; without one, as it is. */
export function usePlayerWith(track: PlayerTrack | undefined): ReturnType<typeof useRecordingPlayer> {
  const playing = useRecordingPlayer();
  const { player } = playing;
  const latest = useLatest(track);
  // A track with the same key is the same recording.
  const key = track && trackKey(track);
  useEffect(() => {
    if (key !== undefined && latest.current) player.load(latest.current);
  }, [key, player, latest]);
  return playing;
}

/** Whether the player's one button says "pause": for this track, or for whatever is loaded. */
export function isOn(state: PlayerState, track?: PlayerTrack): boolean {
  if (state.phase !== 'playing' && state.phase !== 'buffering') return false;
  return !track || trackKey(state.track) === trackKey(track);
}
