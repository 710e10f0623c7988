import { chmod, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { codeOf } from '../../server/error-code.js';
import { startEmbeddedPostgres } from '../../server/postgres/embedded-postgres.js';
import { isRunning } from '../../server/postgres/process-info.js';
import { systemQuery } from './system-query.js';

/** A fresh EARSHOT_DATA_DIR. Its end also ends the PostgreSQL that a killed server left in it. */
export class DataDir implements AsyncDisposable {
  private constructor(readonly path: string) {}

  static async create(): Promise<DataDir> {
    const path = await mkdtemp(join(tmpdir(), 'earshot-server-'));
    // mkdtemp makes it 0700; the user that PostgreSQL runs as when we are root has to enter.
    await chmod(path, 0o755);
    return new DataDir(path);
  }

  /** The first process of the embedded PostgreSQL, running or not; undefined when it was stopped. */
  async postgresPid(): Promise<number | undefined> {
    const [pid] = await this.postmasterFile();
    return pid === undefined ? undefined : Number(pid);
  }

  async postgresRuns(): Promise<boolean> {
    const pid = await this.postgresPid();
    return pid !== undefined && isRunning(pid);
  }

  /** Runs one statement in the embedded PostgreSQL, beside the server. */
  async query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]> {
    return systemQuery<Row>(await this.databaseUrl(), text, values);
  }

  /** Only while the embedded PostgreSQL runs. */
  async databaseUrl(): Promise<string> {
    const password = (await readFile(join(this.path, 'postgres', 'password'), 'utf8')).trim();
    const port = (await this.postmasterFile())[3] ?? '';
    return `postgresql://earshot:${password}@127.0.0.1:${port}/earshot`;
  }

  /** Every file of the local store, as its key; files in the making are below `.tmp/`. */
  async keys(prefix = ''): Promise<string[]> {
    const root = join(this.path, 'objects');
    const paths = (await filesBelow(root)).map((path) => path.slice(root.length + 1));
    return paths.filter((key) => key.startsWith(prefix)).toSorted();
  }

  /** Bytes that lie in the local store under these keys. */
  async bytesOf(keys: readonly string[]): Promise<number> {
    const sizes = keys.map(async (key) => {
      // It may have got its name, or have gone, by now.
      const file = await stat(join(this.path, 'objects', key)).catch(() => undefined);
      return file?.size ?? 0;
    });
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if ((await this.postgresPid()) !== undefined)
      await (await startEmbeddedPostgres({ dataDir: this.path })).stop();
    await rm(this.path, { recursive: true, force: true });
  }

  private async postmasterFile(): Promise<string[]> {
    const text = await readFile(join(this.path, 'postgres', 'data', 'postmaster.pid'), 'utf8').catch(
      () => '',
    );
    return text === '' ? [] : text.split('\n');
  }
}

/** A folder that the server removes meanwhile has none. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  const found = entries.map(async (entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? await filesBelow(path) : [path];
  });
  return (await Promise.all(found)).flat();
}
