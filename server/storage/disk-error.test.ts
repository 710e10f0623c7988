import { codeOf } from '../error-code.js';
import { asStorageError, isMissing, onDisk } from './disk-error.js';
import { StorageUnavailable } from './storage.js';

const failure = (code: string): Error => Object.assign(new Error(`${code}: it failed`), { code });

describe('asStorageError', () => {
  it.each([
    'ENOSPC',
    'EIO',
    'EACCES',
    'EROFS',
    'EPERM',
    'EDQUOT',
    'EMFILE',
    'ENFILE',
    'ESTALE',
    'ENODEV',
    'EFBIG',
  ])('%s means that the store is unavailable, and is kept as the cause', (code) => {
    const cause = failure(code);
    const error = asStorageError(cause);
    expect(error).toBeInstanceOf(StorageUnavailable);
    expect(error).toMatchObject({ cause, message: expect.stringContaining(code) });
  });

  it.each([
    failure('ENOENT'),
    failure('EEXIST'),
    failure('EINVAL'),
    new Error('no code'),
    'no error at all',
    undefined,
  ])('leaves %p as it is', (error) => {
    expect(asStorageError(error)).toBe(error);
  });
});

describe('onDisk', () => {
  it('passes the result through, and translates the error', async () => {
    await expect(onDisk(Promise.resolve(7))).resolves.toBe(7);
    await expect(onDisk(Promise.reject(failure('ENOSPC')))).rejects.toBeInstanceOf(StorageUnavailable);
    await expect(onDisk(Promise.reject(failure('ENOENT')))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('isMissing', () => {
  it.each([
    [failure('ENOENT'), true],
    [failure('ENOTDIR'), true],
    [failure('EACCES'), false],
    [new Error('x'), false],
    [undefined, false],
  ])('%p → %p', (error, expected) => {
    expect(isMissing(error)).toBe(expected);
  });

  it('reads a code only where it is a string', () => {
    expect(codeOf(Object.assign(new Error('x'), { code: 20 }))).toBeUndefined();
  });
});
