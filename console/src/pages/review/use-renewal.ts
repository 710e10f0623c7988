import { useEffect, useEffectEvent, useRef } from 'react';
import { audio } from '../../player/player-instance.js';

/** A lock that lasts for longer is left alone; and one that could not be renewed is not asked for at every key. */
const ENOUGH_MS = 20 * 60_000;
const PAUSE_MS = 60_000;

/** Renews the lock of who works on the page: types, points or listens. */
export function useRenewal(claimedUntil: string | null, renew: () => void): void {
  const lastTry = useRef(-PAUSE_MS);
  const onWork = useEffectEvent((): void => {
    const left = claimedUntil === null ? 0 : Date.parse(claimedUntil) - Date.now();
    if (left > ENOUGH_MS || performance.now() - lastTry.current < PAUSE_MS) return;
    lastTry.current = performance.now();
    renew();
  });
  useEffect(() => {
    const listener = (): void => onWork();
    const sources = [
      [document, 'keydown'],
      [document, 'pointerdown'],
      [audio, 'timeupdate'],
    ] as const;
    for (const [source, event] of sources) source.addEventListener(event, listener);
    return () => {
      for (const [source, event] of sources) source.removeEventListener(event, listener);
    };
  }, []);
}
