import type { FileReference } from '../../core/platform.js';
import type { LocalFile, LocalFiles, UploadSource } from '../../core/uploads/upload-ports.js';

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
  readonly Paths: { readonly cache: { readonly uri: string }; readonly document: { readonly uri: string } };
}

/** An app's own folder on iOS, which gets another name with each update of the app. */
const CONTAINER = /^file:\/\/.*\/Containers\/Data\/Application\/[^/]+\//;
const SCHEME = /^[a-z][a-z0-9+.-]*:/i;
const CHUNK_TYPE = 'application/octet-stream';

/**
 * Files of the phone, by their URIs or by paths below `Paths.document`. They are read by handle: `slice` of
 * expo-file-system would load the whole file. A chunk for the API goes through a file in the cache, since React Native's
 * forms take files by their URIs only.
 */
export function expoFiles(fileSystem: ExpoFileSystemLike, uniqueId: () => string): LocalFiles {
  const { File, Paths } = fileSystem;
  return {
    open(file) {
      const found = fileOf(file);
      return Promise.resolve(found.exists ? sourceOf(found) : undefined);
    },
    remove(file) {
      removeIfThere(fileOf(file));
      return Promise.resolve();
    },
    playable(file) {
      const { exists, uri: url } = fileOf(file);
      return Promise.resolve(exists ? { url, release: () => undefined } : undefined);
    },
  };

  function fileOf({ uri }: LocalFile): ExpoFileLike {
    const { uri: document } = Paths.document;
    if (!SCHEME.test(uri)) return new File(document, uri);
    const container = CONTAINER.exec(document)?.[0];
    return new File(container === undefined ? uri : uri.replace(CONTAINER, () => container));
  }

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
