import type { ByteWindow } from '../byte-window.js';
import { hasTag } from '../bytes.js';

export const ID3_HEADER_BYTES = 10;
/** Files with one tag after another exist; more than this is no recording. */
const MAX_TAGS = 8;

/**
 * The bytes that an ID3v2 tag at `offset` takes, its header and footer included; undefined where none begins.
 * ID3v2.4 structure, section 3.1: the size is four bytes of seven bits.
 */
export function id3Length(bytes: Uint8Array, offset = 0): number | undefined {
  const header = bytes.subarray(offset, offset + ID3_HEADER_BYTES);
  if (header.length < ID3_HEADER_BYTES || !hasTag(header, 0, 'ID3')) return undefined;
  const [major = 0, revision = 0, flags = 0, ...size] = header.subarray(3);
  if (major < 2 || major > 4 || revision === 0xff || (flags & 0x0f) !== 0) return undefined;
  if (size.some((byte) => byte > 0x7f)) return undefined;
  const body = size.reduce((sum, byte) => sum * 128 + byte, 0);
  const footer = (flags & 0x10) !== 0 ? ID3_HEADER_BYTES : 0;
  return ID3_HEADER_BYTES + body + footer;
}

/** Where the bytes behind all leading ID3v2 tags begin; may lie at or past the end. */
export async function skipId3(window: ByteWindow): Promise<number> {
  let offset = 0;
  for (let tags = 0; tags < MAX_TAGS; tags += 1) {
    const length = id3Length(await window.load(offset, ID3_HEADER_BYTES));
    if (length === undefined) break;
    offset += length;
  }
  return offset;
}

/** The same over a head in memory; stops at the first tag that ends outside of it. */
export function skipId3In(head: Uint8Array): number {
  let offset = 0;
  for (let tags = 0; tags < MAX_TAGS && offset < head.length; tags += 1) {
    const length = id3Length(head, offset);
    if (length === undefined) break;
    offset += length;
  }
  return offset;
}
