import { constants } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from './startup-faults.js';

/** What PostgreSQL writes of itself into its data directory (miscadmin.h, "LOCK_FILE_LINE_…"). */
export interface PostmasterPid {
  readonly pid: number;
  readonly port: number | undefined;
  /** `ready` once it accepts connections; `starting`, `stopping` or `standby` otherwise. */
  readonly status: string | undefined;
}

/** Its lines: pid, data directory, start time, port, socket directory, listen address, shared memory, status. */
export function parsePostmasterPid(text: string): PostmasterPid | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  // A standalone backend (initdb's, for one) writes its pid negative.
  const pid = Math.abs(Number(lines[0]));
  if (!Number.isSafeInteger(pid) || pid === 0) return undefined;
  const port = Number(lines[3]);
  return { pid, port: port > 0 && port < 65_536 ? port : undefined, status: lines[7] || undefined };
}

function pidFile(data: string): string {
  return join(data, 'postmaster.pid');
}

export async function readPostmasterPid(data: string): Promise<PostmasterPid | undefined> {
  return parsePostmasterPid(await readFile(pidFile(data), 'utf8').catch(() => ''));
}

/**
 * For a file that a crash left. Its pid may by now be somebody else's, or wait to be reaped, and PostgreSQL
 * would take that for a running server. It does know its parent for none: so our own pid goes there. The
 * rest stays, since PostgreSQL's check for surviving processes hangs on the shared memory line.
 */
export async function disownPostmasterPid(data: string): Promise<void> {
  const file = await open(pidFile(data), constants.O_RDWR | (constants.O_NOFOLLOW ?? 0)).catch(ifThere);
  if (file === undefined) return;
  try {
    const [, ...rest] = (await file.readFile('utf8')).split('\n');
    await file.truncate(0);
    await file.write([process.pid, ...rest].join('\n'), 0);
  } finally {
    await file.close();
  }
}

function ifThere(error: unknown): undefined {
  if (errnoOf(error) !== 'ENOENT') throw error;
}
