import { codeOf } from '../error-code.js';
import { StorageUnavailable } from './storage.js';

/** What a disk says when it is full, broken, gone, read-only, or closed to us: nothing that the caller did wrong. */
const UNAVAILABLE = new Set([
  'EACCES',
  'EBUSY',
  'EDQUOT',
  'EFBIG',
  'EIO',
  'EMFILE',
  'EMLINK',
  'ENFILE',
  'ENODEV',
  'ENOSPC',
  'ENOTCONN',
  'ENOTSUP',
  'ENXIO',
  'EPERM',
  'EROFS',
  'ESTALE',
  'ETIMEDOUT',
]);

/** No file of that name: a path part that is a file, not a folder, means the same. */
export function isMissing(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** The same error, or a StorageUnavailable caused by it. */
export function asStorageError(error: unknown): unknown {
  const code = codeOf(error);
  if (code === undefined || !UNAVAILABLE.has(code)) return error;
  return new StorageUnavailable(`the local store refuses: ${code}`, { cause: error });
}

/** One operation of ours on the disk, so that only its errors, never those of a stranger's stream, are translated. */
export async function onDisk<T>(operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    throw asStorageError(error);
  }
}
