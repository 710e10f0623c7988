import { useEffect } from 'react';
import { player } from './player-instance.js';

const STEP = 10;

/** The keys of a headset and the controls of the system, while this recording is the one that plays. */
export function useMediaSession(isPresent: boolean, title: string): void {
  useEffect(() => {
    const { mediaSession } = navigator;
    if (!isPresent) return undefined;
    mediaSession.metadata = new MediaMetadata({ title, artist: 'Earshot' });
    const handlers: Partial<Record<MediaSessionAction, MediaSessionActionHandler>> = {
      play: () => player.play(),
      pause: () => player.pause(),
      seekbackward: ({ seekOffset }) => player.skip(-(seekOffset ?? STEP)),
      seekforward: ({ seekOffset }) => player.skip(seekOffset ?? STEP),
      seekto: ({ seekTime }) => player.seek(seekTime ?? 0),
    };
    const entries = Object.entries(handlers) as [MediaSessionAction, MediaSessionActionHandler][];
    for (const [action, handler] of entries) mediaSession.setActionHandler(action, handler);
    return () => {
      for (const [action] of entries) mediaSession.setActionHandler(action, null);
      mediaSession.metadata = null;
    };
  }, [isPresent, title]);
}
