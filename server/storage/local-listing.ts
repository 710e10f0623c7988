import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing, onDisk } from './disk-error.js';
import type { StoredObject } from './storage.js';

interface Entry {
  name: string;
  isFolder: boolean;
  /** What the entry's keys begin with, for sorting: a folder sorts as `name/`, so `a-b` < `a.b` < `a/b`. */
  order: Buffer;
}

/**
 * Walks files below `root` whose key begins with `prefix`, in the order of the keys' UTF-8 bytes, as S3 lists.
 * Holds the names of one folder per level and nothing else.
 */
export async function* listFiles(root: string, prefix: string, after?: string): AsyncGenerator<StoredObject> {
  const slash = prefix.lastIndexOf('/');
  const behind = after === undefined ? undefined : Buffer.from(after);
  yield* walk(root, prefix.slice(0, slash + 1), prefix.slice(slash + 1), behind);
}

async function* walk(
  root: string,
  folder: string,
  nameStart: string,
  behind: Buffer | undefined,
): AsyncGenerator<StoredObject> {
  for (const { name, isFolder } of await entriesOf(join(root, folder), folder === '')) {
    if (!name.startsWith(nameStart)) continue;
    const key = folder + name;
    if (behind && isPassed(isFolder ? `${key}/` : key, isFolder, behind)) continue;
    if (isFolder) {
      yield* walk(root, `${key}/`, '', behind);
    } else {
      const found = await statFile(join(root, key), key);
      if (found) yield found;
    }
  }
}

/** Whether an object, or everything in a folder, is in front of a key or at it. */
function isPassed(key: string, isFolder: boolean, behind: Buffer): boolean {
  const bytes = Buffer.from(key);
  if (isFolder && behind.subarray(0, bytes.length).equals(bytes)) return false;
  return Buffer.compare(bytes, behind) <= 0;
}

async function entriesOf(folder: string, isRoot: boolean): Promise<Entry[]> {
  let found;
  try {
    found = await onDisk(readdir(folder, { withFileTypes: true }));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
  return (
    found
      .filter((entry) => entry.isFile() || entry.isDirectory())
      // Names with a leading dot at the top are the store's own.
      .filter((entry) => !(isRoot && entry.name.startsWith('.')))
      .map((entry) => {
        const isFolder = entry.isDirectory();
        return { name: entry.name, isFolder, order: Buffer.from(isFolder ? `${entry.name}/` : entry.name) };
      })
      .sort((a, b) => Buffer.compare(a.order, b.order))
  );
}

/** The object at `path`, or undefined where there is none (any more). */
export async function statFile(path: string, key: string): Promise<StoredObject | undefined> {
  try {
    const found = await onDisk(lstat(path));
    return found.isFile() ? { key, byteSize: found.size, modifiedAt: found.mtime } : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
