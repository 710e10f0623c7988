import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { promisify } from 'node:util';

interface Packed {
  readonly files: readonly { readonly path: string }[];
}

async function packed(): Promise<readonly string[]> {
  const pack = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const { stdout } = await promisify(execFile)('npm', pack, { cwd: 'sdk' });
  const [answer] = JSON.parse(stdout) as Packed[];
  return answer?.files.map(({ path }) => path) ?? [];
}

it('the package of the SDK has its licence, and whatever its documents lead to', async () => {
  const paths = await packed();
  expect(paths).toContain('LICENSE');
  expect(await readFile('sdk/LICENSE', 'utf8')).toBe(await readFile('LICENSE', 'utf8'));
  const documents = paths.filter((path) => path.endsWith('.md'));
  expect(documents).toContain('docs/react.md');
  const broken: string[] = [];
  for (const path of documents) {
    const text = await readFile(`sdk/${path}`, 'utf8');
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      const linked = posix.join(posix.dirname(path), target);
      const isThere = paths.some((one) => one === linked || one.startsWith(`${linked.replace(/\/$/, '')}/`));
      if (!isThere) broken.push(`${path} → ${target}`);
    }
  }
  expect(broken).toEqual([]);
});
