import type { ByteWindow } from '../byte-window.js';
import { notAudio } from '../not-audio.js';
import type { AudioFacts } from './audio-facts.js';
import { parseOggCodec, type OggCodec } from './ogg-codec.js';
import { findOggPage, MAX_PAGE_BYTES, PAGE_HEAD_BYTES, parseOggPage, type OggPage } from './ogg-page.js';

/** The greatest identification header that is read: all of them are far shorter. */
const PACKET_BYTES = 128;
/** A page costs more work than a frame, and mostly holds several. */
const PAGE_PARTS = 2;
/** Logical streams that begin together: audio, video, subtitles. */
const MAX_STREAMS = 16;

interface Stream extends OggCodec {
  serial: number;
}

interface Walk {
  /** The chain link at hand. */
  stream: Stream;
  /** Of the links before it. */
  seconds: number;
  /** Samples of the link at hand, up to its last page. */
  granule: number;
  /** Whether every page was of the one audio stream. */
  single: boolean;
  truncated: boolean;
}

/** The last page's granule position; a walk over all pages where streams are chained or interleaved. */
export async function probeOgg(window: ByteWindow): Promise<AudioFacts> {
  const stream = await firstAudioStream(window);
  const tail = Math.max(window.byteSize - 2 * MAX_PAGE_BYTES, 0);
  let walk = await walkPages(window, stream, tail);
  if (tail > 0 && (!walk.single || walk.granule === 0)) walk = await walkPages(window, stream, 0);
  const seconds = walk.seconds + linkSeconds(walk);
  if (seconds === 0) throw walk.truncated ? notAudio.cutOff() : notAudio.noFrames();
  const { codec, sampleRate, channels } = stream;
  return { codec, seconds, sampleRate, channels, truncated: walk.truncated };
}

/** The first logical stream that is audio, of those whose first pages lead the file. */
async function firstAudioStream(window: ByteWindow): Promise<Stream> {
  let offset = 0;
  for (let streams = 0; streams < MAX_STREAMS; streams += 1) {
    const bytes = await window.load(offset, PAGE_HEAD_BYTES + PACKET_BYTES);
    const page = parseOggPage(bytes);
    if (!page) throw offset + bytes.length >= window.byteSize ? notAudio.cutOff() : notAudio.noTrack();
    if (!page.begins) break;
    const stream = audioStream(bytes, page);
    if (stream) return stream;
    offset += page.byteLength;
  }
  throw notAudio.noTrack();
}

function audioStream(bytes: Uint8Array, page: OggPage): Stream | undefined {
  const codec = parseOggCodec(bytes.subarray(page.bodyOffset, page.byteLength));
  return codec && { ...codec, serial: page.serial };
}

async function walkPages(window: ByteWindow, first: Stream, from: number): Promise<Walk> {
  const walk: Walk = { stream: first, seconds: 0, granule: 0, single: true, truncated: false };
  let offset = await findOggPage(window, from);
  while (offset !== undefined && offset < window.byteSize) {
    const length = PAGE_HEAD_BYTES + PACKET_BYTES;
    const bytes: Uint8Array = window.held(offset, length) ?? (await window.load(offset, length));
    const page = parseOggPage(bytes);
    window.step(PAGE_PARTS);
    if (!page || offset + page.byteLength > window.byteSize) {
      walk.truncated = await endsHere(window, offset, page);
      if (walk.truncated) break;
      offset = await findOggPage(window, offset + 1);
      continue;
    }
    readPage(walk, page, bytes);
    offset += page.byteLength;
  }
  return walk;
}

function readPage(walk: Walk, page: OggPage, bytes: Uint8Array): void {
  const next = page.begins && walk.granule > 0 ? audioStream(bytes, page) : undefined;
  if (page.serial !== walk.stream.serial || next) walk.single = false;
  if (next) {
    walk.seconds += linkSeconds(walk);
    walk.granule = 0;
    walk.stream = next;
  } else if (page.serial === walk.stream.serial && page.granule !== undefined) {
    walk.granule = Math.max(walk.granule, page.granule);
  }
}

/** A page cut by the end of the file, rather than lost between others. */
async function endsHere(window: ByteWindow, offset: number, page: OggPage | undefined): Promise<boolean> {
  const rest = await window.load(offset, 4);
  const pattern = String.fromCharCode(...rest);
  const isPage = rest.length > 0 && 'OggS'.startsWith(pattern);
  if (page) return (await findOggPage(window, offset + 1)) === undefined;
  return isPage && window.byteSize - offset < PAGE_HEAD_BYTES;
}

function linkSeconds({ stream, granule }: Walk): number {
  return Math.max(granule - stream.preSkip, 0) / stream.sampleRate;
}
