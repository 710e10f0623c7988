import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { lchown, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Binaries, program } from './binaries.js';
import type { Location } from './location.js';
import { isRunning, postgresProcessesIn } from './process-info.js';
import { postgresFault } from './startup-faults.js';
import { identity } from './system-user.js';

const DRAFT = 'init-';
const OUTPUT_CHARS = 16_384;

/** The role that the server signs in as: owner of its database, may create others, no superuser. */
export const APP_ROLE = 'earshot';
export const DATABASE = 'earshot';
export const SUPERUSER = 'postgres';

/**
 * Makes the database in a draft directory and renames it when it is complete, so that a start killed
 * midway leaves nothing that looks like one.
 */
export async function initialise(binaries: Binaries, location: Location, password: string): Promise<void> {
  const draft = await mkdtemp(join(location.home, DRAFT));
  try {
    const passwordFile = join(draft, 'password');
    await writeFor(location, passwordFile, password);
    if (location.runAs) await lchown(draft, location.runAs.uid, location.runAs.gid);
    const data = join(draft, 'data');
    await runProgram(binaries, 'initdb', initdbArguments(data, passwordFile), location, draft, '');
    await runProgram(binaries, 'postgres', singleUserArguments(data), location, draft, rolesSql(password));
    await rename(data, location.data);
  } finally {
    await rm(draft, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Drafts of starts that were killed; their initdb may still be at work. */
export async function removeDrafts({ home, runAs }: Location): Promise<void> {
  for (const name of (await readdir(home)).filter((entry) => entry.startsWith(DRAFT))) {
    const draft = join(home, name);
    for (let pids = await postgresProcessesIn(draft, runAs); pids.length > 0; pids = await running(pids)) {
      for (const pid of pids) killQuietly(pid);
      await delay(20);
    }
    await rm(draft, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function running(pids: number[]): Promise<number[]> {
  const states = await Promise.all(pids.map(isRunning));
  return pids.filter((_, i) => states[i]);
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

async function writeFor({ runAs }: Location, path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  await file.writeFile(`${text}\n`);
  if (runAs) await file.chown(runAs.uid, runAs.gid);
  await file.close();
}

/** The built-in C.UTF-8 locale sorts alike on every system; data checksums are PostgreSQL 18's default. */
function initdbArguments(data: string, passwordFile: string): string[] {
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = ['--auth=scram-sha-256', `--username=${SUPERUSER}`, `--pwfile=${passwordFile}`];
  return ['-D', data, ...locale, ...access, '--no-instructions'];
}

/** Without exit_on_error a standalone backend goes on after an error and exits 0. */
function singleUserArguments(data: string): string[] {
  return [
    '--single',
    '-D',
    data,
    '-c',
    'exit_on_error=on',
    '-c',
    'log_min_error_statement=panic',
    'postgres',
  ];
}

/** A standalone backend takes one statement a line. The password is ours: letters, digits, `-` and `_`. */
function rolesSql(password: string): string {
  return [
    `CREATE ROLE ${APP_ROLE} LOGIN CREATEDB PASSWORD '${password}';`,
    `CREATE DATABASE ${DATABASE} OWNER ${APP_ROLE};`,
    '',
  ].join('\n');
}

async function runProgram(
  binaries: Binaries,
  name: 'initdb' | 'postgres',
  args: string[],
  location: Location,
  cwd: string,
  input: string,
): Promise<void> {
  const options = { ...identity(location.runAs), cwd, env: { LC_ALL: 'C' }, stdio: 'pipe' } as const;
  const child = spawn(program(binaries, name), args, options);
  child.stdin.on('error', () => undefined).end(input);
  const output = collect(child);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw postgresFault('PostgreSQL could not make its database', output(), location.home);
}

/** The end of what a child prints, bounded. */
function collect(child: ChildProcess): () => string {
  let text = '';
  const keep = (chunk: Buffer) => (text = (text + chunk.toString()).slice(-OUTPUT_CHARS));
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return () => text;
}
