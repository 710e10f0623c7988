import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { TestApp } from '../support/test-app.js';
import { typeCheck } from '../support/type-check.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);
const readme = await readFile(join(root, 'sdk/README.md'), 'utf8');

/** The blocks of these fences, in their order, as one program. */
const program = (fences: string): string =>
  [...readme.matchAll(new RegExp(`^\`\`\`(?:${fences})\\n(.*?)^\`\`\`$`, 'gms'))]
    .map(([, text]) => text)
    .join('\n');

let folder: string;

beforeAll(async () => {
  // Inside the project, so that @earshot/sdk resolves as it does for whoever installed it.
  folder = await mkdtemp(join(root, 'test/readme/.run-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

it('shows blocks that compile', async () => {
  const tsconfig = {
    extends: '../../../tsconfig.json',
    compilerOptions: { types: ['node'], lib: ['es2023', 'dom'] },
    include: ['blocks.ts'],
    exclude: [],
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  await writeFile(join(folder, 'blocks.ts'), program('ts|ts web'));
  await expect(typeCheck(folder)).resolves.toBe('');
});

it('shows blocks that run as they stand', async () => {
  await using app = await TestApp.start({ env: { EARSHOT_DEMO: '1' } });
  await copyFile(join(root, 'test/fixtures/call.m4a'), join(folder, 'call.m4a'));
  await copyFile(join(root, 'test/fixtures/call.ogg'), join(folder, 'other.ogg'));
  await writeFile(join(folder, 'run.ts'), program('ts').replaceAll('http://localhost:4000', app.url));
  const tsx = join(root, 'node_modules/tsx/dist/cli.mjs');
  const { stdout } = await run(process.execPath, [tsx, 'run.ts'], { cwd: folder, timeout: 60_000 });
  expect(stdout).toMatch(/sending \d+\n/);
  expect(stdout).toContain("{ phase: 'held', hold: 'OFFLINE' }");
  expect(stdout).toContain('loads recordings at 0\nplays\n');
  expect(stdout).toContain('NOT_FOUND There is no such lead');
  expect(stdout).toContain('Asha');
  await expect(stat(join(folder, 'call.m4a'))).rejects.toThrow('ENOENT');
  await expect(stat(join(folder, 'other.ogg'))).resolves.toBeDefined();
}, 90_000);
