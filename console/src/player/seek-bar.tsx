import { useRef, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { spokenTime } from '../ui/format.js';
import { player } from './player-instance.js';
import classes from './player.module.css';
import { TEXT } from './text.js';

interface Props {
  /** Seconds. */
  readonly position: number;
  readonly duration: number;
  readonly isEnabled: boolean;
  readonly children: ReactNode;
}

/** Seconds by key, as sliders of media players have them (WAI-ARIA Authoring Practices, slider). */
const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -5,
  ArrowDown: -5,
  ArrowRight: 5,
  ArrowUp: 5,
  PageDown: -10,
  PageUp: 10,
};

/** The position as a slider, for keys, for a pointer and for a screen reader. */
export function SeekBar({ position, duration, isEnabled, children }: Props) {
  const bar = useRef<HTMLDivElement>(null);
  const seekTo = ({ clientX }: PointerEvent): void => {
    const box = bar.current?.getBoundingClientRect();
    if (box && isEnabled) player.seek(((clientX - box.left) / box.width) * duration);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // Without it the keys would move another recording.
    if (!isEnabled) return;
    const step = STEPS[event.key];
    if (step !== undefined) player.skip(step);
    else if (event.key === 'Home') player.seek(0);
    else if (event.key === 'End') player.seek(duration);
    else return;
    event.preventDefault();
  };
  return (
    <div
      ref={bar}
      className={classes['bar']}
      role="slider"
      tabIndex={0}
      aria-label={TEXT.position}
      aria-valuemin={0}
      aria-valuemax={Math.round(duration)}
      aria-valuenow={Math.round(Math.min(position, duration))}
      aria-valuetext={`${spokenTime(position)} of ${spokenTime(duration)}`}
      aria-disabled={!isEnabled}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        seekTo(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) seekTo(event);
      }}
    >
      {children}
    </div>
  );
}
