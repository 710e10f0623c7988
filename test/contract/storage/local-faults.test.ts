import { jest } from '@jest/globals';
import * as real from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { PutOptions } from '../../../server/storage/storage.js';

/** What the disk fails with, by operation; the rest of the disk is real. */
const faults = new Map<string, string>();
/** How often a delete takes the new folder away, just before the next link. */
let vanishing = 0;
/** Folders whose entries were written to the disk. */
const syncedFolders: string[] = [];

function fail(operation: string): void {
  const code = faults.get(operation);
  if (code !== undefined) throw Object.assign(new Error(`${code}: ${operation}`), { code });
}

/** The handle of a file or folder, whose writes and syncs may fail. */
function faulty(handle: FileHandle, kind: 'file' | 'folder'): FileHandle {
  return new Proxy(handle, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        if (name === 'writeFile' || name === 'writev' || name === 'sync' || name === 'stat') {
          return Promise.resolve().then(() => {
            fail(`${kind} ${name}`);
            return Reflect.apply(value, target, args) as unknown;
          });
        }
        return Reflect.apply(value, target, args) as unknown;
      };
    },
  });
}

jest.unstable_mockModule('node:fs/promises', () => ({
  ...real,
  open: async (...args: Parameters<typeof real.open>) => {
    fail('open');
    const handle = await real.open(...args);
    if (!(await handle.stat()).isDirectory()) return faulty(handle, 'file');
    syncedFolders.push(String(args[0]));
    return faulty(handle, 'folder');
  },
  link: async (from: string, to: string) => {
    // The store links into its own folder for a copy, and out of it to place a file.
    fail(to.includes('/.tmp/') ? 'link in' : 'link out');
    if (vanishing > 0 && !to.includes('/.tmp/')) {
      vanishing -= 1;
      await real.rmdir(dirname(to));
    }
    return real.link(from, to);
  },
  mkdir: async (...args: Parameters<typeof real.mkdir>) => {
    fail('mkdir');
    return real.mkdir(...args);
  },
  unlink: async (path: string) => {
    if (!path.includes('/.tmp/')) fail('unlink');
    return real.unlink(path);
  },
  lstat: async (path: string) => {
    fail('lstat');
    return real.lstat(path);
  },
  readdir: async (...args: Parameters<typeof real.readdir>) => {
    fail('readdir');
    return real.readdir(...args);
  },
}));

const { LocalStorage } = await import('../../../server/storage/local-storage.js');
const { ObjectExists, StorageUnavailable } = await import('../../../server/storage/storage.js');
type Store = InstanceType<typeof LocalStorage>;

describe('LocalStorage on a disk that fails', () => {
  let root: string;
  let storage: Store;
  const put = (key: string): Promise<unknown> => storage.put(key, Readable.from(['some ', 'bytes']));
  const files = async (): Promise<string[]> =>
    (await real.readdir(root, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name);

  beforeEach(async () => {
    faults.clear();
    vanishing = 0;
    root = await real.mkdtemp(join(tmpdir(), 'earshot-faults-'));
    storage = await LocalStorage.open(root);
    await put('a/old');
  });
  afterEach(() => real.rm(root, { recursive: true }));

  it.each<[string, string, PutOptions]>([
    ...[{ durable: true }, { durable: false }].flatMap((options): [string, string, PutOptions][] => [
      ['open', 'EMFILE', options],
      ['open', 'EACCES', options],
      ['file writev', 'ENOSPC', options],
      ['file writev', 'EDQUOT', options],
      ['mkdir', 'EROFS', options],
      ['mkdir', 'ENOSPC', options],
    ]),
    ['file sync', 'EIO', {}],
    ['link out', 'ENOSPC', {}],
    ['link out', 'EPERM', {}],
    ['folder sync', 'EIO', {}],
  ])('a put whose %s fails with %s (%j) leaves nothing', async (operation, code, options) => {
    faults.set(operation, code);
    const body = Readable.from(['some ', 'bytes']);
    const failure = storage.put('b/new', body, options);
    await expect(failure).rejects.toBeInstanceOf(StorageUnavailable);
    await expect(failure).rejects.toMatchObject({ cause: { code } });
    expect(body.destroyed).toBe(true);
    expect(await files()).toEqual(['old']);
    faults.clear();
    await put('b/new');
  });

  it.each<PutOptions>([{ durable: true }, { durable: false }])(
    'a put that cannot write what came just before the end leaves nothing (%j)',
    async (options) => {
      faults.set('file writev', 'ENOSPC');
      // Its end is known when its last bytes are given out, which are as many as are written at once.
      const body = new Readable();
      body.push(Buffer.alloc(1024 * 1024));
      body.push(null);
      const failure = storage.put('b/new', body, { ...options, byteSize: 1024 * 1024 });
      await expect(failure).rejects.toBeInstanceOf(StorageUnavailable);
      expect(await files()).toEqual(['old']);
    },
  );

  it.each<[string, string, (store: Store) => Promise<unknown>]>([
    ['open', 'EMFILE', (store) => store.get('a/old')],
    ['file stat', 'EIO', (store) => store.get('a/old')],
    ['lstat', 'EACCES', (store) => store.head('a/old')],
    ['unlink', 'EROFS', (store) => store.delete('a/old')],
    ['folder sync', 'EIO', (store) => store.delete('a/old')],
    ['readdir', 'EIO', (store) => store.list('').next()],
    ['lstat', 'EIO', (store) => store.list('').next()],
    ['link in', 'ENOSPC', (store) => store.copy('a/old', 'a/new')],
    ['link out', 'ENOSPC', (store) => store.copy('a/old', 'a/new')],
    ['open', 'EMFILE', (store) => store.check()],
    ['file writeFile', 'ENOSPC', (store) => store.check()],
    ['file sync', 'EIO', (store) => store.check()],
    ['link in', 'EPERM', (store) => store.check()],
    ['mkdir', 'EROFS', () => LocalStorage.open(join(root, 'other'))],
  ])('%s failing with %s is StorageUnavailable', async (operation, code, use) => {
    faults.set(operation, code);
    await expect(use(storage)).rejects.toBeInstanceOf(StorageUnavailable);
    faults.clear();
    expect(await real.readdir(join(root, '.tmp'))).toEqual([]);
  });

  it.each(['EXDEV', 'EPERM', 'EMLINK'])('copies the bytes where a link is refused with %s', async (code) => {
    faults.set('link in', code);
    await storage.copy('a/old', 'b/new');
    expect(await real.readFile(join(root, 'b/new'), 'utf8')).toBe('some bytes');
    const [from, to] = await Promise.all([real.stat(join(root, 'a/old')), real.stat(join(root, 'b/new'))]);
    expect(to.ino).not.toBe(from.ino);
    expect(to.mode & 0o777).toBe(0o600);
    expect((await files()).sort()).toEqual(['new', 'old']);
  });

  it('makes the folder again when a delete took it away', async () => {
    vanishing = 3;
    await put('b/c/new');
    expect(vanishing).toBe(0);
    expect(await storage.head('b/c/new')).toMatchObject({ byteSize: 10 });
  });

  it('gives up on a folder that never stays', async () => {
    vanishing = Number.POSITIVE_INFINITY;
    await expect(put('b/c/new')).rejects.toBeInstanceOf(StorageUnavailable);
    expect(await files()).toEqual(['old']);
  });

  it('writes folder entries to the disk, up to the root, before it says stored', async () => {
    syncedFolders.length = 0;
    await put('x/y/z');
    expect(syncedFolders.toSorted()).toEqual([root, join(root, 'x'), join(root, 'x/y')]);
    syncedFolders.length = 0;
    await storage.delete('x/y/z');
    expect(syncedFolders).toEqual([root]);
  });

  it('waits for the disk with nothing that need not be durable', async () => {
    syncedFolders.length = 0;
    faults.set('file sync', 'EIO');
    await storage.put('x/y/z', Readable.from(['some ', 'bytes']), { durable: false });
    expect(syncedFolders).toEqual([]);
    expect(await storage.head('x/y/z')).toMatchObject({ byteSize: 10 });
  });

  it('leaves what is there to whoever put it, durable or not', async () => {
    const another = storage.put('a/old', Readable.from(['other bytes']), { durable: false });
    await expect(another).rejects.toBeInstanceOf(ObjectExists);
    expect(await real.readFile(join(root, 'a/old'), 'utf8')).toBe('some bytes');
  });

  it('makes no folder for what need not be durable on a disk that is not the store’s', async () => {
    await real.rm(join(root, '.tmp'), { recursive: true });
    const lost = storage.put('x/new', Readable.from(['bytes']), { durable: false });
    await expect(lost).rejects.toBeInstanceOf(StorageUnavailable);
    expect(await real.readdir(root)).toEqual(['a']);
  });
});
