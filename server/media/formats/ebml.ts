import type { ByteWindow } from '../byte-window.js';
import { latin1, viewOf } from '../bytes.js';
import { notAudio } from '../not-audio.js';
import type { AudioFacts } from './audio-facts.js';
import { ELEMENT_HEAD_BYTES, parseElement, unsigned, vintBytes, type EbmlElement } from './ebml-element.js';
import {
  audioTrack,
  isHeaderLeaf,
  matroskaCodec,
  readHeaderElement,
  type MatroskaHeader,
} from './matroska-tracks.js';
import { opusPacketSeconds } from './opus-packet.js';

const EBML = 0x1a45dfa3;
const DOC_TYPE = 0x4282;
const SEGMENT = 0x18538067;
const CLUSTER = 0x1f43b675;
const TIMESTAMP = 0xe7;
const SIMPLE_BLOCK = 0xa3;
const BLOCK = 0xa1;
const BLOCK_DURATION = 0x9b;
/** Stepped into, whatever size they claim: Segment, Info, Tracks, TrackEntry, Audio, Cluster, BlockGroup. */
const MASTERS = new Set([SEGMENT, 0x1549a966, 0x1654ae6b, 0xae, 0xe1, CLUSTER, 0xa0]);
/** What is read of a leaf: the longest is a codec's name. */
const LEAF_BYTES = 64;

/** The document type that an EBML head names (RFC 8794 section 11.2.4): `webm`, `matroska`; undefined for other bytes. */
export function ebmlDocType(head: Uint8Array): string | undefined {
  const header = parseElement(head);
  if (header?.id !== EBML || header.byteLength === undefined) return undefined;
  const end = header.headerBytes + header.byteLength;
  for (let at = header.headerBytes; at < end;) {
    const child = parseElement(head, at);
    if (child?.byteLength === undefined) return undefined;
    const body = at + child.headerBytes;
    if (child.id === DOC_TYPE) return latin1(head, body, Math.min(child.byteLength, 16)).replace(/\0+$/, '');
    at = body + child.byteLength;
  }
  return undefined;
}

interface Walk extends MatroskaHeader {
  clusterTicks: number;
  /** Ticks of the first audio block, and seconds that the last one ends after it. */
  firstTicks?: number;
  lastTicks: number;
  lastSeconds: number;
  /** The last block met was one of the audio track, so a duration behind it is too. */
  inAudio: boolean;
  truncated: boolean;
}

/**
 * WebM and Matroska: the header's duration, or, as browsers record without one, the end of the last audio block.
 * The walk is flat (masters are stepped into, leaves passed over), so nesting and the sizes of masters cannot lead it astray.
 */
export async function probeEbml(window: ByteWindow): Promise<AudioFacts> {
  const walk: Walk = {
    timestampScale: 1_000_000,
    tracks: [],
    clusterTicks: 0,
    lastTicks: 0,
    lastSeconds: 0,
    inAudio: false,
    truncated: false,
  };
  const sound = await walkElements(window, walk);
  const track = audioTrack(walk);
  if (!track) throw walk.truncated ? notAudio.cutOff() : notAudio.noTrack();
  if (!sound) throw walk.truncated ? notAudio.cutOff() : notAudio.noFrames();
  const tickSeconds = walk.timestampScale / 1e9;
  const counted = (walk.lastTicks - (walk.firstTicks ?? 0)) * tickSeconds + walk.lastSeconds;
  const seconds = walk.duration ? walk.duration * tickSeconds : counted;
  // RFC 9559 section 5.1.4.1.29: 8 kHz and one channel are the defaults.
  const sampleRate = track.sampleRate || 8000;
  return {
    codec: matroskaCodec(track),
    seconds,
    sampleRate,
    channels: track.channels || 1,
    truncated: walk.truncated,
  };
}

/** Whether any sound was met. */
async function walkElements(window: ByteWindow, walk: Walk): Promise<boolean> {
  let sound = false;
  for (let offset = 0; offset < window.byteSize;) {
    const length = ELEMENT_HEAD_BYTES + LEAF_BYTES;
    const bytes = window.held(offset, length) ?? (await window.load(offset, length));
    const element = parseElement(bytes);
    window.step();
    if (!element) {
      walk.truncated ||= bytes.length < ELEMENT_HEAD_BYTES;
      break;
    }
    const end = offset + element.headerBytes + (element.byteLength ?? 0);
    if (element.id === SEGMENT && end > window.byteSize) walk.truncated = true;
    if (element.id === CLUSTER && walk.duration && audioTrack(walk))
      return offset + element.headerBytes < window.byteSize;
    if (MASTERS.has(element.id)) {
      readHeaderElement(walk, element.id, new Uint8Array(0));
      offset += element.headerBytes;
      continue;
    }
    if (element.byteLength === undefined) break;
    if (end > window.byteSize) {
      walk.truncated = true;
      break;
    }
    sound = readLeaf(walk, element, bytes) || sound;
    offset = end;
  }
  return sound;
}

/** Whether the element is a block of the audio track. */
function readLeaf(walk: Walk, element: EbmlElement, bytes: Uint8Array): boolean {
  const end = Math.min(element.headerBytes + (element.byteLength ?? 0), bytes.length);
  const body = bytes.subarray(element.headerBytes, end);
  if (element.id === SIMPLE_BLOCK || element.id === BLOCK) return (walk.inAudio = readBlock(walk, body));
  if (element.id === TIMESTAMP) walk.clusterTicks = unsigned(body);
  else if (element.id === BLOCK_DURATION && walk.inAudio)
    walk.lastSeconds = (unsigned(body) * walk.timestampScale) / 1e9;
  else if (isHeaderLeaf(element.id)) readHeaderElement(walk, element.id, body);
  return false;
}

/** Track number, 16 bits of time relative to the cluster, flags, then the frames: RFC 9559 section 10. */
function readBlock(walk: Walk, body: Uint8Array): boolean {
  const track = audioTrack(walk);
  const at = vintBytes(body[0]);
  if (!track || at === undefined || body.length < at + 4) return false;
  if (((body[0] ?? 0) & (0xff >> at)) !== track.number && at === 1) return false;
  const ticks = walk.clusterTicks + viewOf(body).getInt16(at);
  walk.firstTicks ??= ticks;
  if (ticks < walk.lastTicks) return true;
  walk.lastTicks = ticks;
  walk.lastSeconds = track.codecId === 'A_OPUS' ? opusPacketSeconds(body.subarray(at + 3)) : 0;
  return true;
}
