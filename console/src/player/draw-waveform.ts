import type { Loop } from './use-loop.js';
import type { Sound } from './use-sound.js';

interface Picture {
  readonly sound: Sound;
  /** Seconds. */
  readonly position: number;
  readonly duration: number;
  readonly loop: Loop;
  /** Where notes are. */
  readonly marks: readonly number[];
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly scheme: 'light' | 'dark';
}

const COLORS = {
  light: { heard: '#1864ab', ahead: '#868e96', silence: '#e9ecef', loop: '#d0ebff', head: '#c92a2a' },
  dark: { heard: '#74c0fc', ahead: '#828a91', silence: '#2b2f33', loop: '#1c3d5a', head: '#ff8787' },
} as const;

const BAR = 3;
const GAP = 1;
/** What a recording without peaks is drawn as, of the full height. */
const FLAT = 0.12;

export function drawWaveform(context: CanvasRenderingContext2D, picture: Picture): void {
  const { sound, position, duration, loop, marks, width, height, scheme } = picture;
  const colors = COLORS[scheme];
  const x = (seconds: number): number => (duration > 0 ? (seconds / duration) * width : 0);
  const band = (from: number, to: number, color: string): void => {
    context.fillStyle = color;
    context.fillRect(x(from), 0, x(to) - x(from), height);
  };
  context.clearRect(0, 0, width, height);
  for (const { start, end } of sound.silences) band(start, end, colors.silence);
  if (loop.from !== undefined) band(loop.from, loop.to ?? duration, colors.loop);
  for (let left = 0; left < width; left += BAR + GAP) {
    const tall = Math.max(
      2,
      height * loudest(sound, (left / width) * duration, ((left + BAR) / width) * duration),
    );
    context.fillStyle = left < x(position) ? colors.heard : colors.ahead;
    context.fillRect(left, (height - tall) / 2, BAR, tall);
  }
  context.fillStyle = colors.head;
  context.fillRect(x(position) - 1, 0, 2, height);
  for (const mark of marks) {
    context.beginPath();
    context.arc(x(mark), 6, 4, 0, 2 * Math.PI);
    context.fill();
  }
}

/** How far the samples between two times reach, 0 to 1. */
function loudest({ peaks }: Sound, from: number, to: number): number {
  if (!peaks) return FLAT;
  const { samples, secondsPerPixel } = peaks;
  const first = Math.floor(from / secondsPerPixel) * 2;
  const last = Math.max(first + 2, Math.ceil(to / secondsPerPixel) * 2);
  let most = 0;
  for (let n = first; n < Math.min(last, samples.length); n++)
    most = Math.max(most, Math.abs(samples[n] ?? 0));
  return most / 128;
}
