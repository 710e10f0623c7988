import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readlink,
  rename,
  rm,
  symlink,
} from 'node:fs/promises';
import { join } from 'node:path';
import { StartupError } from '../startup-error.js';
import { errnoOf } from './startup-faults.js';
import { isOwnDirectory } from './safe-directory.js';

/**
 * Copies the programs once, into the first parent where they can be run, under a name that holds their
 * version. The copy appears complete (rename) or not at all. A directory of that name made by somebody else
 * is not used.
 *
 * @returns the directory that holds bin, lib and share
 */
export async function copyBinaries(
  native: string,
  name: string,
  parents: readonly string[],
  usable: (dir: string) => Promise<boolean>,
): Promise<string> {
  for (const parent of parents) {
    const home = join(parent, name);
    const dir = join(home, 'native');
    if (!(await isOwnDirectory(home)) && !(await tryCopy(native, parent, home))) continue;
    if (await usable(dir)) return dir;
  }
  throw new StartupError(
    `The embedded PostgreSQL cannot be run from ${native} by its user, nor copied to ${parents.join(' or ')}; set DATABASE_URL to a PostgreSQL server.`,
  );
}

async function tryCopy(native: string, parent: string, home: string): Promise<boolean> {
  const draft = await mkdtemp(join(parent, 'earshot-copy-')).catch(() => undefined);
  if (draft === undefined) return false;
  try {
    await copyTree(native, join(draft, 'native'));
    await chmod(draft, 0o755);
    await rename(draft, home);
    return true;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another start may have been faster; anything else that is in the way is refused.
    if (['EEXIST', 'ENOTEMPTY', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return isOwnDirectory(home);
    throw error;
  }
}

/** Readable by every user, whatever the umask of the install was. Static archives are for linking only. */
async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyTree(source, target);
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else if (!entry.name.endsWith('.a')) await copyOne(source, target);
  }
  await chmod(to, 0o755);
}

async function copyOne(source: string, target: string): Promise<void> {
  await copyFile(source, target);
  const executable = ((await lstat(source)).mode & 0o111) !== 0;
  await chmod(target, executable ? 0o755 : 0o644);
}
