/** Random access to bytes, wherever they are: memory, a local file, ranges of an object in a store. */
export interface ByteSource {
  /** The length of the whole, in bytes. */
  readonly byteSize: number;
  /**
   * Bytes `offset … offset + length`, fewer only where the source ends (none at or past its end).
   * Rejects with the store's own error when the bytes cannot be read.
   */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A source over bytes that are in memory already. The bytes are shared, not copied. */
export function bufferSource(bytes: Uint8Array): ByteSource {
  return {
    byteSize: bytes.length,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
  };
}
