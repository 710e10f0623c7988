import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartupError } from '../startup-error.js';
import { isRunning, processStamp } from './process-info.js';
import { errnoOf } from './startup-faults.js';

/** Who holds a data directory. The stamp tells the process from a later one with the same pid. */
interface Holder {
  readonly pid: number;
  readonly stamp?: string | undefined;
}

const ENTRY = /^owner\.(\d+)$/;

/**
 * One Earshot per data directory, also after kill -9. Entries are numbered `owner.1`, `owner.2`, …: the
 * highest number owns, and is never deleted except by the taker of a higher one. So a stale entry is
 * succeeded rather than removed, and two processes that both see it cannot remove each other's.
 */
export class OwnerLock {
  private constructor(private readonly path: string) {}

  /** @throws StartupError naming the process that already owns the directory */
  static async acquire(dir: string, dataDir: string): Promise<OwnerLock> {
    const me: Holder = { pid: process.pid, stamp: await processStamp(process.pid) };
    for (;;) {
      const last = await lastEntry(dir);
      const holder = last > 0 ? await livingHolder(entryPath(dir, last)) : undefined;
      if (holder) throw inUse(dataDir, holder.pid);
      const mine = last + 1;
      if (!(await claim(entryPath(dir, mine), me))) continue;
      if ((await lastEntry(dir)) !== mine) {
        await rm(entryPath(dir, mine), { force: true });
        continue;
      }
      await removeBelow(dir, mine);
      return new OwnerLock(entryPath(dir, mine));
    }
  }

  /** Leaves the entry, emptied: its number must not be given again. */
  async release(): Promise<void> {
    const text = await readFile(this.path, 'utf8').catch(() => '');
    if (parseHolder(text)?.pid === process.pid) await truncate(this.path);
  }
}

function inUse(dataDir: string, pid: number): StartupError {
  return new StartupError(
    `Another Earshot (process ${pid}) is using ${dataDir}: stop it, or give this one its own EARSHOT_DATA_DIR.`,
  );
}

function entryPath(dir: string, number: number): string {
  return join(dir, `owner.${number}`);
}

async function lastEntry(dir: string): Promise<number> {
  const numbers = (await readdir(dir)).map((name) => Number(ENTRY.exec(name)?.[1] ?? 0));
  return Math.max(0, ...numbers);
}

/** Appears with its whole content or not at all. */
async function claim(path: string, holder: Holder): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeFile(draft, JSON.stringify(holder), { flag: 'wx', mode: 0o644 });
    await link(draft, path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function livingHolder(path: string): Promise<Holder | undefined> {
  const holder = parseHolder(await readFile(path, 'utf8').catch(() => ''));
  if (!holder || !(await isRunning(holder.pid))) return undefined;
  const stamp = await processStamp(holder.pid);
  return holder.stamp === undefined || stamp === undefined || stamp === holder.stamp ? holder : undefined;
}

function parseHolder(text: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('pid' in value)) return undefined;
    const stamp = 'stamp' in value && typeof value.stamp === 'string' ? value.stamp : undefined;
    return Number.isSafeInteger(value.pid) && Number(value.pid) > 0
      ? { pid: Number(value.pid), stamp }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Older entries, and drafts that a killed process left. */
async function removeBelow(dir: string, mine: number): Promise<void> {
  const old = (await readdir(dir)).filter((name) => {
    const number = /^owner\.(\d+)/.exec(name)?.[1];
    return number !== undefined && Number(number) < mine;
  });
  await Promise.all(old.map((name) => rm(join(dir, name), { force: true })));
}
