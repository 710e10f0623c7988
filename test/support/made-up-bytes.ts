import type { ByteSource } from '../../server/media/byte-source.js';

/** Bytes by their spelling. */
export const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');
export const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
export const u32 = (value: number): Buffer => hex((value >>> 0).toString(16).padStart(8, '0'));
export const u64 = (value: number | bigint): Buffer => hex(value.toString(16).padStart(16, '0'));
export const le32 = (value: number): Buffer => Buffer.from(u32(value)).reverse();
export const cat = (...parts: Buffer[]): Buffer => Buffer.concat(parts);
export const zeros = (length: number): Buffer => Buffer.alloc(length);

/** A file as large as it claims that is made up while it is read: `head`, then `filler` again and again. */
export function endless(
  head: Buffer,
  filler: Buffer,
  byteSize: number,
): ByteSource & { bytesRead: number; largest: number } {
  return {
    byteSize,
    bytesRead: 0,
    largest: 0,
    async read(offset, length) {
      const bytes = Buffer.alloc(Math.min(length, byteSize - offset));
      const fromFiller = Math.max(head.length - offset, 0);
      const phase = Math.max(offset - head.length, 0) % filler.length;
      bytes.fill(
        Buffer.concat([filler.subarray(phase), filler.subarray(0, phase)]),
        Math.min(fromFiller, bytes.length),
      );
      if (fromFiller > 0) head.copy(bytes, 0, offset);
      this.bytesRead += bytes.length;
      this.largest = Math.max(this.largest, bytes.length);
      return bytes;
    },
  };
}
