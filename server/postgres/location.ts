import { chmod, lstat, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartupError } from '../startup-error.js';
import { isOwnDirectory } from './safe-directory.js';
import { errnoOf } from './startup-faults.js';
import { isRoot, type RunAs, unprivilegedUser, userCan } from './system-user.js';

/** Where one data directory's PostgreSQL keeps its files, and who it runs as. */
export interface Location {
  /** Ours: the log, the password, and `data`, which belongs to the user below. */
  readonly home: string;
  /** PostgreSQL's own data directory. */
  readonly data: string;
  /** Undefined when we are an ordinary user: then it runs as we do. */
  readonly runAs: RunAs | undefined;
  /** True when the user cannot enter the data directory that was asked for. */
  readonly moved: boolean;
}

/** The file in `<EARSHOT_DATA_DIR>/postgres` that says where the files went, when they had to go elsewhere. */
const POINTER = 'location';

/**
 * @param base `<EARSHOT_DATA_DIR>/postgres`, present and locked
 * @param elsewhere directories for the files when root's substitute cannot enter `base`
 */
export async function locate(base: string, elsewhere: readonly string[]): Promise<Location> {
  const home = await realpath(base);
  const owner = await ownerOf(join(home, 'data'));
  if (!isRoot()) return asOrdinaryUser(home, owner);
  const pointed = await readPointer(home);
  if (pointed !== undefined) return at(pointed, await accountFor(await ownerOf(join(pointed, 'data'))), true);
  const runAs = await accountFor(owner ?? (await ownerOf(home)));
  if ((await ownerOf(home))?.uid === 0) await chmod(home, 0o711);
  if (await userCan(runAs, 'cd "$1"', owner === undefined ? home : join(home, 'data')))
    return at(home, runAs, false);
  if (owner !== undefined)
    throw new StartupError(
      `The database in ${home} belongs to the user ${runAs.name}, who cannot enter that directory: make it reachable for that user, or set DATABASE_URL.`,
    );
  return at(await makeElsewhere(home, runAs, elsewhere), runAs, true);
}

function at(home: string, runAs: RunAs | undefined, moved: boolean): Location {
  return { home, data: join(home, 'data'), runAs, moved };
}

async function asOrdinaryUser(home: string, owner: Owner | undefined): Promise<Location> {
  if (owner !== undefined && process.getuid && owner.uid !== process.getuid())
    throw new StartupError(
      `The database in ${home} belongs to another user (uid ${owner.uid}): start as that user, or choose another EARSHOT_DATA_DIR.`,
    );
  return at(home, undefined, false);
}

type Owner = Pick<RunAs, 'uid' | 'gid'>;

async function ownerOf(path: string): Promise<Owner | undefined> {
  try {
    const { uid, gid } = await lstat(path);
    return { uid, gid };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Files that an ordinary user made stay that user's when root starts the server later. */
async function accountFor(owner: Owner | undefined): Promise<RunAs> {
  const nobody = await unprivilegedUser();
  if (owner === undefined || owner.uid === 0 || owner.uid === nobody.uid) return nobody;
  return { ...owner, name: `number ${owner.uid}` };
}

async function readPointer(base: string): Promise<string | undefined> {
  const home = (await readFile(join(base, POINTER), 'utf8').catch(() => '')).trim();
  if (home === '') return undefined;
  if (await isOwnDirectory(home)) return home;
  throw new StartupError(
    `The database of this data directory lay in ${home}, which is gone or not root's own. Bring it back, or remove ${join(base, POINTER)} to begin with an empty one.`,
  );
}

async function makeElsewhere(base: string, runAs: RunAs, parents: readonly string[]): Promise<string> {
  for (const parent of parents) {
    // A name nobody can guess cannot have been made beforehand.
    const home = await mkdtemp(join(parent, 'earshot-')).catch(() => undefined);
    if (home === undefined) continue;
    await chmod(home, 0o711);
    if (await userCan(runAs, 'cd "$1"', home)) {
      await writeFile(join(base, POINTER), `${home}\n`);
      return home;
    }
    await rm(home, { recursive: true });
  }
  throw new StartupError(
    `PostgreSQL never runs as root, and the user ${runAs.name} can enter neither ${base} nor ${parents.join(' nor ')}: choose another EARSHOT_DATA_DIR, or set DATABASE_URL.`,
  );
}
