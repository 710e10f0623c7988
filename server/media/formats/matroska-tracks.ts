import { codecWord, pcmWord, viewOf } from '../bytes.js';
import { unsigned } from './ebml-element.js';

/** What the elements before the first cluster say. */
export interface MatroskaHeader {
  /** Nanoseconds of one tick. */
  timestampScale: number;
  /** Ticks. */
  duration?: number | undefined;
  tracks: MatroskaTrack[];
}

export interface MatroskaTrack {
  number?: number;
  type?: number;
  codecId?: string;
  sampleRate?: number;
  channels?: number;
  bits?: number;
}

/** Tracks beyond this are not looked at. */
const MAX_TRACKS = 64;
const AUDIO_TRACK = 2;

/** By element id, RFC 9559 section 5: how a leaf changes the header. Bodies are at most 64 bytes. */
const LEAVES = new Map<number, (header: MatroskaHeader, track: MatroskaTrack, body: Uint8Array) => void>([
  [0x2ad7b1, (header, _track, body) => (header.timestampScale = unsigned(body) || header.timestampScale)],
  [0x4489, (header, _track, body) => (header.duration = float(body))],
  [0xd7, (_header, track, body) => (track.number = unsigned(body))],
  [0x83, (_header, track, body) => (track.type = unsigned(body))],
  [0x86, (_header, track, body) => (track.codecId = String.fromCharCode(...body).replace(/\0+$/, ''))],
  [0xb5, (_header, track, body) => (track.sampleRate = float(body))],
  [0x9f, (_header, track, body) => (track.channels = unsigned(body))],
  [0x6264, (_header, track, body) => (track.bits = unsigned(body))],
]);
const TRACK_ENTRY = 0xae;

export function isHeaderLeaf(id: number): boolean {
  return LEAVES.has(id);
}

/** Takes one element's news into the header; a TrackEntry opens a track that the leaves after it describe. */
export function readHeaderElement(header: MatroskaHeader, id: number, body: Uint8Array): void {
  if (id === TRACK_ENTRY && header.tracks.length < MAX_TRACKS) header.tracks.push({});
  LEAVES.get(id)?.(header, header.tracks.at(-1) ?? {}, body);
}

export function audioTrack(header: MatroskaHeader): MatroskaTrack | undefined {
  return header.tracks.find((track) => track.type === AUDIO_TRACK);
}

/** Codec ids are registered at RFC 9559 section 6.2 and the Matroska codec specifications. */
export function matroskaCodec({ codecId = '', bits = 16 }: MatroskaTrack): string {
  if (codecId.startsWith('A_AAC')) return 'aac';
  if (codecId === 'A_MPEG/L3') return 'mp3';
  if (codecId.startsWith('A_PCM/INT')) return pcmWord(bits, 'int', codecId.endsWith('BIG'));
  if (codecId === 'A_PCM/FLOAT/IEEE') return pcmWord(bits, 'float');
  return codecWord(codecId.replace(/^A_/, ''));
}

/** 4 or 8 bytes; 0 for a number that measures nothing. */
function float(body: Uint8Array): number {
  const view = viewOf(body);
  const value = body.length === 8 ? view.getFloat64(0) : body.length === 4 ? view.getFloat32(0) : 0;
  return Number.isFinite(value) && value > 0 ? value : 0;
}
