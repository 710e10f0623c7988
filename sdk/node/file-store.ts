import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyValueStore } from '../core/ports.js';
import { isMissing } from './missing.js';

const SUFFIX = '.json';

/** A folder with a file for each key. A value is written beside and moved into place: after a crash it is old or new. */
export function fileStore(folder: string): KeyValueStore {
  const pathOf = (key: string) => join(folder, encodeURIComponent(key).replaceAll('*', '%2A') + SUFFIX);
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
      await mkdir(folder, { recursive: true });
      const draft = join(folder, `${randomUUID()}.tmp`);
      await writeFile(draft, value);
      await rename(draft, pathOf(key));
    },
    delete: (key) => rm(pathOf(key), { force: true }),
    async keys(prefix) {
      await mkdir(folder, { recursive: true });
      const names = (await readdir(folder)).filter((name) => name.endsWith(SUFFIX));
      return names
        .map((name) => decodeURIComponent(name.slice(0, -SUFFIX.length)))
        .filter((key) => key.startsWith(prefix));
    },
  };
}
