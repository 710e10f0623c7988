import type { ByteWindow } from '../byte-window.js';
import type { AudioFacts } from './audio-facts.js';
import { firstFrame, walkFrames, type FrameFormat } from './frames.js';
import { skipId3 } from './id3.js';

/** Sampling frequency index, ISO/IEC 14496-3 table 1.18. */
export const AAC_SAMPLE_RATES: readonly number[] = [
  96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350,
];
const SAMPLES_PER_BLOCK = 1024;

/** AAC in ADTS frames, ISO/IEC 14496-3 section 1.A.2.2: 7 bytes of header, 9 with a checksum. */
export const ADTS: FrameFormat = {
  headerBytes: 7,
  parse(bytes, at) {
    if (at + 7 > bytes.length || bytes[at] !== 0xff) return undefined;
    const b1 = bytes[at + 1] ?? 0;
    const b2 = bytes[at + 2] ?? 0;
    const b3 = bytes[at + 3] ?? 0;
    // 12 bits of sync; then the MPEG version, two bits of layer that are always 0, "no checksum".
    if ((b1 & 0xf6) !== 0xf0) return undefined;
    const sampleRate = AAC_SAMPLE_RATES[(b2 >> 2) & 0x0f];
    if (sampleRate === undefined) return undefined;
    const byteLength = ((b3 & 0x03) << 11) | ((bytes[at + 4] ?? 0) << 3) | ((bytes[at + 5] ?? 0) >> 5);
    if (byteLength <= ((b1 & 1) === 1 ? 7 : 9)) return undefined;
    const blocks = ((bytes[at + 6] ?? 0) & 0x03) + 1;
    const configuration = ((b2 & 1) << 2) | (b3 >> 6);
    return {
      byteLength,
      samples: blocks * SAMPLES_PER_BLOCK,
      sampleRate,
      channels: configuration === 7 ? 8 : configuration,
      kind: (b1 << 16) | ((b2 & 0xfd) << 8) | (b3 & 0xc0),
    };
  },
};

/** Exact, by a walk over all frames: ADTS has no header that tells its length, nor its encoder's delay. */
export async function probeAdts(window: ByteWindow): Promise<AudioFacts> {
  const start = await skipId3(window);
  const first = await firstFrame(window, ADTS, start);
  const { seconds, truncated } = await walkFrames(window, ADTS, start);
  // Channel configuration 0 leaves the layout to the first raw block.
  return {
    codec: 'aac',
    seconds,
    sampleRate: first.sampleRate,
    channels: first.channels || undefined,
    truncated,
  };
}
