import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** A script of `pages/`, bundled in a process of its own: the bundler's native part knows no objects of Jest's realm. */
export async function bundlePage(name: string): Promise<string> {
  const tsx = path('../../node_modules/tsx/dist/cli.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [tsx, path('./bundle-page.ts'), name], {
    maxBuffer: 32 * 1024 * 1024,
  });
  return stdout;
}
