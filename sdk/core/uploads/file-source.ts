import type { BlobLike, FileInput } from '../platform.js';

/** A file that can be read in pieces, wherever it lies. */
export interface FileSource {
  readonly byteSize: number;
  /** Exactly `length` bytes from `offset`; both lie within the file. */
  read(offset: number, length: number): Promise<FileInput>;
}

export function fromBytes(bytes: Uint8Array): FileSource {
  return {
    byteSize: bytes.byteLength,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
  };
}

/** A Blob or File of a browser or of Node. React Native's loads the whole file to cut a piece: read by handle there. */
export function fromBlob(blob: BlobLike): FileSource {
  return {
    byteSize: blob.size,
    read: (offset, length) => Promise.resolve(blob.slice(offset, offset + length)),
  };
}
