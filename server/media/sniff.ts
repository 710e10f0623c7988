import { hasTag } from './bytes.js';
import { ADTS } from './formats/adts.js';
import { AMR_MAGIC, AMR_WB_MAGIC } from './formats/amr.js';
import { ebmlDocType } from './formats/ebml.js';
import { confirmedFrame, TWO_FRAMES_BYTES } from './formats/frames.js';
import { skipId3In } from './formats/id3.js';
import { MPEG_AUDIO } from './formats/mpeg-audio.js';
import { sniffMp4 } from './formats/mp4-brand.js';
import { isOggPage } from './formats/ogg-page.js';
import { isWave } from './formats/riff.js';
import { TYPES, type Sniffed } from './sniffed.js';

/** How much of a file's beginning `sniff` wants: two frames behind a tag of usual length. More is ignored. */
export const SNIFF_BYTES = 64 * 1024;

/**
 * What a file is by its first bytes alone, whatever it is called; undefined for all that is no audio container.
 *
 * MPEG audio and ADTS have no magic number: two frames of one kind must follow each other, or one must end the file.
 * Behind an ID3v2 tag that leaves no room for two frames in the head, MP3 is assumed (cover art does that), unless the
 * tag is longer than the file; `identify` looks behind such a tag instead.
 *
 * An MP4 may still hold no audio track: that is told by `probe`.
 * @param head the first SNIFF_BYTES of the file, or all of it if it is shorter.
 * @param byteSize of the whole file, where known.
 */
export function sniff(head: Uint8Array, byteSize?: number): Sniffed | undefined {
  const bytes = head.subarray(0, SNIFF_BYTES);
  return sniffMagic(bytes) ?? sniffMp4(bytes) ?? sniffEbml(bytes) ?? sniffFrames(bytes, byteSize);
}

function sniffMagic(head: Uint8Array): Sniffed | undefined {
  if (hasTag(head, 0, AMR_MAGIC)) return TYPES.amr;
  if (hasTag(head, 0, AMR_WB_MAGIC)) return TYPES.amrWb;
  if (isOggPage(head) && ((head[5] ?? 0) & 2) !== 0) return TYPES.ogg;
  if (isWave(head)) return TYPES.wav;
  if (hasTag(head, 0, 'caff\u0000\u0001')) return TYPES.caf;
  return undefined;
}

function sniffEbml(head: Uint8Array): Sniffed | undefined {
  const docType = ebmlDocType(head);
  if (docType === 'webm') return TYPES.webm;
  return docType === 'matroska' ? TYPES.matroska : undefined;
}

/** What may stand behind ID3v2 tags. */
function sniffFrames(head: Uint8Array, byteSize: number | undefined): Sniffed | undefined {
  const start = skipId3In(head);
  if (start >= (byteSize ?? Infinity)) return undefined;
  if (hasTag(head, start, 'fLaC')) return TYPES.flac;
  if (confirmedFrame(ADTS, head, start, byteSize)) return TYPES.aac;
  if (confirmedFrame(MPEG_AUDIO, head, start, byteSize)) return TYPES.mp3;
  const outrun =
    start >= head.length || (head.length === SNIFF_BYTES && start + TWO_FRAMES_BYTES > SNIFF_BYTES);
  return start > 0 && outrun ? TYPES.mp3 : undefined;
}
