import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Binaries, program } from './binaries.js';
import type { Location } from './location.js';
import { isRunning, postgresProcessesIn, processStamp } from './process-info.js';
import { readPostmasterPid } from './postmaster-pid.js';
import { errnoOf } from './startup-faults.js';
import { identity } from './system-user.js';

/** A running server: its first process. The stamp tells it from a later process with the same pid. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly stamp: string | undefined;
}

export type Durability = 'full' | 'test';

const FAST_MS = 10_000;
const IMMEDIATE_MS = 2_000;
const KILL_MS = 5_000;
const READY_MS = 120_000;
const POLL_MS = 20;

/**
 * For small machines. Statement texts and key values, which hold personal data, stay out of the log.
 * 'test' is for speed: a killed PostgreSQL loses its last commits, a machine crash may ruin the database.
 */
export function settings(port: number, durability: Durability): string[] {
  const common = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    shared_buffers: '128MB',
    max_connections: 200,
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
  };
  const careless = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
  const all = durability === 'test' ? { ...common, ...careless } : common;
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/**
 * Starts the server in a session and process group of its own: a signal to ours does not reach it, nor does
 * our end. Resolves when it accepts connections.
 *
 * @returns undefined when it gave up; its log says why
 */
export async function spawnPostmaster(
  binaries: Binaries,
  { data, runAs }: Location,
  port: number,
  options: { durability: Durability; logFd: number },
): Promise<Postmaster | undefined> {
  const child = spawn(program(binaries, 'postgres'), ['-D', data, ...settings(port, options.durability)], {
    ...identity(runAs),
    cwd: binaries.dir,
    env: { LC_ALL: 'C' },
    detached: true,
    stdio: ['ignore', options.logFd, options.logFd],
    windowsHide: true,
  });
  await once(child, 'spawn');
  child.unref();
  return (await untilReady(child, data)) ? await identified(child, port) : undefined;
}

async function untilReady(child: ChildProcess, data: string): Promise<boolean> {
  const deadline = Date.now() + READY_MS;
  while (child.exitCode === null && child.signalCode === null) {
    const file = await readPostmasterPid(data);
    if (file?.pid === child.pid && file?.status === 'ready') return true;
    if (Date.now() > deadline) child.kill('SIGKILL');
    await delay(POLL_MS);
  }
  return false;
}

async function identified(child: ChildProcess, port: number): Promise<Postmaster | undefined> {
  if (child.pid === undefined) return undefined;
  return { pid: child.pid, port, stamp: await processStamp(child.pid) };
}

/**
 * Ends a server: fast shutdown (clients are cut off, a checkpoint is written), after 10 s immediate shutdown,
 * at last SIGKILL. Resolves when none of its processes is left.
 */
export async function stopPostmaster(server: Postmaster, binaries: Binaries, where: Location): Promise<void> {
  await signal(server, 'SIGINT', binaries, where);
  if (!(await endsWithin(server, FAST_MS))) await abortPostmaster(server, where);
}

/** Ends a server that does not answer. Its next start replays the log. */
export async function abortPostmaster(server: Postmaster, where: Location): Promise<void> {
  for (const [name, ms] of [
    ['SIGQUIT', IMMEDIATE_MS],
    ['SIGKILL', KILL_MS],
  ] as const) {
    if (await isSame(server)) sendSignal(server.pid, name);
    if (await endsWithin(server, ms)) break;
  }
  await endOrphans(where);
}

/**
 * Server processes whose first process was killed: they end by themselves when they next look, and by force
 * when they do not. Where they cannot be found (no /proc) PostgreSQL itself refuses to start beside them.
 */
export async function endOrphans({ data, runAs }: Location): Promise<void> {
  for (const [name, ms] of [
    ['SIGQUIT', IMMEDIATE_MS],
    ['SIGKILL', KILL_MS],
  ] as const) {
    const deadline = Date.now() + ms;
    const pids = await postgresProcessesIn(data, runAs);
    for (const pid of pids) sendSignal(pid, name);
    while ((await postgresProcessesIn(data, runAs)).length > 0 && Date.now() < deadline) await delay(POLL_MS);
  }
}

/** Windows knows no signals: there pg_ctl talks to the server. */
async function signal(
  server: Postmaster,
  name: 'SIGINT',
  binaries: Binaries,
  where: Location,
): Promise<void> {
  if (!(await isSame(server))) return;
  if (process.platform !== 'win32') return sendSignal(server.pid, name);
  const stop = ['stop', '-D', where.data, '-m', 'fast', '-w'];
  await promisify(execFile)(program(binaries, 'pg_ctl'), stop).catch(() => undefined);
}

function sendSignal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw error;
  }
}

async function isSame(server: Postmaster): Promise<boolean> {
  return (await isRunning(server.pid)) && (await processStamp(server.pid)) === server.stamp;
}

async function endsWithin({ pid }: Postmaster, ms: number): Promise<boolean> {
  const deadline = Date.now() + ms;
  while (await isRunning(pid)) {
    if (Date.now() > deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}
