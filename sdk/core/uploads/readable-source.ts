import type { UploadSource } from './upload-ports.js';
import { retryEnd } from './upload-verdict.js';

/** Reads of a file; what fails is the file's fault, and no connection's. */
export async function readably<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch {
    throw retryEnd('FILE_UNREADABLE', true);
  }
}

/** The same source, whose failures end the run as those of a file. */
export function readable(source: UploadSource): UploadSource {
  const body = source.body?.bind(source);
  return {
    byteSize: source.byteSize,
    read: (offset, length) => readably(() => source.read(offset, length)),
    bytes: (offset, length) => readably(() => source.bytes(offset, length)),
    ...(body && { body: (offset, length) => readably(() => body(offset, length)) }),
  };
}
