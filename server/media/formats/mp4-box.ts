import type { ByteWindow } from '../byte-window.js';
import { latin1, viewOf } from '../bytes.js';

/** One box of ISO/IEC 14496-12, section 4.2. Offsets are the file's. */
export interface Box {
  type: string;
  /** The first byte behind the header. */
  body: number;
  /** Clipped at the parent's end. */
  end: number;
  /** It claims to reach past its parent. */
  overruns: boolean;
}

/** Real files nest nine deep. */
const MAX_DEPTH = 12;
/** A box costs more work than a frame; this keeps the bound on work about equal. */
const STEPS_PER_BOX = 5;
/** What is looked at of a leaf: tables are sampled or walked apart. */
export const LEAF_BYTES = 4096;

/** The boxes between two offsets, in order; ends at the first bytes that cannot be one. */
export async function* boxes(window: ByteWindow, start: number, end: number): AsyncGenerator<Box> {
  for (let offset = start; offset + 8 <= end;) {
    const header = await window.load(offset, 16);
    if (header.length < 8) return;
    window.step(STEPS_PER_BOX);
    const { size, headerBytes } = boxSize(header, end - offset);
    if (size < headerBytes) return;
    const next = offset + size;
    yield {
      type: latin1(header, 4, 4),
      body: Math.min(offset + headerBytes, end),
      end: Math.min(next, end),
      overruns: next > end,
    };
    offset = next;
  }
}

/** A size of 1 stands for 64 bits behind the type, 0 for "to the end". */
function boxSize(header: Uint8Array, left: number): { size: number; headerBytes: number } {
  const view = viewOf(header);
  const size = view.getUint32(0);
  if (size === 1) return { size: header.length < 16 ? 0 : Number(view.getBigUint64(8)), headerBytes: 16 };
  return { size: size === 0 ? left : size, headerBytes: 8 };
}

/** The boxes inside of `parent` that are not one of `containers`, which are entered instead. */
export async function* leaves(
  window: ByteWindow,
  parent: Box,
  containers: ReadonlySet<string>,
  depth = 0,
): AsyncGenerator<Box> {
  for await (const box of boxes(window, parent.body, parent.end)) {
    if (!containers.has(box.type)) yield box;
    else if (depth < MAX_DEPTH) yield* leaves(window, box, containers, depth + 1);
  }
}

/** The beginning of a box's body, in a copy that outlives the window. */
export async function leafBytes(window: ByteWindow, box: Box): Promise<Uint8Array> {
  return (await window.load(box.body, Math.min(box.end - box.body, LEAF_BYTES))).slice();
}
