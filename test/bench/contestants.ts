import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { asSystem } from './fill.js';
import { startServer, type ServerProcess } from './server-process.js';

export const NAMES = ['earshot', 'postgraphile', 'yoga', 'mercurius', 'bare'] as const;
export type Name = (typeof NAMES)[number];

export interface Contestant {
  readonly name: Name;
  readonly server: ServerProcess;
}

export const SECRETS = {
  jwt: 'a secret for the bench, long enough to be one',
  signingKeys: 'bench:a-key-for-the-bench-that-is-long-enough-to-be-one',
};

/** Their folder. */
export const PEERS = resolve(import.meta.dirname, 'peers');

/** The peers are no part of the project's own installation. */
export async function installPeers(): Promise<void> {
  if (existsSync(join(PEERS, 'node_modules'))) return;
  process.stderr.write('installing the peers (npm ci --prefix test/bench/peers)\n');
  await promisify(execFile)('npm', ['ci', '--prefix', PEERS]);
}

/** Every server in a process of its own, all with the same environment. The peers are spared row-level security. */
export async function startContestants(
  stack: AsyncDisposableStack,
  { databaseUrl, dataDir, main }: { databaseUrl: string; dataDir: string; main: string },
): Promise<Contestant[]> {
  const env = {
    DATABASE_URL: databaseUrl,
    AUTH_JWT_SECRET: SECRETS.jwt,
    URL_SIGNING_KEYS: SECRETS.signingKeys,
    PUBLIC_URL: 'https://calls.example.com',
    EARSHOT_ROLES: 'api',
    EARSHOT_DATA_DIR: dataDir,
    GRAPHILE_ENV: 'production',
  };
  const contestants: Contestant[] = [];
  for (const name of NAMES) {
    const server =
      name === 'earshot'
        ? startServer([resolve(main)], dataDir, env)
        : startServer([`${name}.ts`], PEERS, { ...env, DATABASE_URL: asSystem(databaseUrl) });
    contestants.push({ name, server: stack.use(await server) });
  }
  return contestants;
}
