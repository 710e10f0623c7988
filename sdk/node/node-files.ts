import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { FileHandle } from 'node:fs/promises';
import type { LocalFiles, UploadSource } from '../core/uploads/upload-ports.js';
import { isMissing } from './missing.js';

/** Files by their paths: `uri` is a path, or a `file:` URL. */
export function nodeFiles(): LocalFiles {
  return {
    async open({ uri }) {
      try {
        const handle = await open(pathOf(uri));
        return sourceOf(pathOf(uri), handle, (await handle.stat()).size);
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    remove: ({ uri }) => rm(pathOf(uri), { force: true }),
    async playable({ uri }) {
      const path = pathOf(uri);
      const isThere = await stat(path).then(
        () => true,
        () => false,
      );
      return isThere ? { url: pathToFileURL(path).href, release: () => undefined } : undefined;
    },
  };
}

const pathOf = (uri: string): string => (uri.startsWith('file:') ? fileURLToPath(uri) : uri);

function sourceOf(path: string, handle: FileHandle, byteSize: number): UploadSource {
  const bytes = async (offset: number, length: number): Promise<Uint8Array> => {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
    if (bytesRead !== length) throw new Error('The file is shorter than it was.');
    return buffer;
  };
  return {
    byteSize,
    bytes,
    read: bytes,
    body: (offset, length) =>
      Promise.resolve(createReadStream(path, { start: offset, end: offset + length - 1 })),
    async sha256() {
      const hash = createHash('sha256');
      await pipeline(createReadStream(path), hash);
      return hash.digest('hex');
    },
    close: () => handle.close(),
  };
}
