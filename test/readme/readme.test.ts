import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buildSchema, parse, validate } from 'graphql';
import { TestApp } from '../support/test-app.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const readme = await readFile(join(root, 'README.md'), 'utf8');

function snippets(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, text]) => text ?? '',
  );
}

it('gives the two commands', () => {
  const commands = snippets('sh').map((text) => text.trim());
  expect(commands).toContain('npm ci && npm start');
  expect(commands).toContain('npm ci && npm test');
});

it('shows queries that the schema knows', async () => {
  const schema = buildSchema(await readFile(join(root, 'schema.graphql'), 'utf8'));
  const queries = snippets('graphql');
  expect(queries.length).toBeGreaterThan(0);
  for (const query of queries) expect(validate(schema, parse(query))).toEqual([]);
});

it('shows twenty lines of the SDK that run as they stand', async () => {
  await using app = await TestApp.start({ env: { EARSHOT_DEMO: '1' } });
  const [snippet = ''] = snippets('ts');
  // Inside the project, so that @earshot/sdk resolves as it does for whoever installed it.
  const dir = await mkdtemp(join(root, 'test/readme/.run-'));
  try {
    await copyFile(join(root, 'test/fixtures/call.m4a'), join(dir, 'call.m4a'));
    await writeFile(join(dir, 'snippet.ts'), snippet.replaceAll('http://localhost:4000', app.url));
    const tsx = join(root, 'node_modules/tsx/dist/cli.mjs');
    const { stdout } = await promisify(execFile)(process.execPath, [tsx, 'snippet.ts'], {
      cwd: dir,
      timeout: 30_000,
    });
    expect(stdout).toMatch(/139400 of 139400 bytes/);
    expect(stdout).toMatch(/UPLOADED http:\/\/localhost/);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
