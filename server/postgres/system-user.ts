import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { StartupError } from '../startup-error.js';
import { errnoOf } from './startup-faults.js';

/** The unprivileged account that PostgreSQL runs under when we are root. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

/** Only these two keys of a child's options; empty when we stay who we are. */
export function identity(runAs: RunAs | undefined): { uid?: number; gid?: number } {
  return runAs ? { uid: runAs.uid, gid: runAs.gid } : {};
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The accounts in passwd(5) format. */
export function parsePasswd(text: string): RunAs[] {
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    const known = name && /^-?\d+$/.test(uid ?? '') && /^-?\d+$/.test(gid ?? '');
    return known ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
}

/**
 * `nobody`, so that the system's user database stays as it is. initdb needs an account with a name: a bare
 * number is refused ("could not look up effective user ID").
 */
export async function unprivilegedUser(): Promise<RunAs> {
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const nobody = parsePasswd(passwd).find((account) => account.name === 'nobody' && account.uid !== 0);
  if (nobody === undefined)
    throw new StartupError(
      'The embedded PostgreSQL never runs as root, and there is no user "nobody" to run it as: start as an ordinary user, or set DATABASE_URL.',
    );
  // macOS writes nobody as -2; system calls take it unsigned.
  return { name: nobody.name, uid: nobody.uid >>> 0, gid: nobody.gid >>> 0 };
}

/**
 * Whether the account passes a shell test such as `cd "$1"`. Tried rather than computed from mode bits:
 * that covers every ancestor, access lists and mount options.
 */
export async function userCan(runAs: RunAs, test: string, ...args: string[]): Promise<boolean> {
  const options = { ...identity(runAs), cwd: '/', env: {}, timeout: 10_000 };
  try {
    await promisify(execFile)('/bin/sh', ['-c', test, 'sh', ...args], options);
    return true;
  } catch (error) {
    if (['EPERM', 'EINVAL'].includes(errnoOf(error) ?? '')) throw cannotBecome(runAs, error);
    return false;
  }
}

/** A container may take the right to change users from root. */
function cannotBecome(runAs: RunAs, cause: unknown): StartupError {
  return new StartupError(
    `The embedded PostgreSQL never runs as root, and this process may not become the user ${runAs.name}: start as an ordinary user, or set DATABASE_URL.`,
    { cause },
  );
}
