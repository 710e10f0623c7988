import { lstat, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StartupError } from '../startup-error.js';
import { errnoOf } from './startup-faults.js';

/**
 * Makes a directory and those above it. Node's own recursive mkdir reports a read-only file system as ENOENT,
 * and does not return for a path below /proc (both seen with Node 24).
 */
export async function makeDirectory(path: string, mode = 0o777): Promise<void> {
  try {
    await mkdir(path, mode);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST' && (await stat(path)).isDirectory()) return;
    if (errnoOf(error) !== 'ENOENT' || dirname(path) === path) throw error;
    await makeDirectory(dirname(path));
    await mkdir(path, mode).catch((cause: unknown) => {
      if (errnoOf(cause) !== 'ENOENT') throw cause;
      throw new StartupError(`${path} cannot be made there: choose another EARSHOT_DATA_DIR.`, { cause });
    });
  }
}

/** Whether the path is a directory (no link) that we own and nobody else can write into. */
export async function isOwnDirectory(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  if (!found?.isDirectory()) return false;
  if (process.getuid === undefined) return true;
  return found.uid === process.getuid() && (found.mode & 0o022) === 0;
}
