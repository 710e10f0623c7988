import { useEffect, useState } from 'react';
import { player } from './player-instance.js';

/** Seconds. B is after A. */
export interface Loop {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

export interface LoopControl extends Loop {
  setFrom(): void;
  setTo(): void;
  clear(): void;
}

const NO_LOOP: Loop = { from: undefined, to: undefined };

/** Jumps back to A wherever B is passed. */
export function useLoop(position: number, isPlaying: boolean): LoopControl {
  const [loop, setLoop] = useState<Loop>(NO_LOOP);
  const { from, to } = loop;
  useEffect(() => {
    if (isPlaying && from !== undefined && to !== undefined && position >= to) player.seek(from);
  }, [position, isPlaying, from, to]);
  return {
    ...loop,
    setFrom: () => setLoop({ from: position, to: to !== undefined && to > position ? to : undefined }),
    // At the very beginning there is nothing before it to be heard again.
    setTo: () =>
      position > 0 && setLoop({ from: from !== undefined && from < position ? from : 0, to: position }),
    clear: () => setLoop(NO_LOOP),
  };
}
