import type { ByteWindow } from '../byte-window.js';
import { hasTag, latin1, viewOf } from '../bytes.js';
import type { AudioFacts } from './audio-facts.js';
import { firstFrame, walkFrames, type FrameFormat, type FrameHeader } from './frames.js';
import { skipId3 } from './id3.js';

/** Layer III bit rates in kbit/s by index; index 0 (free format) and 15 are refused. ISO/IEC 11172-3 and 13818-3. */
const BIT_RATES_1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const BIT_RATES_2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const SAMPLE_RATES_1 = [44100, 48000, 32000];
/** By the header's two bits of version: 2.5, reserved, 2, 1. */
const RATE_DIVISORS = [4, undefined, 2, 1];

/** MPEG 1, 2 and 2.5 audio layer III: 4 bytes of header. */
export const MPEG_AUDIO: FrameFormat = {
  headerBytes: 4,
  parse(bytes, at) {
    if (at + 4 > bytes.length || bytes[at] !== 0xff) return undefined;
    const b1 = bytes[at + 1] ?? 0;
    const b2 = bytes[at + 2] ?? 0;
    // 11 bits of sync, two of version, then layer III as 01.
    if ((b1 & 0xe6) !== 0xe2) return undefined;
    const divisor = RATE_DIVISORS[(b1 >> 3) & 3];
    const baseRate = SAMPLE_RATES_1[(b2 >> 2) & 3];
    if (divisor === undefined || baseRate === undefined) return undefined;
    const bitRate = (divisor === 1 ? BIT_RATES_1 : BIT_RATES_2)[b2 >> 4];
    if (!bitRate) return undefined;
    const samples = divisor === 1 ? 1152 : 576;
    const sampleRate = baseRate / divisor;
    return {
      byteLength: Math.floor(((samples / 8) * bitRate * 1000) / sampleRate) + ((b2 >> 1) & 1),
      samples,
      sampleRate,
      channels: (bytes[at + 3] ?? 0) >> 6 === 3 ? 1 : 2,
      // The bit rate and the padding change from frame to frame, the checksum and the channel mode may.
      kind: ((b1 & 0x1e) << 8) | (b2 & 0x0c),
    };
  },
};

/** What an encoder wrote about the whole stream into its first, silent frame. */
interface StreamHeader {
  frames: number;
  byteLength: number | undefined;
  /** Per channel, put in front and behind by the encoder: players drop them. */
  paddingSamples: number;
}

/** A stream this much longer than its header says was joined from several: the header speaks for the first only. */
const JOINED_SLACK_BYTES = 64 * 1024;
const STREAM_HEADER_BYTES = 256;

/** From the Xing, Info or VBRI header where there is one, else by a walk over all frames. */
export async function probeMpegAudio(window: ByteWindow): Promise<AudioFacts> {
  const start = await skipId3(window);
  const first = await firstFrame(window, MPEG_AUDIO, start);
  const facts = { codec: 'mp3', sampleRate: first.sampleRate, channels: first.channels };
  const header = streamHeader(await window.load(start, STREAM_HEADER_BYTES), first);
  const joined =
    header?.byteLength !== undefined &&
    window.byteSize - start > header.byteLength * 1.1 + JOINED_SLACK_BYTES;
  if (!header || joined) {
    const { seconds, truncated } = await walkFrames(window, MPEG_AUDIO, start);
    return { ...facts, seconds, truncated };
  }
  const samples = Math.max(header.frames * first.samples - header.paddingSamples, 0);
  // Some encoders count leading tags as well, so only a stream longer than the whole file is proof.
  const truncated = header.byteLength !== undefined && header.byteLength > window.byteSize;
  return { ...facts, seconds: samples / first.sampleRate, truncated };
}

function streamHeader(
  frame: Uint8Array,
  { sampleRate, samples, channels }: FrameHeader,
): StreamHeader | undefined {
  const mpeg1 = samples === 1152 && sampleRate >= 32000;
  const sideInfo = mpeg1 ? (channels === 1 ? 17 : 32) : channels === 1 ? 9 : 17;
  return xingHeader(frame, 4 + sideInfo) ?? vbriHeader(frame, 4 + 32);
}

/** `Xing` or `Info`, flags, then the fields that the flags name; LAME's extension behind them. */
function xingHeader(frame: Uint8Array, at: number): StreamHeader | undefined {
  const tag = latin1(frame, at, 4);
  if ((tag !== 'Xing' && tag !== 'Info') || frame.length < at + 16) return undefined;
  const view = viewOf(frame);
  const flags = view.getUint32(at + 4);
  const frames = (flags & 1) !== 0 ? view.getUint32(at + 8) : 0;
  if (frames === 0) return undefined;
  const byteLength = (flags & 2) !== 0 ? view.getUint32(at + 12) : 0;
  const extension =
    at + 8 + 4 + ((flags & 2) !== 0 ? 4 : 0) + ((flags & 4) !== 0 ? 100 : 0) + ((flags & 8) !== 0 ? 4 : 0);
  return { frames, byteLength: byteLength || undefined, paddingSamples: lamePadding(frame, extension) };
}

/** LAME's extension: the delay and the padding, 12 bits each, 21 bytes behind the encoder's name. */
function lamePadding(frame: Uint8Array, at: number): number {
  const writesPadding = hasTag(frame, at, 'LAME') || hasTag(frame, at, 'Lavf') || hasTag(frame, at, 'Lavc');
  if (!writesPadding || frame.length < at + 24) return 0;
  const [b0 = 0, b1 = 0, b2 = 0] = frame.subarray(at + 21);
  return ((b0 << 4) | (b1 >> 4)) + (((b1 & 0x0f) << 8) | b2);
}

/** `VBRI`, version, delay, quality (16 bits each), bytes, frames (32 bits each). */
function vbriHeader(frame: Uint8Array, at: number): StreamHeader | undefined {
  if (!hasTag(frame, at, 'VBRI') || frame.length < at + 18) return undefined;
  const view = viewOf(frame);
  const frames = view.getUint32(at + 14);
  return frames === 0
    ? undefined
    : { frames, byteLength: view.getUint32(at + 10) || undefined, paddingSamples: 0 };
}
