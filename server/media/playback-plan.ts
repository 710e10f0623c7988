import type { Container } from './sniffed.js';

/** What a copy that plays everywhere takes: nothing, other packing, or decoding and encoding again. */
export type PlaybackPlan = 'none' | 'remux' | 'transcode';

/** What browsers and phones play as it is. Of a container that is not here, nothing. */
const PLAYABLE: Partial<Record<Container, RegExp>> = {
  flac: /^flac$/,
  mp3: /^mp3$/,
  mp4: /^(aac|mp3|opus|flac)$/,
  ogg: /^(opus|vorbis|flac)$/,
  wav: /^pcm_(u8|s16le|s24le|s32le|f32le|mulaw|alaw)$/,
  webm: /^(opus|vorbis)$/,
};

/**
 * Raw ADTS plays, but cannot be jumped in on Android, and has no index anywhere; 3GP is refused by Firefox, AMR by every
 * browser.
 */
export function playbackPlan(container: Container, codec: string): PlaybackPlan {
  if (PLAYABLE[container]?.test(codec)) return 'none';
  return codec === 'aac' && (container === 'aac' || container === '3gp') ? 'remux' : 'transcode';
}
