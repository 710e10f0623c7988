import { constants } from 'node:fs';
import { copyFile, link, mkdir, open, stat, unlink, utimes } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { codeOf } from '../error-code.js';
import { asStorageError, isMissing, onDisk } from './disk-error.js';
import { openNewFile, placeFileDurably, removeEmptyFolders, syncFolders } from './local-folders.js';
import { listFiles, statFile } from './local-listing.js';
import { assertKeyPrefix, safePath } from './safe-path.js';
import { ObjectMissing, StorageUnavailable } from './storage.js';
import type {
  ByteRange,
  CollectOptions,
  GetOptions,
  ListOptions,
  PutOptions,
  Storage,
  StoredObject,
} from './storage.js';
import { TemporaryFiles, writeBody } from './temporary-files.js';

/** Errors of link(2) after which copying the bytes still works: another disk, another owner, too many links. */
const LINK_REFUSED = new Set(['EXDEV', 'EPERM', 'EMLINK']);

/**
 * Objects as files below one folder, the key as the path; mode 0600 in folders of 0700.
 * `.tmp` holds files in the making and marks the folder as ours: without it (a disk that is not mounted) everything is
 * StorageUnavailable, rather than that every object reads as missing and new ones go to the wrong disk.
 */
export class LocalStorage implements Storage {
  readonly kind = 'local';
  private readonly root: string;
  private readonly temporary: TemporaryFiles;

  /** For a folder that `open` made before. */
  constructor(root: string) {
    this.root = resolve(root);
    this.temporary = new TemporaryFiles(join(this.root, '.tmp'));
  }

  /** Makes the folders where they are missing. */
  static async open(root: string): Promise<LocalStorage> {
    const storage = new LocalStorage(root);
    await onDisk(mkdir(storage.temporary.folder, { recursive: true, mode: 0o700 }));
    return storage;
  }

  async put(key: string, body: Readable, options: PutOptions = {}): Promise<StoredObject> {
    try {
      const path = safePath(this.root, key);
      const isDurable = options.durable ?? true;
      const byteSize = await this.orAway(() =>
        isDurable ? this.putWhole(path, key, body, options) : this.putInPlace(path, key, body, options),
      );
      return { key, byteSize, modifiedAt: new Date() };
    } catch (error) {
      // A body that is refused before it was read must not wait for a reader for ever.
      body.on('error', () => undefined).destroy();
      throw error;
    }
  }

  /** @throws ObjectMissing before any byte flows */
  async get(key: string, options: GetOptions = {}): Promise<Readable> {
    const path = safePath(this.root, key);
    options.signal?.throwIfAborted();
    const handle = await this.orMissing(key, () => open(path, constants.O_RDONLY | constants.O_NOFOLLOW));
    try {
      const found = await onDisk(handle.stat());
      if (!found.isFile()) throw new ObjectMissing(key);
      if (options.range) assertInside(options.range, found.size);
      return handle.createReadStream({
        ...(options.range && { start: options.range.first, end: options.range.last }),
        ...(options.signal && { signal: options.signal }),
      });
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async head(key: string): Promise<StoredObject | undefined> {
    const found = await statFile(safePath(this.root, key), key);
    if (!found) await this.assertThere();
    return found;
  }

  async delete(key: string): Promise<void> {
    const path = safePath(this.root, key);
    try {
      await unlink(path);
    } catch (error) {
      if (isMissing(error) || (await isFolder(path))) return await this.assertThere();
      throw asStorageError(error);
    }
    await removeEmptyFolders(this.root, path);
    await onDisk(syncFolders(this.root, path));
  }

  async *list(prefix: string, { after }: ListOptions = {}): AsyncGenerator<StoredObject> {
    assertKeyPrefix(prefix);
    await this.assertThere();
    yield* listFiles(this.root, prefix, after);
  }

  /**
   * A hard link: objects never change, so two names may share their bytes. They share the time too, so `from` becomes
   * as young as its copy.
   */
  async copy(from: string, to: string): Promise<void> {
    const source = safePath(this.root, from);
    const target = safePath(this.root, to);
    if (!(await this.head(from))) throw new ObjectMissing(from);
    await this.orMissing(from, () =>
      this.temporary.withPath(async (temporary) => {
        await onDisk(linkOrCopy(source, temporary));
        await placeFileDurably(this.root, temporary, target, to);
      }),
    );
  }

  reach(): Promise<void> {
    return this.assertThere();
  }

  async check(): Promise<void> {
    try {
      await this.temporary.probe();
    } catch (error) {
      if (error instanceof StorageUnavailable) throw error;
      throw new StorageUnavailable('the local store fails a small write', { cause: error });
    }
  }

  /** Removes files in the making that nobody has written to since `olderThan`; resolves with how many. */
  async collectTemporary(olderThan: Date, { dryRun = false }: CollectOptions = {}): Promise<number> {
    return await this.orAway(() => onDisk(this.temporary.collect(olderThan, dryRun)));
  }

  /** Holds nothing open. */
  async [Symbol.asyncDispose](): Promise<void> {}

  private putWhole(path: string, key: string, body: Readable, options: PutOptions): Promise<number> {
    return this.temporary.withFile(async (temporary, handle) => {
      const byteSize = await writeBody(handle, body, options);
      options.signal?.throwIfAborted();
      await placeFileDurably(this.root, temporary, path, key);
      return byteSize;
    });
  }

  /** Under its own name from the beginning: a name less to make and to take away for each of many small objects. */
  private async putInPlace(path: string, key: string, body: Readable, options: PutOptions): Promise<number> {
    const handle = await openNewFile(path, key, () => this.assertThere());
    try {
      const byteSize = await writeBody(handle, body, options);
      options.signal?.throwIfAborted();
      return byteSize;
    } catch (error) {
      await unlink(path).catch(() => undefined);
      await removeEmptyFolders(this.root, path);
      throw error;
    } finally {
      await handle.close();
    }
  }

  private async assertThere(): Promise<void> {
    if (await isFolder(this.temporary.folder)) return;
    throw new StorageUnavailable(`${this.root} is not a local store; is its disk mounted?`);
  }

  /** Runs an operation that fails with ENOENT when the store is not there. */
  private async orAway<T>(operation: () => Promise<T>): Promise<T> {
    try {
      return await operation();
    } catch (error) {
      if (isMissing(error)) await this.assertThere();
      throw error;
    }
  }

  /** Runs an operation that fails with ENOENT when the store or the object is not there. */
  private async orMissing<T>(key: string, operation: () => Promise<T>): Promise<T> {
    try {
      return await this.orAway(operation);
    } catch (error) {
      // ELOOP: a symbolic link, which is nobody's object.
      if (isMissing(error) || codeOf(error) === 'ELOOP') throw new ObjectMissing(key);
      throw asStorageError(error);
    }
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (isMissing(error)) return false;
    throw asStorageError(error);
  }
}

async function linkOrCopy(source: string, target: string): Promise<void> {
  try {
    await link(source, target);
    const now = new Date();
    await utimes(target, now, now);
  } catch (error) {
    if (!LINK_REFUSED.has(codeOf(error) ?? '')) throw error;
    await unlink(target).catch(() => undefined);
    await copyFile(source, target, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    await using copy = await open(target, 'r+');
    await copy.chmod(0o600);
    await copy.sync();
  }
}

function assertInside({ first, last }: ByteRange, byteSize: number): void {
  const whole = Number.isSafeInteger(first) && Number.isSafeInteger(last);
  if (whole && 0 <= first && first <= last && last < byteSize) return;
  throw new RangeError(`bytes ${first}-${last} are not inside an object of ${byteSize} bytes`);
}
