import type { ByteWindow } from '../byte-window.js';
import { hasTag, viewOf } from '../bytes.js';

const HEADER_BYTES = 27;
/** 27 bytes, 255 segment sizes, 255 segments of 255 bytes. */
export const MAX_PAGE_BYTES = HEADER_BYTES + 255 + 255 * 255;
/** What a page's header with all its segment sizes can take. */
export const PAGE_HEAD_BYTES = HEADER_BYTES + 255;

/** RFC 3533 section 6. */
export interface OggPage {
  /** Where in the bytes given the payload begins. */
  bodyOffset: number;
  byteLength: number;
  /** First page of a logical stream. */
  begins: boolean;
  /** Samples up to the last packet that ends in this page; undefined where none ends. */
  granule: number | undefined;
  serial: number;
}

/** The page that begins at `at`, or undefined. Needs the header with its segment sizes, not the payload. */
export function parseOggPage(bytes: Uint8Array, at = 0): OggPage | undefined {
  const head = bytes.subarray(at, at + PAGE_HEAD_BYTES);
  if (head.length < HEADER_BYTES || !isOggPage(head)) return undefined;
  const segments = head.subarray(HEADER_BYTES, HEADER_BYTES + (head[26] ?? 0));
  if (segments.length < (head[26] ?? 0)) return undefined;
  const view = viewOf(head);
  const granule = view.getBigInt64(6, true);
  return {
    bodyOffset: at + HEADER_BYTES + segments.length,
    byteLength: segments.reduce((sum, size) => sum + size, HEADER_BYTES + segments.length),
    begins: (view.getUint8(5) & 2) !== 0,
    granule: granule < 0n ? undefined : Number(granule),
    serial: view.getUint32(14, true),
  };
}

/** The capture pattern, version 0, and no flag that does not exist. */
export function isOggPage(bytes: Uint8Array, at = 0): boolean {
  return hasTag(bytes, at, 'OggS') && bytes[at + 4] === 0 && (bytes[at + 5] ?? 0xff) < 8;
}

/** Where the next capture pattern at or after `offset` stands, looked for no further than one page's length. */
export async function findOggPage(window: ByteWindow, offset: number): Promise<number | undefined> {
  const bytes = await window.load(offset, MAX_PAGE_BYTES);
  for (let at = bytes.indexOf(0x4f); at >= 0; at = bytes.indexOf(0x4f, at + 1)) {
    if (isOggPage(bytes, at)) return offset + at;
  }
  return undefined;
}
