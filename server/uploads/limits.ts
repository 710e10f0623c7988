/** What the server suggests as a chunk's size, in bytes. */
export const CHUNK_SIZE = 1024 * 1024;
/** The largest chunk, in bytes. */
export const MAX_CHUNK_BYTES = 16 * 1024 * 1024;
export const MAX_CHUNKS = 10_000;
/** AUTO sends up to so many bytes in one PUT. */
export const MAX_AUTO_PUT_BYTES = 8 * 1024 * 1024;
