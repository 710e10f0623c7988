import { globalPlatform } from '../core/platform.js';
import type { LocalFile, LocalFiles, UploadSource } from '../core/uploads/upload-ports.js';
import { Database, FILES } from './database.js';
import { KeptFiles } from './kept-files.js';

/** Up to here the browser hashes at once, in native code; larger files are read through. */
const MOST_NATIVE_BYTES = 32 * 1024 * 1024;

/** The browser's local files, and the way in. */
export interface WebFiles extends LocalFiles {
  /** Keeps a Blob over reloads, until it is removed. Give the result to `enqueue`, within a day. */
  keep(blob: Blob, name?: string): Promise<LocalFile>;
  /**
   * Removes what was kept more than a day ago and never enqueued: pages are closed in between. What an entry of
   * `webStore` names is left; an app that keeps its jobs elsewhere does not sweep.
   */
  sweep(): Promise<void>;
}

/** Blobs in IndexedDB, which browsers keep as files: their bytes are not in memory. */
export function webFiles(database = new Database()): WebFiles {
  const kept = new KeptFiles(database);
  const blobOf = ({ uri }: LocalFile) => database.get<Blob>(FILES, uri);
  return {
    async keep(blob, name) {
      const uri = `idb:${globalPlatform().uniqueId()}`;
      await kept.note(uri);
      await database.write(FILES, (store) => void store.put(blob, uri));
      const given = name ?? ('name' in blob && typeof blob.name === 'string' ? blob.name : undefined);
      return {
        uri,
        ...(given === undefined ? {} : { name: given }),
        ...(blob.type === '' ? {} : { contentType: blob.type }),
      };
    },
    async open(file) {
      const blob = await blobOf(file);
      return blob && sourceOf(blob);
    },
    async remove({ uri }) {
      await database.write(FILES, (store) => void store.delete(uri));
      await kept.forget(uri);
    },
    sweep: () => kept.sweep(),
    async playable(file) {
      const blob = await blobOf(file);
      if (!blob) return undefined;
      const url = URL.createObjectURL(blob);
      return { url, release: () => URL.revokeObjectURL(url) };
    },
  };
}

function sourceOf(blob: Blob): UploadSource {
  const slice = (offset: number, length: number) => blob.slice(offset, offset + length);
  // Browsers offer hashing in secure contexts only.
  const subtle: SubtleCrypto | undefined = globalThis.crypto.subtle;
  return {
    byteSize: blob.size,
    read: (offset, length) => Promise.resolve(slice(offset, length)),
    body: (offset, length) => Promise.resolve(slice(offset, length)),
    bytes: async (offset, length) => new Uint8Array(await slice(offset, length).arrayBuffer()),
    ...(subtle && blob.size <= MOST_NATIVE_BYTES && { sha256: () => digest(subtle, blob) }),
  };
}

async function digest(subtle: SubtleCrypto, blob: Blob): Promise<string> {
  const hash = new Uint8Array(await subtle.digest('SHA-256', await blob.arrayBuffer()));
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
