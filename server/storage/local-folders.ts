import { link, mkdir, open, rmdir, stat, unlink, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../error-code.js';
import { isMissing, onDisk } from './disk-error.js';
import { ObjectExists, StorageUnavailable } from './storage.js';

/** A concurrent delete may take an empty folder away between mkdir and what is made in it, each time anew; it never lasts. */
const PLACE_ATTEMPTS = 100;

/** Folders of `path` from its own up to and with `root`. */
function* foldersUpTo(root: string, path: string): Generator<string> {
  let folder = dirname(path);
  while (folder !== root && folder.length > root.length) {
    yield folder;
    folder = dirname(folder);
  }
  yield root;
}

/**
 * Writes folder entries to the disk. A file that was fsynced is lost in a power cut all the same when the name that
 * leads to it was only in memory (fsync(2)); the row that says "stored" would then name nothing. All folders up to the
 * root, since another put may have made one of them and not have come this far.
 */
export async function syncFolders(root: string, path: string): Promise<void> {
  await Promise.all([...foldersUpTo(root, path)].map(syncFolder));
}

async function syncFolder(folder: string): Promise<void> {
  try {
    await using handle = await open(folder, 'r');
    await handle.sync();
  } catch (error) {
    // Emptied and removed by a delete meanwhile: there is no name left to keep.
    if (!isMissing(error)) throw error;
  }
}

/**
 * Gives the file at `source` the name `path` as well, making folders as needed. link(2) is atomic and refuses an
 * existing name, which rename(2) would silently replace.
 * @throws ObjectExists, and StorageUnavailable
 */
export async function placeFile(source: string, path: string, key: string): Promise<void> {
  // No folder any more is worth another try; no source is not.
  await onDisk(
    inFolder(
      path,
      key,
      () => link(source, path),
      () => stat(source),
    ),
  );
}

/**
 * Makes the file `path`, open for writing, and its folders as needed where `beforeFolders` does not reject.
 * @throws ObjectExists, and StorageUnavailable
 */
export function openNewFile(
  path: string,
  key: string,
  beforeFolders: () => Promise<unknown>,
): Promise<FileHandle> {
  return onDisk(inFolder(path, key, () => open(path, 'wx', 0o600), beforeFolders));
}

/** The same, durably. */
export async function placeFileDurably(
  root: string,
  source: string,
  path: string,
  key: string,
): Promise<void> {
  await placeFile(source, path, key);
  try {
    await onDisk(syncFolders(root, path));
  } catch (error) {
    await unlink(path).catch(() => undefined);
    throw error;
  }
}

async function inFolder<T>(
  path: string,
  key: string,
  make: () => Promise<T>,
  beforeFolders: () => Promise<unknown>,
): Promise<T> {
  for (let attempt = 0; attempt < PLACE_ATTEMPTS; attempt += 1) {
    try {
      // Most folders are there already.
      if (attempt > 0) await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      return await make();
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EEXIST') throw await whatExists(path, key, error);
      if (code === 'ENOTDIR') throw new Error(`a folder of ${key} is an object`, { cause: error });
      if (code !== 'ENOENT') throw error;
      await beforeFolders();
    }
  }
  throw new StorageUnavailable(`the folders of ${key} keep vanishing`);
}

async function whatExists(path: string, key: string, cause: unknown): Promise<Error> {
  const there = await stat(path).catch(() => undefined);
  if (there?.isFile()) return new ObjectExists(key, { cause });
  return new Error(`${key}, or a folder of it, is taken by the other kind`, { cause });
}

/** Removes the folders that a deleted file left empty, up to but not with `root`. */
export async function removeEmptyFolders(root: string, path: string): Promise<void> {
  for (const folder of foldersUpTo(root, path)) {
    if (folder === root) return;
    try {
      await rmdir(folder);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') continue;
      // ENOTEMPTY most of all. A folder that stays behind harms nobody.
      return;
    }
  }
}
