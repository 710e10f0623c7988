/**
 * Runs the tests: `npm test [-- jest's arguments]`. One real PostgreSQL serves them all; every test file gets a
 * database of its own, cloned from a migrated template.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../server/postgres/embedded-postgres.js';
import { createTemplate } from './database.js';

const dir = await mkdtemp(join(tmpdir(), 'earshot-test-'));
// mkdtemp makes it 0700; the user that PostgreSQL runs as when we are root has to enter.
await chmod(dir, 0o755);
const postgres = await startEmbeddedPostgres({ dataDir: dir, durability: 'test', elsewhere: [tmpdir()] });
let code = 1;
try {
  await createTemplate(postgres.url);
  const args = [
    '--experimental-vm-modules',
    '--no-warnings=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    ...process.argv.slice(2),
  ];
  const jest = spawn(process.execPath, args, {
    stdio: 'inherit',
    env: { ...process.env, EARSHOT_TEST_DATABASE_URL: postgres.url },
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => jest.kill(signal));
  const [status] = (await once(jest, 'close')) as [number | null];
  code = status ?? 1;
} finally {
  await postgres.stop();
  await rm(dir, { recursive: true, force: true });
}
process.exit(code);
