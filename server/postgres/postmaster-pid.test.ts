import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { disownPostmasterPid, parsePostmasterPid } from './postmaster-pid.js';

const READY = '811\n/d/data\n1763622000\n5433\n\n127.0.0.1\n  1234567    42\nready   \n';

describe('postmaster.pid', () => {
  it.each([
    ['a ready server', READY, { pid: 811, port: 5433, status: 'ready' }],
    [
      'one that has just begun',
      '811\n/d/data\n1763622000\n5433\n\n',
      { pid: 811, port: 5433, status: undefined },
    ],
    ['a standalone backend', '-812\n/d/data\n', { pid: 812, port: undefined, status: undefined }],
    ['a port out of range', '811\n/d\n1\n70000\n', { pid: 811, port: undefined, status: undefined }],
    ['an empty file', '', undefined],
    ['something else', 'hello\n', undefined],
  ])('reads %s', (_, text, expected) => {
    expect(parsePostmasterPid(text)).toEqual(expected);
  });

  it('is disowned without losing the shared memory line', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'earshot-pid-'));
    await writeFile(join(dir, 'postmaster.pid'), READY);
    await disownPostmasterPid(dir);
    const text = await readFile(join(dir, 'postmaster.pid'), 'utf8');
    expect(text).toBe(READY.replace('811', String(process.pid)));
    await rm(dir, { recursive: true });
  });
});
