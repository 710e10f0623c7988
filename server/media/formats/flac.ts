import { CHUNK_PARTS, type ByteWindow } from '../byte-window.js';
import { hasTag, viewOf } from '../bytes.js';
import { notAudio } from '../not-audio.js';
import type { AudioFacts } from './audio-facts.js';
import { skipId3 } from './id3.js';

export const STREAMINFO_BYTES = 34;

/** STREAMINFO, RFC 9639 section 8.2. Undefined where the 34 bytes cannot be one. */
export function parseStreamInfo(
  block: Uint8Array,
): { sampleRate: number; channels: number; samples: number } | undefined {
  if (block.length < STREAMINFO_BYTES) return undefined;
  const view = viewOf(block);
  const packed = view.getUint32(10);
  const sampleRate = packed >>> 12;
  if (sampleRate === 0) return undefined;
  // 36 bits of samples: 4 in the packed word's neighbour, 32 after it. 0 is "not known".
  const samples = (view.getUint8(13) & 0x0f) * 2 ** 32 + view.getUint32(14);
  return { sampleRate, channels: ((packed >>> 9) & 7) + 1, samples };
}

/** From STREAMINFO; the metadata blocks behind it are passed over to see that any frame follows. */
export async function probeFlac(window: ByteWindow): Promise<AudioFacts> {
  const start = await skipId3(window);
  const head = await window.load(start, 8 + STREAMINFO_BYTES);
  if (head.length < 8 + STREAMINFO_BYTES) throw notAudio.cutOff();
  const info = parseStreamInfo(head.subarray(8));
  if (!hasTag(head, 0, 'fLaC') || ((head[4] ?? 0) & 0x7f) !== 0 || !info) throw notAudio.damaged();
  let offset = start + 4;
  for (let last = false; !last;) {
    const block = await window.load(offset, 4);
    if (block.length < 4) throw notAudio.cutOff();
    window.step(CHUNK_PARTS);
    last = ((block[0] ?? 0) & 0x80) !== 0;
    offset += 4 + (viewOf(block).getUint32(0) & 0xffffff);
  }
  if (offset >= window.byteSize) throw notAudio.cutOff();
  const { sampleRate, channels, samples } = info;
  return {
    codec: 'flac',
    seconds: samples > 0 ? samples / sampleRate : undefined,
    sampleRate,
    channels,
    truncated: false,
  };
}
