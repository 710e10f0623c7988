import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from '../../server/postgres/embedded-postgres.js';
import type { Durability } from '../../server/postgres/postmaster.js';
import { isRunning } from '../../server/postgres/process-info.js';
import { StartupError } from '../../server/startup-error.js';
import { eventually } from '../support/eventually.js';

const OWNER = fileURLToPath(new URL('embedded-owner.ts', import.meta.url));

let dataDir: string;
let running: EmbeddedPostgres[];
let children: ChildProcess[];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'earshot-pg-'));
  // mkdtemp makes it 0700; root's substitute has to enter.
  await chmod(dataDir, 0o755);
  running = [];
  children = [];
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(children.map(ended));
  await Promise.all(running.map((postgres) => postgres.stop()));
  // Also ends what a killed owner left.
  if (existsSync(join(dataDir, 'postgres', 'data', 'postmaster.pid'))) await (await start()).stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir, durability: 'test', ...options });
  running.push(postgres);
  return postgres;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

function spawnOwner(durability: Durability): ChildProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', OWNER, dataDir, durability], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  children.push(child);
  return child;
}

/** Starts an owner in a process of its own, in a process group of its own. */
async function startOwner(durability: Durability = 'test'): Promise<{ child: ChildProcess; url: string }> {
  const child = spawnOwner(durability);
  for await (const url of createInterface({ input: child.stdout! })) return { child, url };
  throw new Error('the owner ended before it was up');
}

async function query<T>(url: string, sql: string): Promise<T[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const pidFile = () => join(dataDir, 'postgres', 'data', 'postmaster.pid');

async function postmasterPid(): Promise<number> {
  return Number((await readFile(pidFile(), 'utf8')).split('\n')[0]);
}

/** Of a process that is not our child there is no event. */
async function gone(pid: number): Promise<void> {
  await eventually(async () => !(await isRunning(pid)));
}

describe('embedded PostgreSQL', () => {
  it('makes its database at the first start: UTF-8, C.UTF-8, a role that is no superuser', async () => {
    const { url } = await start();
    const [facts] = await query(
      url,
      `SELECT current_user AS role, pg_encoding_to_char(encoding) AS encoding, datlocale AS locale,
              current_setting('is_superuser') AS superuser, current_setting('data_checksums') AS checksums
         FROM pg_database WHERE datname = current_database()`,
    );
    expect(facts).toEqual({
      role: 'earshot',
      encoding: 'UTF8',
      locale: 'C.UTF-8',
      superuser: 'off',
      checksums: 'on',
    });
  });

  it('keeps its password to itself and asks for it', async () => {
    const { url } = await start();
    expect((await stat(join(dataDir, 'postgres', 'password'))).mode & 0o777).toBe(0o600);
    const wrong = new URL(url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it.each([
    ['full', { fsync: 'on', commit: 'on', pages: 'on' }],
    ['test', { fsync: 'off', commit: 'off', pages: 'off' }],
  ] as const)('runs with durability %s', async (durability, expected) => {
    const { url } = await start({ durability });
    const sql = `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
                        current_setting('full_page_writes') AS pages`;
    expect(await query(url, sql)).toEqual([expected]);
  });

  it('has the same data after stop and start, and stop may be called twice', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const pid = await postmasterPid();
    await Promise.all([first.stop(), first.stop()]);
    expect(await isRunning(pid)).toBe(false);
    const second = await start();
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(second.adopted).toBe(false);
  });

  it('stops while clients are connected', async () => {
    const postgres = await start();
    const client = new Client({ connectionString: postgres.url });
    client.on('error', () => undefined);
    await client.connect();
    const cutOff = new Promise<void>((resolve) => client.once('end', resolve));
    const pid = await postmasterPid();
    await postgres.stop();
    await cutOff;
    expect(await isRunning(pid)).toBe(false);
  });

  it('refuses a second owner, and leaves the first its database', async () => {
    const { child, url } = await startOwner();
    await expect(start()).rejects.toThrow(`Another Earshot (process ${child.pid}) is using ${dataDir}`);
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('gives the data directory free when a start fails', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await expect(start({ port })).rejects.toThrow(new StartupError(portTaken(port)));
    server.close();
    expect(new URL((await start()).url).port).not.toBe(String(port));
  });

  it('refuses the files of another major version in one line', async () => {
    await (await start()).stop();
    const path = join(dataDir, 'postgres', 'data', 'PG_VERSION');
    const version = await readFile(path, 'utf8');
    await writeFile(path, '12\n');
    const refusal = await start().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(StartupError);
    expect(String(refusal)).toMatch(/made by PostgreSQL 12, and this is PostgreSQL 18: .*pg_dump/);
    await writeFile(path, version);
  });

  it('refuses a data directory that is a file', async () => {
    const path = join(dataDir, 'file');
    await writeFile(path, '');
    await expect(start({ dataDir: path })).rejects.toThrow(StartupError);
    await expect(start({ dataDir: join(path, 'below') })).rejects.toThrow(StartupError);
  });
});

function portTaken(port: number): string {
  return `Port ${port} on 127.0.0.1 is taken: PostgreSQL could not start there.`;
}

describe('after a kill', () => {
  it('adopts the server of an owner killed by SIGKILL', async () => {
    const { child, url } = await startOwner();
    await query(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const pid = await postmasterPid();
    child.kill('SIGKILL');
    await ended(child);
    const postgres = await start();
    expect(postgres).toMatchObject({ adopted: true, url });
    expect(await postmasterPid()).toBe(pid);
    expect(await query(postgres.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    await postgres.stop();
    expect(await isRunning(pid)).toBe(false);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('survives %s to the group of its owner', async (signal) => {
    const { child, url } = await startOwner();
    process.kill(-child.pid!, signal);
    await ended(child);
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('restarts a server that was left with other settings', async () => {
    const { child } = await startOwner();
    child.kill('SIGKILL');
    await ended(child);
    const postgres = await start({ durability: 'full' });
    expect(postgres.adopted).toBe(false);
    expect(await query(postgres.url, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
  });

  it('replaces a server that hangs', async () => {
    const { child } = await startOwner();
    const pid = await postmasterPid();
    child.kill('SIGKILL');
    await ended(child);
    process.kill(pid, 'SIGSTOP');
    expect((await start()).adopted).toBe(false);
    expect(await isRunning(pid)).toBe(false);
  });

  it('starts over a killed postmaster whose backend is still busy', async () => {
    const { child, url } = await startOwner('full');
    await query(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const busy = new Client({ connectionString: url });
    busy.on('error', () => undefined);
    await busy.connect();
    const [backend] = (await busy.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows;
    const loop = busy.query('DO $$ BEGIN LOOP END LOOP; END $$').catch(() => undefined);
    child.kill('SIGKILL');
    const pid = await postmasterPid();
    process.kill(pid, 'SIGKILL');
    await Promise.all([ended(child), gone(pid)]);
    expect(await isRunning(backend!.pid)).toBe(true);
    const postgres = await start({ durability: 'full' });
    expect(await isRunning(backend!.pid)).toBe(false);
    expect(await query(postgres.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    await loop;
    await busy.end();
  });

  it('is not misled by a pid that now belongs to another program', async () => {
    const first = await start();
    await first.stop();
    // PostgreSQL looks only at processes of its own user.
    const { uid, gid } = await stat(first.dataDir);
    const identity = process.getuid?.() === 0 ? { uid, gid } : {};
    const stranger = spawn('/bin/sleep', ['600'], { ...identity, stdio: 'ignore', cwd: '/' });
    children.push(stranger);
    const lines = [stranger.pid, join(dataDir, 'postgres', 'data'), 1, 5432, '', '127.0.0.1', '1 1', 'ready'];
    await writeFile(pidFile(), `${lines.join('\n')}\n`);
    expect((await start()).adopted).toBe(false);
    expect(await isRunning(stranger.pid!)).toBe(true);
  });

  it('recovers from a first start that was killed midway', async () => {
    const child = spawnOwner('test');
    const home = join(dataDir, 'postgres');
    const isHalfDone = async () => {
      const drafts = (await readdir(home).catch(() => [])).filter((name) => name.startsWith('init-'));
      return drafts.some((name) => existsSync(join(home, name, 'data', 'base')));
    };
    await eventually(isHalfDone);
    child.kill('SIGKILL');
    await ended(child);
    expect(existsSync(join(home, 'data'))).toBe(false);
    const { url } = await start();
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect((await readdir(home)).filter((name) => name.startsWith('init-'))).toEqual([]);
  });
});

if (process.getuid?.() === 0) {
  describe('started by root', () => {
    it('runs as another user, whose files root does not open to others', async () => {
      const { dataDir: data } = await start();
      const status = await readFile(`/proc/${await postmasterPid()}/status`, 'utf8');
      const { uid, mode } = await stat(data);
      expect(uid).not.toBe(0);
      expect(status).toMatch(new RegExp(`^Uid:\\s+${uid}\\s+${uid}\\s+${uid}\\s+${uid}$`, 'm'));
      expect(mode & 0o777).toBe(0o700);
    });

    it('keeps the files elsewhere when the data directory is 0700, and finds them again', async () => {
      const elsewhere = join(dataDir, 'elsewhere');
      const closed = join(dataDir, 'closed');
      await mkdir(elsewhere);
      await mkdir(closed, { mode: 0o700 });
      const first = await start({ dataDir: closed, elsewhere: [elsewhere] });
      expect(dirname(dirname(first.dataDir))).toBe(elsewhere);
      expect(first.notice).toContain(dirname(first.dataDir));
      await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
      await first.stop();
      const second = await start({ dataDir: closed, elsewhere: [elsewhere] });
      expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
      expect((await stat(closed)).mode & 0o777).toBe(0o700);
      await second.stop();
    });

    it('does not begin anew when the files elsewhere are gone', async () => {
      const closed = join(dataDir, 'closed');
      await mkdir(join(closed, 'postgres'), { mode: 0o700, recursive: true });
      await writeFile(join(closed, 'postgres', 'location'), join(dataDir, 'missing'));
      await expect(start({ dataDir: closed })).rejects.toThrow(/missing, which is gone/);
    });
  });
} else {
  describe('started by an ordinary user', () => {
    it('keeps everything in the data directory, closed to others', async () => {
      const postgres = await start();
      expect(postgres.dataDir).toBe(join(dataDir, 'postgres', 'data'));
      expect(postgres.notice).toBeUndefined();
      expect((await stat(join(dataDir, 'postgres'))).mode & 0o777).toBe(0o700);
    });
  });
}
