import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { freePort } from '../../server/postgres/free-port.js';

const READY_MS = 60_000;
/** Linux counts a process's time in hundredths of a second, whatever the kernel's own tick. */
const TICKS_PER_SECOND = 100;

export interface ServerProcess extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** Seconds on the CPU so far, of all its threads, in user and kernel mode. */
  cpuSeconds(): Promise<number>;
}

/** Starts a server of one file on a free port; it is up when it says `ready`. */
export async function startServer(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<ServerProcess> {
  const port = await freePort();
  const child = spawn(process.execPath, [...args], {
    cwd,
    env: { ...process.env, ...env, NODE_ENV: 'production', PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await untilReady(child, args.join(' '));
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    pid: child.pid ?? 0,
    cpuSeconds: () => cpuSecondsOf(child.pid),
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null) return;
      const gone = once(child, 'exit');
      child.kill();
      const impatient = setTimeout(() => child.kill('SIGKILL'), 5000);
      await gone;
      clearTimeout(impatient);
    },
  };
}

/** Reads on after that: a server whose output nobody takes would stop at some time. */
function untilReady(child: ChildProcess, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), READY_MS);
    child.stdout?.on('data', (text: Buffer) => {
      if (!text.includes('ready')) return;
      clearTimeout(timer);
      resolve();
    });
    child.once('error', reject).once('exit', () => {
      clearTimeout(timer);
      reject(new Error(`${name} did not start`));
    });
  });
}

/** proc_pid_stat(5): utime and stime are fields 14 and 15; the second, the name, may hold spaces. */
async function cpuSecondsOf(pid: number | undefined): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
