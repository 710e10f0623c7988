import type { ByteWindow } from '../byte-window.js';
import { latin1, viewOf } from '../bytes.js';
import { LEAF_BYTES, leafBytes, leaves, type Box } from './mp4-box.js';
import { parseSampleEntry, type SampleEntry } from './mp4-sample-entry.js';

export interface Track {
  id: number;
  handler: string;
  /** Ticks of a second, of this track. */
  timescale: number;
  /** Ticks; 0 where unknown. */
  duration: number;
  /** Ticks of the movie that its edit list plays; 0 without one. */
  edited: number;
  samples: number;
  entry: SampleEntry | undefined;
}

/** A time of `mvhd`, `mdhd` or `mehd`. */
export interface MediaTime {
  timescale: number;
  duration: number;
}

const CONTAINERS: ReadonlySet<string> = new Set(['edts', 'mdia', 'minf', 'stbl']);

/** Reads what a `trak` says; what is missing stays 0. */
export async function readTrack(window: ByteWindow, trak: Box): Promise<Track> {
  const track: Track = {
    id: 0,
    handler: '',
    timescale: 0,
    duration: 0,
    edited: 0,
    samples: 0,
    entry: undefined,
  };
  for await (const box of leaves(window, trak, CONTAINERS))
    readLeaf(track, box, await leafBytes(window, box));
  return track;
}

function readLeaf(track: Track, box: Box, body: Uint8Array): void {
  const view = viewOf(body);
  const wide = body[0] === 1;
  if (box.type === 'tkhd' && body.length >= 24) track.id = view.getUint32(wide ? 20 : 12);
  if (box.type === 'hdlr') track.handler ||= latin1(body, 8, 4);
  if (box.type === 'mdhd') Object.assign(track, parseMediaTime(body));
  if (box.type === 'elst') track.edited = editedTicks(body, box.end - box.body);
  if (box.type === 'stsd') track.entry ??= parseSampleEntry(body);
  if ((box.type === 'stsz' || box.type === 'stz2') && body.length >= 12) track.samples = view.getUint32(8);
}

/** `mvhd` and `mdhd` alike: version, two times, the scale, the duration; all ones is "unknown". */
export function parseMediaTime(body: Uint8Array): MediaTime {
  const view = viewOf(body);
  if (body.length >= 32 && body[0] === 1) {
    const duration = view.getBigUint64(24);
    return {
      timescale: view.getUint32(20),
      duration: duration === 0xffffffffffffffffn ? 0 : Number(duration),
    };
  }
  if (body.length < 20) return { timescale: 0, duration: 0 };
  const duration = view.getUint32(16);
  return { timescale: view.getUint32(12), duration: duration === 0xffffffff ? 0 : duration };
}

/**
 * What the edit list plays (ISO/IEC 14496-12 section 8.6.6), pauses included: this is where the encoder's delay is cut
 * away. A list too long to be seen whole counts as none.
 */
function editedTicks(body: Uint8Array, byteLength: number): number {
  if (body.length < 8 || byteLength > LEAF_BYTES) return 0;
  const view = viewOf(body);
  const wide = body[0] === 1;
  const entryBytes = wide ? 20 : 12;
  const entries = Math.min(view.getUint32(4), Math.floor((body.length - 8) / entryBytes));
  let ticks = 0;
  for (let entry = 0; entry < entries; entry += 1) {
    const at = 8 + entry * entryBytes;
    ticks += wide ? Number(view.getBigUint64(at)) : view.getUint32(at);
  }
  return ticks;
}
