import type { ByteWindow } from '../byte-window.js';
import { viewOf } from '../bytes.js';
import { boxes, leafBytes, type Box } from './mp4-box.js';

/** What fragments add to a track: ISO/IEC 14496-12 section 8.8. */
export interface FragmentTotals {
  samples: number;
  /** Ticks of the track. */
  duration: number;
}

/** Flags of `tfhd` and `trun`. */
const BASE_DATA_OFFSET = 0x1;
const SAMPLE_DESCRIPTION = 0x2;
const DEFAULT_DURATION = 0x8;
const DATA_OFFSET = 0x1;
const FIRST_SAMPLE_FLAGS = 0x4;
const SAMPLE_DURATION = 0x100;
/** Duration, size, flags, composition offset: four bytes each. */
const SAMPLE_FIELDS = [0x100, 0x200, 0x400, 0x800];

/** Adds up one `moof`. `defaultDuration` is the track's own, from `trex`. */
export async function addFragment(
  window: ByteWindow,
  moof: Box,
  trackId: number,
  defaultDuration: number,
  totals: FragmentTotals,
): Promise<void> {
  for await (const traf of boxes(window, moof.body, moof.end)) {
    if (traf.type !== 'traf') continue;
    let duration: number | undefined;
    for await (const box of boxes(window, traf.body, traf.end)) {
      if (box.type === 'tfhd')
        duration = fragmentDuration(await leafBytes(window, box), trackId, defaultDuration);
      if (box.type === 'trun' && duration !== undefined) await addRun(window, box, duration, totals);
    }
  }
}

/** A sample's duration unless its run says otherwise; undefined for another track's fragment. */
function fragmentDuration(tfhd: Uint8Array, trackId: number, defaultDuration: number): number | undefined {
  const view = viewOf(tfhd);
  if (tfhd.length < 8 || view.getUint32(4) !== trackId) return undefined;
  const flags = view.getUint32(0) & 0xffffff;
  if ((flags & DEFAULT_DURATION) === 0) return defaultDuration;
  const at = 8 + ((flags & BASE_DATA_OFFSET) !== 0 ? 8 : 0) + ((flags & SAMPLE_DESCRIPTION) !== 0 ? 4 : 0);
  return tfhd.length >= at + 4 ? view.getUint32(at) : defaultDuration;
}

async function addRun(
  window: ByteWindow,
  run: Box,
  sampleDuration: number,
  totals: FragmentTotals,
): Promise<void> {
  const head = await window.load(run.body, 8);
  if (head.length < 8) return;
  const flags = viewOf(head).getUint32(0) & 0xffffff;
  const count = viewOf(head).getUint32(4);
  if ((flags & SAMPLE_DURATION) === 0) {
    totals.samples += count;
    totals.duration += count * sampleDuration;
    return;
  }
  const entryBytes = 4 * SAMPLE_FIELDS.filter((field) => (flags & field) !== 0).length;
  let offset =
    run.body + 8 + ((flags & DATA_OFFSET) !== 0 ? 4 : 0) + ((flags & FIRST_SAMPLE_FLAGS) !== 0 ? 4 : 0);
  for (let sample = 0; sample < count && offset + entryBytes <= run.end; sample += 1, offset += entryBytes) {
    const entry = window.held(offset, 4) ?? (await window.load(offset, 4));
    window.step();
    totals.samples += 1;
    totals.duration += viewOf(entry).getUint32(0);
  }
}
