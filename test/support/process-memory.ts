import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const onLinux = process.platform === 'linux';

/** Begins a new peak, at what the process has now: proc_pid_clear_refs(5). */
export async function resetPeak(pid: number): Promise<void> {
  if (onLinux) await writeFile(`/proc/${pid}/clear_refs`, '5');
}

/** The most resident memory (RSS) since the start or the last reset, in MiB; where no peak is kept, what there is now. */
export async function peakMib(pid: number): Promise<number> {
  const kib = onLinux ? await highWaterMark(pid) : await residentNow(pid);
  if (!(kib > 0)) throw new Error('the system does not tell the memory of a process');
  return Math.round(kib / 1024);
}

async function highWaterMark(pid: number): Promise<number> {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

async function residentNow(pid: number): Promise<number> {
  return Number((await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)])).stdout);
}
