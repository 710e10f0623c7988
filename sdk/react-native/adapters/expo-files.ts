import type { FileReference } from '../../core/platform.js';
import type { LocalFiles, UploadSource } from '../../core/uploads/upload-ports.js';

/** `FileHandle` of expo-file-system. */
export interface ExpoFileHandleLike {
  offset: number | null;
  readBytes(length: number): Uint8Array;
  close(): void;
}

/** `File` of expo-file-system. */
export interface ExpoFileLike {
  readonly uri: string;
  readonly exists: boolean;
  readonly size: number | null;
  open(): ExpoFileHandleLike;
  write(bytes: Uint8Array): void;
  delete(): void;
}

/** `expo-file-system` from 19 on, as far as it is needed: give the module itself. */
export interface ExpoFileSystemLike {
  readonly File: new (...uris: string[]) => ExpoFileLike;
  readonly Paths: { readonly cache: { readonly uri: string } };
}

const CHUNK_TYPE = 'application/octet-stream';

/**
 * Files of the phone, read by handle: `slice` of expo-file-system would load the whole file. A chunk for the API goes
 * through a file in the cache, since React Native's forms take files by their URIs only.
 */
export function expoFiles(fileSystem: ExpoFileSystemLike, uniqueId: () => string): LocalFiles {
  const { File, Paths } = fileSystem;
  return {
    open({ uri }) {
      const file = new File(uri);
      return Promise.resolve(file.exists ? sourceOf(file) : undefined);
    },
    remove({ uri }) {
      removeIfThere(new File(uri));
      return Promise.resolve();
    },
    playable({ uri }) {
      return Promise.resolve(new File(uri).exists ? { url: uri, release: () => undefined } : undefined);
    },
  };

  function sourceOf(file: ExpoFileLike): UploadSource {
    const handle = file.open();
    let chunk: ExpoFileLike | undefined;
    const dropChunk = () => {
      if (chunk) removeIfThere(chunk);
      chunk = undefined;
    };
    const bytes = (offset: number, length: number): Promise<Uint8Array> => {
      handle.offset = offset;
      return Promise.resolve(handle.readBytes(length));
    };
    return {
      byteSize: file.size ?? 0,
      bytes,
      async read(offset, length): Promise<FileReference> {
        dropChunk();
        const name = `earshot-${uniqueId()}.part`;
        chunk = new File(Paths.cache.uri, name);
        chunk.write(await bytes(offset, length));
        return { uri: chunk.uri, name, type: CHUNK_TYPE };
      },
      close() {
        dropChunk();
        handle.close();
        return Promise.resolve();
      },
    };
  }
}

function removeIfThere(file: ExpoFileLike): void {
  if (file.exists) file.delete();
}
