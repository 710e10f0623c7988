import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { typeCheck } from '../../support/type-check.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);
/** Tools of ours that a consumer would have installed by its own means. */
const tool = (path: string) => join(root, 'node_modules', path);

/** A project somewhere else, with the packed SDK installed as any package is. */
export class Consumer implements AsyncDisposable {
  private constructor(readonly folder: string) {}

  static async install(): Promise<Consumer> {
    const folder = await mkdtemp(join(tmpdir(), 'earshot-consumer-'));
    const consumer = new Consumer(folder);
    const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
    const { stdout } = await run('npm', pack, { cwd: join(root, 'sdk') });
    const [packed] = JSON.parse(stdout) as { filename: string }[];
    const dependencies = { '@earshot/sdk': `file:${packed?.filename}` };
    await consumer.write('package.json', JSON.stringify({ private: true, type: 'module', dependencies }));
    const install = ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'];
    await run('npm', install, { cwd: folder, timeout: 180_000 });
    return consumer;
  }

  write(name: string, text: string): Promise<void> {
    return writeFile(join(this.folder, name), text);
  }

  /** A package of ours, as if it were installed here. */
  async link(name: string): Promise<void> {
    const path = join(this.folder, 'node_modules', name);
    await mkdir(join(path, '..'), { recursive: true });
    await symlink(tool(name), path);
  }

  /** Checks and compiles by the types that were published, those of the libraries too. What it prints is wrong. */
  async compile(file: string, options: Readonly<Record<string, unknown>>): Promise<string> {
    const compilerOptions = {
      target: 'es2023',
      module: 'nodenext',
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      outDir: 'out',
      ...options,
    };
    await this.write('tsconfig.json', JSON.stringify({ compilerOptions, files: [file] }));
    return typeCheck(this.folder);
  }

  async node(...args: readonly string[]): Promise<string> {
    const { stdout } = await run(process.execPath, args, { cwd: this.folder, timeout: 120_000 });
    return stdout;
  }

  vite(): Promise<string> {
    return this.node(tool('vite/bin/vite.js'), 'build', '--logLevel', 'error');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
