import type { ByteWindow } from '../byte-window.js';
import { notAudio } from '../not-audio.js';
import { ID3_HEADER_BYTES, id3Length } from './id3.js';

/** One frame of a stream that is nothing but frames (ADTS, MPEG audio). */
export interface FrameHeader {
  /** The whole frame, its header included. */
  byteLength: number;
  /** Per channel. */
  samples: number;
  sampleRate: number;
  channels: number;
  /** Equal in all frames of one stream. */
  kind: number;
}

export interface FrameFormat {
  headerBytes: number;
  /** The frame that begins with these bytes, or undefined if none does. */
  parse(bytes: Uint8Array, offset: number): FrameHeader | undefined;
}

export interface FrameWalk {
  frames: number;
  seconds: number;
  /** The last frame runs past the end of the file. */
  truncated: boolean;
}

/** Holds the longest frame there is (ADTS, 13 bits of length) and the header after it. */
export const TWO_FRAMES_BYTES = 16 * 1024;
/** Foreign bytes between two frames that a walk passes over: longer is the end of the audio. */
const MAX_JUNK_BYTES = 64 * 1024;

/**
 * The frame at `offset`, if a second one of the same kind follows it at once, or the file ends with it.
 * @param byteSize of the whole file, where known.
 */
export function confirmedFrame(
  format: FrameFormat,
  bytes: Uint8Array,
  offset: number,
  byteSize?: number,
): FrameHeader | undefined {
  const first = format.parse(bytes, offset);
  if (!first) return undefined;
  const next = offset + first.byteLength;
  if (next === byteSize) return first;
  return format.parse(bytes, next)?.kind === first.kind ? first : undefined;
}

/** The frame at `start`, confirmed as far as the file goes. Throws NotAudio where none begins there, or none ends. */
export async function firstFrame(
  window: ByteWindow,
  format: FrameFormat,
  start: number,
): Promise<FrameHeader> {
  const bytes = await window.load(start, TWO_FRAMES_BYTES);
  if (bytes.length < format.headerBytes) throw notAudio.cutOff();
  const left = window.byteSize - start;
  const first = format.parse(bytes, 0);
  if (!first) throw notAudio.noFrames();
  if (first.byteLength > left) throw notAudio.cutOff();
  // A second header that the end cuts off is too little to refuse.
  if (left - first.byteLength < format.headerBytes) return first;
  if (!confirmedFrame(format, bytes, 0, left)) throw notAudio.noFrames();
  return first;
}

/** Counts the frames from `start` to the end of the file, in constant memory. */
export async function walkFrames(window: ByteWindow, format: FrameFormat, start: number): Promise<FrameWalk> {
  const walk: FrameWalk = { frames: 0, seconds: 0, truncated: false };
  let offset: number | undefined = start;
  while (offset !== undefined && offset < window.byteSize) {
    const bytes: Uint8Array =
      window.held(offset, format.headerBytes) ?? (await window.load(offset, format.headerBytes));
    const frame = format.parse(bytes, 0);
    window.step();
    if (!frame && bytes.length < format.headerBytes && bytes[0] === 0xff) {
      walk.truncated = true;
      break;
    } else if (!frame) {
      offset = await nextFrame(window, format, offset);
    } else if (offset + frame.byteLength > window.byteSize) {
      walk.truncated = true;
      break;
    } else {
      walk.frames += 1;
      walk.seconds += frame.samples / frame.sampleRate;
      offset += frame.byteLength;
    }
  }
  return walk;
}

/** Where the audio goes on behind foreign bytes: a tag between joined files, or damage. */
async function nextFrame(window: ByteWindow, format: FrameFormat, lost: number): Promise<number | undefined> {
  const tag = id3Length(await window.load(lost, ID3_HEADER_BYTES));
  if (tag !== undefined) return lost + tag;
  const bytes = await window.load(lost, MAX_JUNK_BYTES);
  const toEnd = window.byteSize - lost;
  for (let at = 1; at < bytes.length; at += 1) {
    if (confirmedFrame(format, bytes, at, toEnd)) return lost + at;
  }
  return undefined;
}
