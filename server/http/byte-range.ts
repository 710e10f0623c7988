import type { ByteRange } from '../storage/storage.js';

export type ResolvedRange =
  { kind: 'whole' } | { kind: 'part'; range: ByteRange } | { kind: 'unsatisfiable' };

/** Far above any single range; what is longer is an attack or a multi-range, both of which are ignored. */
const MAX_HEADER_CHARACTERS = 256;

const WHOLE: ResolvedRange = { kind: 'whole' };
const UNSATISFIABLE: ResolvedRange = { kind: 'unsatisfiable' };

/**
 * What a Range header asks of a representation of `byteSize` bytes (RFC 9110 section 14). A header that is malformed,
 * in another unit, or of several ranges is ignored, as section 14.2 allows: the answer is then the whole.
 */
export function resolveRange(header: string | undefined, byteSize: number): ResolvedRange {
  if (header === undefined || header.length > MAX_HEADER_CHARACTERS) return WHOLE;
  const spec = singleSpecOf(header);
  const match = spec === undefined ? null : /^(?:(\d+)-(\d*)|-(\d+))$/.exec(spec);
  if (!match) return WHOLE;
  const [, first, last, suffix] = match;
  return first === undefined
    ? suffixRange(Number(suffix), byteSize)
    : intRange(Number(first), last ? Number(last) : Number.POSITIVE_INFINITY, byteSize);
}

/**
 * The one range-spec of `bytes=…`. A list may have empty elements and white space around its commas (section 5.6.1.2),
 * but none between `=` and the first element.
 */
function singleSpecOf(header: string): string | undefined {
  const list = /^bytes=(.*)$/i.exec(header.replace(/^[ \t]+|[ \t]+$/g, ''))?.[1];
  if (list === undefined || /^[ \t]/.test(list)) return undefined;
  const specs = list.split(',').flatMap((element) => element.replace(/^[ \t]+|[ \t]+$/g, '') || []);
  return specs.length === 1 ? specs[0] : undefined;
}

function intRange(first: number, last: number, byteSize: number): ResolvedRange {
  if (last < first) return WHOLE;
  if (first >= byteSize) return UNSATISFIABLE;
  return { kind: 'part', range: { first, last: Math.min(last, byteSize - 1) } };
}

function suffixRange(suffix: number, byteSize: number): ResolvedRange {
  if (suffix === 0) return UNSATISFIABLE;
  // Satisfiable, but Content-Range has no way to name none of no bytes.
  if (byteSize === 0) return WHOLE;
  return { kind: 'part', range: { first: Math.max(0, byteSize - suffix), last: byteSize - 1 } };
}
