import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { codeOf } from './error-code.js';
import { StartupError } from './startup-error.js';

const secret = z.string().min(32);
const shape = z.object({ jwtSecret: secret, signingKey: z.object({ kid: z.string().min(1), secret }) });

export type Secrets = z.infer<typeof shape>;

/**
 * Makes the secrets that the operator did not give, once, in a file that only its owner reads; later starts read it.
 *
 * @throws StartupError when that file is damaged: new secrets would end every session and link
 */
export async function generatedSecrets(dataDir: string): Promise<Secrets> {
  const path = join(dataDir, 'secrets.json');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  return (await read(path)) ?? (await create(path));
}

async function read(path: string): Promise<Secrets | undefined> {
  try {
    return shape.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return undefined;
    throw new StartupError(
      `The secrets in ${path} cannot be read${code ? ` (${code})` : ''}: restore that file, or remove it to get new ones, which ends every session and signed link.`,
      { cause: error },
    );
  }
}

/** Linked into place, so that the file appears whole, and the first of two processes that start at once wins. */
async function create(path: string): Promise<Secrets> {
  const random = (): string => randomBytes(32).toString('base64url');
  const secrets: Secrets = { jwtSecret: random(), signingKey: { kid: 'local', secret: random() } };
  const draft = `${path}.${randomUUID()}`;
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
