import { mkdir, mkdtemp, readdir, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { LocalStorage } from '../../../server/storage/local-storage.js';
import { ObjectExists, ObjectMissing, StorageUnavailable } from '../../../server/storage/storage.js';
import { storageContract } from './storage-contract.js';
import type { OpenedStorage } from './stored-samples.js';

async function openLocal(): Promise<OpenedStorage & { storage: LocalStorage; root: string }> {
  const root = await mkdtemp(join(tmpdir(), 'earshot-storage-'));
  const storage = await LocalStorage.open(root);
  return {
    root,
    storage,
    async dispose() {
      // Whatever a test did, no file in the making may survive it.
      const left = await readdir(join(root, '.tmp')).catch(() => []);
      await rm(root, { recursive: true, force: true });
      expect(left).toEqual([]);
    },
  };
}

storageContract('local', openLocal);

describe('LocalStorage', () => {
  let opened: Awaited<ReturnType<typeof openLocal>>;
  const put = (key: string, text: string) => opened.storage.put(key, Readable.from([text]));

  beforeEach(async () => {
    opened = await openLocal();
  });
  afterEach(() => opened.dispose());

  it('lets nobody else read folders or files', async () => {
    const umask = process.umask(0);
    try {
      const storage = await LocalStorage.open(join(opened.root, 'deep/store'));
      await storage.put('a/b/k', Readable.from(['x']));
      await storage.copy('a/b/k', 'c/d/k');
      const modeOf = async (path: string) => (await stat(join(opened.root, path))).mode & 0o777;
      for (const folder of [
        'deep/store',
        'deep/store/.tmp',
        'deep/store/a',
        'deep/store/a/b',
        'deep/store/c/d',
      ]) {
        expect([folder, await modeOf(folder)]).toEqual([folder, 0o700]);
      }
      expect(await modeOf('deep/store/a/b/k')).toBe(0o600);
      expect(await modeOf('deep/store/c/d/k')).toBe(0o600);
    } finally {
      process.umask(umask);
    }
  });

  it('opens again over what is there', async () => {
    await put('a/k', 'x');
    const again = await LocalStorage.open(opened.root);
    expect((await buffer(await again.get('a/k'))).toString()).toBe('x');
  });

  it('shows an object only when it is whole', async () => {
    const body = new PassThrough();
    const stored = opened.storage.put('a/k', body);
    body.write('some of it');
    while ((await readdir(join(opened.root, '.tmp'))).length === 0) await new Promise(setImmediate);
    expect(await opened.storage.head('a/k')).toBeUndefined();
    expect(await readdir(opened.root)).toEqual(['.tmp']);
    body.end();
    await stored;
    expect(await opened.storage.head('a/k')).toMatchObject({ byteSize: 10 });
  });

  it('removes folders that a delete empties, and no other', async () => {
    await put('a/b/c/k', '1');
    await put('a/x', '2');
    await opened.storage.delete('a/b/c/k');
    expect(await readdir(join(opened.root, 'a'))).toEqual(['x']);
    await opened.storage.delete('a/x');
    expect(await readdir(opened.root)).toEqual(['.tmp']);
  });

  it('puts into a folder that deletes keep taking away', async () => {
    for (let round = 0; round < 30; round += 1) {
      await put('race/x/y/old', 'x');
      await Promise.all([opened.storage.delete('race/x/y/old'), put(`race/x/y/${String(round)}`, 'x')]);
      expect(await opened.storage.head(`race/x/y/${String(round)}`)).toBeDefined();
      await opened.storage.delete(`race/x/y/${String(round)}`);
    }
    expect(await readdir(opened.root)).toEqual(['.tmp']);
  });

  it('copies by a second name for the same bytes, no older than the call', async () => {
    await put('from', 'x');
    await utimes(join(opened.root, 'from'), new Date(0), new Date(0));
    const before = Date.now();
    await opened.storage.copy('from', 'a/to');
    const [from, to] = await Promise.all([stat(join(opened.root, 'from')), stat(join(opened.root, 'a/to'))]);
    expect(to.ino).toBe(from.ino);
    expect((await opened.storage.head('a/to'))?.modifiedAt.getTime()).toBeGreaterThanOrEqual(before - 10);
  });

  it('never copies onto an object', async () => {
    await put('from', 'new');
    await put('to', 'old');
    await expect(opened.storage.copy('from', 'to')).rejects.toBeInstanceOf(ObjectExists);
    expect((await buffer(await opened.storage.get('to'))).toString()).toBe('old');
  });

  it('refuses a key that is the folder of another, or below one', async () => {
    await put('a/k', 'x');
    await expect(put('a', 'y')).rejects.toThrow(/other kind/);
    await expect(put('a/k/z', 'y')).rejects.toThrow(/other kind|is an object/);
    await expect(put('a/k/y/z', 'y')).rejects.toThrow(/other kind|is an object/);
  });

  it('gives no symbolic link as an object', async () => {
    await symlink('/etc/hostname', join(opened.root, 'link'));
    await expect(opened.storage.get('link')).rejects.toBeInstanceOf(ObjectMissing);
    expect(await opened.storage.head('link')).toBeUndefined();
    for await (const { key } of opened.storage.list('')) expect(key).not.toBe('link');
  });

  it('keeps a reader going while the object is deleted', async () => {
    await opened.storage.put('k', Readable.from([Buffer.alloc(300_000, 7)]));
    const stream = await opened.storage.get('k');
    await opened.storage.delete('k');
    expect((await buffer(stream)).length).toBe(300_000);
  });

  it('leaves no file open after a stream is dropped or a range is refused', async () => {
    await opened.storage.put('k', Readable.from([Buffer.alloc(300_000)]));
    const openFiles = async () => (await readdir('/proc/self/fd')).length;
    const before = process.platform === 'linux' ? await openFiles() : 0;
    for (let round = 0; round < 50; round += 1) {
      const stream = await opened.storage.get('k');
      const closed = new Promise((done) => stream.once('close', done));
      stream.destroy();
      await closed;
      await opened.storage.get('k', { range: { first: 5, last: 1 } }).catch(() => undefined);
    }
    if (process.platform === 'linux') expect(await openFiles()).toBeLessThan(before + 10);
  });

  it('collects files in the making of a dead process, and leaves the young ones', async () => {
    const old = join(opened.root, '.tmp/old');
    const young = join(opened.root, '.tmp/young');
    await writeFile(old, 'x');
    await writeFile(young, 'x');
    await utimes(old, new Date(1000), new Date(1000));
    expect(await opened.storage.collectTemporary(new Date(2000), { dryRun: true })).toBe(1);
    expect(await readdir(join(opened.root, '.tmp'))).toHaveLength(2);
    expect(await opened.storage.collectTemporary(new Date(2000))).toBe(1);
    expect(await readdir(join(opened.root, '.tmp'))).toEqual(['young']);
    expect(await opened.storage.collectTemporary(new Date(Date.now() + 60_000))).toBe(1);
  });

  it('fails a put whose file in the making was collected meanwhile', async () => {
    const body = new PassThrough();
    const failure = expect(opened.storage.put('a/k', body)).rejects.toMatchObject({ code: 'ENOENT' });
    body.write('x');
    while ((await opened.storage.collectTemporary(new Date(Date.now() + 60_000))) === 0)
      await new Promise(setImmediate);
    body.end();
    await failure;
    expect(await opened.storage.head('a/k')).toBeUndefined();
  });

  describe('when its disk is not mounted', () => {
    const KEY = 'a/k';
    beforeEach(async () => {
      await put(KEY, 'x');
      await rename(opened.root, `${opened.root}-away`);
    });
    afterEach(() => rm(`${opened.root}-away`, { recursive: true }));

    it.each<[string, (storage: LocalStorage) => Promise<unknown>]>([
      ['put', (storage) => storage.put('a/new', Readable.from(['x']))],
      ['get', (storage) => storage.get(KEY)],
      ['head', (storage) => storage.head(KEY)],
      ['delete', (storage) => storage.delete(KEY)],
      ['copy', (storage) => storage.copy(KEY, 'a/to')],
      ['list', (storage) => storage.list('').next()],
      ['check', (storage) => storage.check()],
      ['reach', (storage) => storage.reach()],
      ['collectTemporary', (storage) => storage.collectTemporary(new Date())],
    ])('%s is StorageUnavailable, with no folder or an empty one', async (_name, use) => {
      await expect(use(opened.storage)).rejects.toBeInstanceOf(StorageUnavailable);
      await mkdir(opened.root);
      await expect(use(opened.storage)).rejects.toBeInstanceOf(StorageUnavailable);
      expect(await readdir(opened.root)).toEqual([]);
    });
  });
});
