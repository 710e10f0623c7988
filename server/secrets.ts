import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from './error-code.js';

export interface Secrets {
  jwtSecret: string;
  signingKey: { kid: string; secret: string };
}

/** Makes the secrets that the operator did not give, once, in a file that only its owner reads; later starts read it. */
export async function generatedSecrets(dataDir: string): Promise<Secrets> {
  const path = join(dataDir, 'secrets.json');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  return (await read(path)) ?? (await create(path));
}

async function read(path: string): Promise<Secrets | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Secrets;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Linked into place, so that the file appears whole, and the first of two processes that start at once wins. */
async function create(path: string): Promise<Secrets> {
  const random = (): string => randomBytes(32).toString('base64url');
  const secrets: Secrets = { jwtSecret: random(), signingKey: { kid: 'local', secret: random() } };
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flush: true });
  try {
    await link(draft, path);
    return secrets;
  } catch (error) {
    const winner = await read(path);
    if (winner) return winner;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}
