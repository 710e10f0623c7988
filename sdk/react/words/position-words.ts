import type { Playhead } from '../../core/player/index.js';
import { clockTime } from './format.js';
import type { Words } from './words.js';

/** How far a recording is, of how much: `0:12 of 4:07`. */
export const positionWords = (
  { position, duration }: Pick<Playhead, 'position' | 'duration'>,
  words: Words,
): string => words.positionOf(clockTime(position), duration === undefined ? '–' : clockTime(duration));
