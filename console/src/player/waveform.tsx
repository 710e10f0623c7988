import { useComputedColorScheme } from '@mantine/core';
import { useElementSize, useMergedRef } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import type { Loop } from './use-loop.js';
import type { Sound } from './use-sound.js';
import { drawWaveform } from './draw-waveform.js';

const HEIGHT = 72;

interface Props {
  readonly sound: Sound;
  /** Seconds. */
  readonly position: number;
  readonly duration: number;
  readonly loop: Loop;
  readonly marks: readonly number[];
}

/** The picture of a recording: for the eye only, the slider around it says the same in words. */
export function Waveform({ sound, position, duration, loop, marks }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { ref: measured, width } = useElementSize<HTMLCanvasElement>();
  const ref = useMergedRef(canvas, measured);
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context || width === 0) return;
    const scale = window.devicePixelRatio;
    element.width = width * scale;
    element.height = HEIGHT * scale;
    context.scale(scale, scale);
    drawWaveform(context, { sound, position, duration, loop, marks, width, height: HEIGHT, scheme });
  }, [sound, position, duration, loop, marks, width, scheme]);
  return <canvas ref={ref} aria-hidden style={{ width: '100%', height: HEIGHT, display: 'block' }} />;
}
