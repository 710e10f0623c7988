import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartupError } from '../startup-error.js';
import { errnoOf } from './startup-faults.js';

function passwordPath(home: string): string {
  return join(home, 'password');
}

/** The password of an existing database. */
export async function readPassword(home: string): Promise<string> {
  const path = passwordPath(home);
  const password = (await readFile(path, 'utf8').catch(notThere)).trim();
  if (/^[\w-]{20,}$/.test(password)) return password;
  throw new StartupError(
    `The password of the embedded PostgreSQL is missing from ${path}: restore that file, or choose another EARSHOT_DATA_DIR.`,
  );
}

function notThere(error: unknown): string {
  if (errnoOf(error) === 'ENOENT') return '';
  throw error;
}

/** A new password, on the disk before the database that it opens exists. Readable for us alone. */
export async function createPassword(home: string): Promise<string> {
  const password = randomBytes(32).toString('base64url');
  const { O_CREAT, O_NOFOLLOW, O_TRUNC, O_WRONLY } = constants;
  const file = await open(passwordPath(home), O_CREAT | O_TRUNC | O_WRONLY | (O_NOFOLLOW ?? 0), 0o600);
  await file.writeFile(`${password}\n`);
  await file.sync();
  await file.close();
  return password;
}
