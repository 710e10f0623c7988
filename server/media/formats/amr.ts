import type { ByteWindow } from '../byte-window.js';
import { notAudio } from '../not-audio.js';
import type { AudioFacts } from './audio-facts.js';

export const AMR_MAGIC = '#!AMR\n';
export const AMR_WB_MAGIC = '#!AMR-WB\n';

/**
 * Bytes of a frame by its type, the one byte of header included; undefined for types that files do not use.
 * RFC 4867 section 5.3 over 3GPP TS 26.101 table 2: 4.75 … 12.2 kbit/s, comfort noise, no data.
 */
const NARROW_FRAMES: readonly (number | undefined)[] = [
  13,
  14,
  16,
  18,
  20,
  21,
  27,
  32,
  6,
  undefined,
  undefined,
  undefined,
  undefined,
  undefined,
  undefined,
  1,
];
/** The same over 3GPP TS 26.201 table 2: 6.60 … 23.85 kbit/s, comfort noise, speech lost, no data. */
const WIDE_FRAMES: readonly (number | undefined)[] = [
  18,
  24,
  33,
  37,
  41,
  47,
  51,
  59,
  61,
  6,
  undefined,
  undefined,
  undefined,
  undefined,
  1,
  1,
];
const FRAME_SECONDS = 0.02;
/** The padding bits of a frame's header, always 0. */
const PADDING_BITS = 0b1000_0011;

/** Exact: every frame is 20 ms. Counts up to the first byte that begins no frame, as a decoder would play it. */
export async function probeAmr(window: ByteWindow, band: 'narrow' | 'wide'): Promise<AudioFacts> {
  const sizes = band === 'wide' ? WIDE_FRAMES : NARROW_FRAMES;
  let offset = (band === 'wide' ? AMR_WB_MAGIC : AMR_MAGIC).length;
  let frames = 0;
  while (offset < window.byteSize) {
    const [header = 0] = window.held(offset, 1) ?? (await window.load(offset, 1));
    const size = (header & PADDING_BITS) === 0 ? sizes[(header >> 3) & 0x0f] : undefined;
    if (size === undefined) break;
    window.step();
    offset += size;
    if (offset <= window.byteSize) frames += 1;
  }
  const truncated = offset > window.byteSize;
  if (frames === 0) throw truncated ? notAudio.cutOff() : notAudio.noFrames();
  return {
    codec: band === 'wide' ? 'amr_wb' : 'amr_nb',
    seconds: frames * FRAME_SECONDS,
    sampleRate: band === 'wide' ? 16000 : 8000,
    channels: 1,
    truncated,
  };
}
