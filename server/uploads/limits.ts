/** What the server suggests as a chunk's size, in bytes. */
export const CHUNK_SIZE = 1024 * 1024;
/** The largest chunk, in bytes. */
export const MAX_CHUNK_BYTES = 16 * 1024 * 1024;
/** Seconds that a signed upload target is good for at least; asked again, it is signed afresh. */
export const LINK_SECONDS = 3600;
export const MAX_CHUNKS = 10_000;
/** AUTO sends up to so many bytes in one PUT. */
export const MAX_AUTO_PUT_BYTES = 8 * 1024 * 1024;
