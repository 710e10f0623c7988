/** The header of one element: RFC 8794 sections 4 to 6. */
export interface EbmlElement {
  id: number;
  headerBytes: number;
  /** Bytes of the body; undefined for "unknown", as streams are written. */
  byteLength: number | undefined;
}

/** Four bytes of id, eight of size. */
export const ELEMENT_HEAD_BYTES = 12;

/** The element that begins at `at`, or undefined where none does or its header is cut off. */
export function parseElement(bytes: Uint8Array, at = 0): EbmlElement | undefined {
  const idBytes = vintBytes(bytes[at]);
  if (idBytes === undefined || idBytes > 4) return undefined;
  const sizeBytes = vintBytes(bytes[at + idBytes]);
  if (sizeBytes === undefined || at + idBytes + sizeBytes > bytes.length) return undefined;
  const first = bytes[at + idBytes] ?? 0;
  const leading = first & ((1 << (8 - sizeBytes)) - 1);
  const byteLength = unsigned(bytes, at + idBytes + 1, at + idBytes + sizeBytes, leading);
  return {
    id: unsigned(bytes, at, at + idBytes),
    headerBytes: idBytes + sizeBytes,
    // All ones; a known size of 2^56 - 2 bytes rounds to the same number, and nothing is that long.
    byteLength: byteLength >= 2 ** (7 * sizeBytes) - 1 ? undefined : byteLength,
  };
}

/** How many bytes a variable-size integer takes, by its first byte. */
export function vintBytes(first: number | undefined): number | undefined {
  return first ? Math.clz32(first) - 23 : undefined;
}

/** A big-endian number of any length, behind the bits in `leading`; precise up to 2^53. */
export function unsigned(bytes: Uint8Array, from = 0, to = bytes.length, leading = 0): number {
  let value = leading;
  for (let at = from; at < to; at += 1) value = value * 256 + (bytes[at] ?? 0);
  return value;
}
