import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OwnerLock } from './owner-lock.js';
import { processStamp } from './process-info.js';

describe('OwnerLock', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'earshot-lock-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  const acquire = () => OwnerLock.acquire(dir, '/the/data');

  it('refuses a second owner and names the first', async () => {
    await acquire();
    await expect(acquire()).rejects.toThrow(`Another Earshot (process ${process.pid}) is using /the/data`);
  });

  it('can be taken again after its release', async () => {
    await (await acquire()).release();
    await (await acquire()).release();
    expect(await readdir(dir)).toEqual(['owner.2']);
  });

  it('gives one of many at once the ownership, also over a stale entry', async () => {
    await writeFile(join(dir, 'owner.7'), JSON.stringify({ pid: process.pid, stamp: 'of another process' }));
    const results = await Promise.allSettled(Array.from({ length: 20 }, acquire));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it.each([
    ['a pid given to a later process', async () => ({ pid: process.pid, stamp: 'earlier' })],
    ['a process that has ended', endedProcess],
    ['something unreadable', async () => 'x'],
  ])('succeeds %s', async (_, holder) => {
    await writeFile(join(dir, 'owner.3'), JSON.stringify(await holder()));
    await acquire();
    expect(await readdir(dir)).toEqual(['owner.4']);
  });
});

async function endedProcess() {
  const child = spawn(process.execPath, ['-e', '']);
  const holder = { pid: child.pid, stamp: await processStamp(child.pid ?? 0) };
  await once(child, 'exit');
  return holder;
}
