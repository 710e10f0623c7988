import { execFileSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { loadConfig } from '../../server/config.js';
import { startArguments } from '../support/start-arguments.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const textOf = (name: string): Promise<string> => readFile(join(root, name), 'utf8');
const dockerfile = await textOf('Dockerfile');

interface Locked {
  dev?: boolean;
  optional?: boolean;
  devOptional?: boolean;
}

/** `@scope/name` or `name`, of what is imported from it. */
const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

async function importedPackages(): Promise<Set<string>> {
  const files = globSync('dist/{server,migrations}/**/*.js', { cwd: root });
  const found = await Promise.all(
    files.map(async (file) =>
      [...(await textOf(file)).matchAll(/^(?:import|export)\s(?:.*\sfrom\s)?'([^']+)';$/gm)].map(
        ([, specifier = '']) => specifier,
      ),
    ),
  );
  return new Set(
    found
      .flat()
      .filter((specifier) => !specifier.startsWith('.') && !isBuiltin(specifier))
      .map(packageOf),
  );
}

it('what the built server imports is there without the tools of development and optional packages', async () => {
  const { packages } = JSON.parse(await textOf('package-lock.json')) as {
    packages: Record<string, Locked | undefined>;
  };
  const imported = await importedPackages();
  expect(imported.size).toBeGreaterThan(20);
  const missing = [...imported].filter((name) => {
    const locked = packages[`node_modules/${name}`];
    return !locked || (locked.dev ?? locked.optional ?? locked.devOptional);
  });
  expect(missing).toEqual([]);
});

describe('the image', () => {
  it('runs what npm start runs', () => {
    const { flags, main } = startArguments();
    const [, command = ''] = /^CMD (\[.*\])$/m.exec(dockerfile) ?? [];
    expect(JSON.parse(command)).toEqual(['node', ...flags, main]);
  });

  it('takes what the build leaves', () => {
    const copied = [...dockerfile.matchAll(/^COPY --from=build \/app\/(\S+)/gm)].map(([, path = '']) => path);
    expect(copied).toContain('dist');
    expect(copied.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('does not run as root', () => {
    const lines = dockerfile.split('\n');
    const user = lines.findIndex((line) => line === 'USER node');
    expect(user).toBeGreaterThan(lines.findLastIndex((line) => line.startsWith('RUN')));
    expect(lines.findLastIndex((line) => line.startsWith('USER'))).toBe(user);
  });
});

it('the secrets that the README has one make are what the server wants, and what the database gets', async () => {
  const section = (await textOf('server/README.md')).split('## Running it for real')[1] ?? '';
  const [, script = ''] = /```sh\n(.*?)```/s.exec(section) ?? [];
  const dir = await mkdtemp(join(tmpdir(), 'earshot-env-'));
  try {
    execFileSync('bash', ['-euc', script.replace(/^docker .*$/gm, '')], { cwd: dir });
    const read = async (name: string) => parseEnv(await readFile(join(dir, name), 'utf8'));
    const [server, postgres] = await Promise.all([read('earshot.env'), read('postgres.env')]);
    const { database, auth, http, urlSigningKeys } = loadConfig({ NODE_ENV: 'production', ...server });
    expect(auth.kind).toBe('secret');
    expect(urlSigningKeys).toHaveLength(1);
    expect(http.metrics.token).toBeDefined();
    const url = new URL(database.kind === 'external' ? database.url : '');
    expect([url.username, url.password, url.hostname]).toEqual([
      'earshot',
      postgres['EARSHOT_DATABASE_PASSWORD'],
      'postgres',
    ]);
    expect(JSON.stringify(server)).not.toContain(postgres['POSTGRES_PASSWORD']);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
