import { useEffect } from 'react';
import type { Sound } from './use-sound.js';
import { player } from './player-instance.js';

/** Seconds before the sound that are still heard, so that no word is cut; and the least that is worth a jump. */
const LEAD = 0.2;
const WORTH = 0.3;

export function useSkipSilence(
  isOn: boolean,
  silences: Sound['silences'],
  position: number,
  isPlaying: boolean,
): void {
  useEffect(() => {
    if (!isOn || !isPlaying) return;
    const span = silences.find(({ start, end }) => position >= start && position < end - LEAD - WORTH);
    if (span) player.seek(span.end - LEAD);
  }, [isOn, silences, position, isPlaying]);
}
