import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import { errnoOf } from './startup-faults.js';
import type { RunAs } from './system-user.js';

const run = promisify(execFile);
const onLinux = process.platform === 'linux';

/** Fields of /proc/<pid>/stat, proc_pid_stat(5), counted from the state, which follows the command's `)`. */
const STATE = 0;
const START_TIME = 19;

async function statFields(pid: number): Promise<string[]> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** Whether the process runs; one that only waits to be reaped does not. */
export async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errnoOf(error) !== 'EPERM') return false;
  }
  if (!onLinux) return true;
  return !['Z', 'X'].includes((await statFields(pid))[STATE] ?? '');
}

/**
 * What tells a process from a later one with the same pid: its start time (with the boot's id on Linux).
 * Undefined where the system does not tell.
 */
export async function processStamp(pid: number): Promise<string | undefined> {
  if (onLinux) {
    const started = (await statFields(pid))[START_TIME];
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
    return started && `${boot.trim()}:${started}`;
  }
  if (process.platform === 'win32') return undefined;
  return (await ps(pid, 'lstart=')) || undefined;
}

async function ps(pid: number, column: string): Promise<string> {
  const env = { LC_ALL: 'C', PATH: '/bin:/usr/bin' };
  const { stdout } = await run('ps', ['-o', column, '-p', String(pid)], { env }).catch(() => ({
    stdout: '',
  }));
  return stdout.trim();
}

/**
 * Whether the pid is a PostgreSQL program working in the directory; undefined where that cannot be seen.
 *
 * @param runAs who PostgreSQL runs as, when not as we do
 */
export async function isPostgresIn(
  pid: number,
  dir: string,
  runAs: RunAs | undefined,
): Promise<boolean | undefined> {
  if (onLinux) return (await postgresWorkingIn([pid], dir, runAs)).length > 0;
  if (process.platform === 'win32') return undefined;
  return (await ps(pid, 'command=')).includes(dir);
}

/** Every PostgreSQL program whose working directory is `dir` or lies in it. None where there is no /proc. */
export async function postgresProcessesIn(dir: string, runAs: RunAs | undefined): Promise<number[]> {
  if (!onLinux) return [];
  const pids = (await readdir('/proc').catch(() => [])).map(Number).filter((pid) => pid > 0);
  return postgresWorkingIn(pids, dir, runAs);
}

async function postgresWorkingIn(pids: number[], dir: string, runAs: RunAs | undefined): Promise<number[]> {
  const named = await Promise.all(pids.map(isPostgresByName));
  const candidates = pids.filter((_, i) => named[i]);
  const places = await workingDirectories(candidates, runAs);
  return candidates.filter((pid) => {
    const cwd = places.get(pid);
    return cwd === dir || cwd?.startsWith(`${dir}/`);
  });
}

async function isPostgresByName(pid: number): Promise<boolean> {
  const command = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim();
  return command === 'postgres' || command === 'initdb';
}

/**
 * Root in a container often lacks CAP_SYS_PTRACE, and then may not read another user's /proc/<pid>/cwd; that
 * user may.
 */
async function workingDirectories(pids: number[], runAs: RunAs | undefined): Promise<Map<number, string>> {
  if (pids.length === 0) return new Map();
  if (runAs === undefined) {
    const links = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')));
    return new Map(pids.map((pid, i) => [pid, links[i] ?? '']));
  }
  const script = 'for pid; do cd -P "/proc/$pid/cwd" 2>/dev/null && echo "$pid $PWD"; done; true';
  const options = { uid: runAs.uid, gid: runAs.gid, cwd: '/', env: {}, timeout: 10_000 };
  const { stdout } = await run('/bin/sh', ['-c', script, 'sh', ...pids.map(String)], options);
  const lines = stdout.split('\n').map((line) => /^(\d+) (.*)$/.exec(line));
  return new Map(lines.flatMap((line) => (line ? [[Number(line[1]), line[2] ?? ''] as const] : [])));
}
