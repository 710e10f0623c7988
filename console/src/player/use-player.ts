import { trackKey, type PlayerState, type PlayerTrack } from '@earshot/sdk/player';
import { useSnapshot } from '@earshot/sdk/react';
import { useEffect, useEffectEvent } from 'react';
import { player } from './player-instance.js';

export interface View {
  readonly state: PlayerState;
  readonly rate: number;
  /** Whether the one player has this track. */
  readonly isPresent: boolean;
  /** Seconds. */
  readonly position: number;
  readonly duration: number;
  readonly isPlaying: boolean;
}

/** The one player as it is for this track, which is loaded, silent, when it is first shown. */
export function usePlayer(track: PlayerTrack, knownSeconds: number, isMade: boolean): View {
  const { state, rate } = useSnapshot(player);
  const key = trackKey(track);
  const load = useEffectEvent(() => player.load(track));
  useEffect(() => {
    load();
    return () => {
      const { state: last } = player.getSnapshot();
      if (last.phase !== 'idle' && trackKey(last.track) === key) player.stop();
    };
  }, [key]);
  const isPresent = state.phase !== 'idle' && trackKey(state.track) === key;
  // The copy that plays everywhere may have come after this browser failed at the original.
  const reload = useEffectEvent(() => {
    if (!isPresent || state.phase !== 'failed') return;
    player.stop();
    load();
  });
  useEffect(() => {
    if (isMade) reload();
  }, [isMade]);
  const playhead = isPresent && 'duration' in state ? state : undefined;
  return {
    state,
    rate,
    isPresent,
    position: isPresent && 'position' in state ? state.position : 0,
    duration: playhead?.duration ?? knownSeconds,
    isPlaying: playhead?.phase === 'playing' || playhead?.phase === 'buffering',
  };
}
