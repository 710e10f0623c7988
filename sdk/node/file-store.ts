import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from '../core/once.js';
import type { KeyValueStore } from '../core/ports.js';
import { isMissing } from './missing.js';

const SUFFIX = '.json';
const DRAFT = '.tmp';
/** Older drafts are of a process that died: nobody writes for so long. */
const STALE_MS = 600_000;

/**
 * A folder with a file for each key. A value is written beside, brought to the disk and moved into place: after a crash,
 * of the machine too, it is old or new.
 */
export function fileStore(folder: string): KeyValueStore {
  const pathOf = (key: string) => join(folder, encodeURIComponent(key).replaceAll('*', '%2A') + SUFFIX);
  const swept = once(() => removeStale(folder));
  const prepare = async () => {
    await mkdir(folder, { recursive: true });
    await swept.get();
  };
  return {
    async get(key) {
      try {
        return await readFile(pathOf(key), 'utf8');
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    async set(key, value) {
      await prepare();
      const draft = join(folder, randomUUID() + DRAFT);
      try {
        await writeThrough(draft, value);
        await rename(draft, pathOf(key));
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
      await syncFolder(folder);
    },
    delete: (key) => rm(pathOf(key), { force: true }),
    async keys(prefix) {
      await prepare();
      const names = (await readdir(folder)).filter((name) => name.endsWith(SUFFIX));
      return names
        .map((name) => decodeURIComponent(name.slice(0, -SUFFIX.length)))
        .filter((key) => key.startsWith(prefix));
    },
  };
}

async function writeThrough(path: string, value: string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(value);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The new name, too, is to outlive a loss of power. Windows opens no folders, and needs no such thing. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function removeStale(folder: string): Promise<void> {
  const drafts = (await readdir(folder)).filter((name) => name.endsWith(DRAFT));
  for (const path of drafts.map((name) => join(folder, name))) {
    const age = await stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > STALE_MS) await rm(path, { force: true });
  }
}
