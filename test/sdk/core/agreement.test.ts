import { readFileSync } from 'node:fs';
import { SDK_VERSION } from '../../../sdk/core/index.js';
import { createError, ERROR_CLASSES } from '../../../sdk/core/error-classes.js';
import { ERROR_STATUS, EarshotError as ServerError } from '../../../server/errors.js';
import type { ErrorCode } from '../../../server/errors.js';

describe('the SDK agrees', () => {
  it('with the server on every error code, and on which of them may pass', () => {
    const codes = Object.keys(ERROR_STATUS) as ErrorCode[];
    const own = ['NETWORK', 'TIMEOUT', 'ABORTED', 'BAD_RESPONSE'];
    expect(Object.keys(ERROR_CLASSES).sort()).toEqual([...codes, ...own].sort());
    for (const code of codes) {
      expect([code, createError('', { code }).retryable]).toEqual([
        code,
        new ServerError(code, '').retryable,
      ]);
    }
  });

  it('with its package on the version', () => {
    const manifest = JSON.parse(readFileSync('sdk/package.json', 'utf8')) as { version: string };
    expect(SDK_VERSION).toBe(manifest.version);
  });
});
