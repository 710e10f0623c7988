/**
 * What a waveform is drawn from, as audiowaveform's data format has it: for each pixel the lowest and the highest of
 * its samples, in 8 bits.
 */
export interface Peaks {
  /** Samples in a second. */
  readonly sampleRate: number;
  readonly samplesPerPixel: number;
  /** Pixels. */
  readonly length: number;
  /** The lowest and the highest sample of each pixel in turn, -128 to 127: two signed bytes for each. */
  readonly data: Uint8Array;
}

/** Pixels that peaks have at most: 16 minutes at 50 ms each; longer recordings have longer pixels. */
export const MAX_PIXELS = 20_000;

const HEADER_BYTES = 24;
const VERSION = 2;
const EIGHT_BITS = 1;

/** Bytes that `encodePeaks` gives at most. */
export const MAX_PEAKS_BYTES = HEADER_BYTES + MAX_PIXELS * 2;

/** As a `.dat` file of audiowaveform, version 2 (its doc/DataFormat.md): a quarter of the size of its JSON. */
export function encodePeaks({ sampleRate, samplesPerPixel, length, data }: Peaks): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES + length * 2);
  bytes.writeInt32LE(VERSION, 0);
  bytes.writeUInt32LE(EIGHT_BITS, 4);
  bytes.writeInt32LE(sampleRate, 8);
  bytes.writeInt32LE(samplesPerPixel, 12);
  bytes.writeUInt32LE(length, 16);
  bytes.writeInt32LE(1, 20);
  bytes.set(data.subarray(0, length * 2), HEADER_BYTES);
  return bytes;
}

/** Undefined for anything that `encodePeaks` did not write. */
export function decodePeaks(bytes: Buffer): Peaks | undefined {
  if (bytes.length < HEADER_BYTES || bytes.length > MAX_PEAKS_BYTES) return undefined;
  const length = bytes.readUInt32LE(16);
  const known = bytes.readInt32LE(0) === VERSION && bytes.readUInt32LE(4) === EIGHT_BITS;
  if (!known || bytes.readInt32LE(20) !== 1 || bytes.length !== HEADER_BYTES + length * 2) return undefined;
  return {
    sampleRate: bytes.readInt32LE(8),
    samplesPerPixel: bytes.readInt32LE(12),
    length,
    data: bytes.subarray(HEADER_BYTES),
  };
}
