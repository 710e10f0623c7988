import { hasTag, latin1, viewOf } from '../bytes.js';
import { TYPES, type Sniffed } from '../sniffed.js';

/** Still pictures that share the container: HEIF, AVIF, JPEG 2000, Canon raw. */
const PICTURES = /^(heic|heix|heim|heis|hevc|hevx|mif1|msf1|miaf|avif|avis|jp2 |jpx |jpm |crx )$/;
const MAX_FTYP_BYTES = 4096;

/** By `ftyp` in front (ISO/IEC 14496-12 section 4.3) and its major brand. */
export function sniffMp4(head: Uint8Array): Sniffed | undefined {
  if (head.length < 16 || !hasTag(head, 4, 'ftyp')) return undefined;
  const size = viewOf(head).getUint32(0);
  const brand = latin1(head, 8, 4);
  if (size < 16 || size > MAX_FTYP_BYTES || size % 4 !== 0) return undefined;
  if (!/^[\x20-\x7e]{4}$/.test(brand) || PICTURES.test(brand)) return undefined;
  if (brand.startsWith('3g2')) return TYPES.threeG2;
  return /^3g[pregs]/.test(brand) ? TYPES.threeGp : TYPES.mp4;
}
