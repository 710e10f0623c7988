/** A view for multi-byte numbers; reads outside of it throw RangeError, so check lengths first. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Bytes as Latin-1, clipped at the end: for tags of four letters, not for text. */
export function latin1(bytes: Uint8Array, offset: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + length));
}

/** Whether `tag` (ASCII) stands at `offset`. */
export function hasTag(bytes: Uint8Array, offset: number, tag: string): boolean {
  return latin1(bytes, offset, tag.length) === tag;
}

/** A codec's name for one without a word of its own: what the file calls it, in safe letters. */
export function codecWord(name: string): string {
  const word = name.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  return word.replace(/^_+|_+$/g, '').slice(0, 32) || 'unknown';
}

/** Integer PCM as ffmpeg names it: `pcm_s16le`, `pcm_u8`. */
export function pcmWord(bits: number, kind: 'int' | 'float', bigEndian = false): string {
  if (kind === 'int' && bits <= 8) return 'pcm_u8';
  return `pcm_${kind === 'float' ? 'f' : 's'}${bits}${bigEndian ? 'be' : 'le'}`;
}
