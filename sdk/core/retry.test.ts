import { createError } from './error-classes.js';
import { globalPlatform } from './platform.js';
import type { Platform } from './platform.js';
import { backoffMs, DEFAULT_RETRY, withRetries } from './retry.js';
import type { OperationRequest } from './transport.js';

const REQUEST: OperationRequest = {
  document: '',
  name: 'Leads',
  kind: 'query',
  variables: {},
  idempotent: true,
};
const POLICY = { retries: 2, baseMs: 100, maxMs: 10_000 };
const unavailable = (retryAfterSeconds?: number) =>
  createError('Later.', { code: 'UNAVAILABLE', retryAfterSeconds });

/** Fails with each of these in turn, then answers; waits take no time and are noted. */
function scripted(...failures: unknown[]) {
  const waits: number[] = [];
  let tries = 0;
  const platform: Platform = {
    ...globalPlatform(),
    random: () => 0.5,
    setTimeout: (callback, milliseconds) => {
      waits.push(milliseconds);
      queueMicrotask(callback);
      return 0;
    },
    clearTimeout: () => undefined,
  };
  const transport = withRetries(
    () => {
      tries += 1;
      return tries <= failures.length ? Promise.reject(failures[tries - 1]) : Promise.resolve('ok');
    },
    POLICY,
    platform,
  );
  return { transport, waits, tries: () => tries };
}

describe('withRetries', () => {
  it('sends again with growing, jittered waits', async () => {
    const { transport, waits } = scripted(unavailable(), unavailable());
    expect(await transport(REQUEST)).toBe('ok');
    expect(waits).toEqual([50, 100]);
  });

  it('gives up after as many repetitions as allowed, with the last failure', async () => {
    const last = unavailable();
    const { transport, tries } = scripted(unavailable(), unavailable(), last, unavailable());
    await expect(transport(REQUEST)).rejects.toBe(last);
    expect(tries()).toBe(3);
  });

  it('waits as long as the server asks', async () => {
    const { transport, waits } = scripted(unavailable(3));
    expect(await transport(REQUEST)).toBe('ok');
    expect(waits).toEqual([3000]);
  });

  it('does not wait longer than its policy allows: the caller learns how long', async () => {
    const failure = unavailable(11);
    const { transport, waits } = scripted(failure);
    await expect(transport(REQUEST)).rejects.toBe(failure);
    expect(waits).toEqual([]);
  });

  it.each([
    ['what is not safe to repeat', { idempotent: false }, unavailable()],
    ['when told not to', { retries: 0 }, unavailable()],
    ['a refusal', {}, createError('No.', { code: 'NOT_FOUND' })],
    ['an aborted request', {}, createError('Off.', { code: 'ABORTED' })],
    ['a failure that is not of the API', {}, new TypeError('bug')],
  ])('sends %s once', async (_name, change, failure) => {
    const { transport, tries } = scripted(failure);
    await expect(transport({ ...REQUEST, ...change })).rejects.toBe(failure);
    expect(tries()).toBe(1);
  });

  it('stops waiting when the signal is aborted', async () => {
    const controller = new AbortController();
    const platform: Platform = {
      ...globalPlatform(),
      setTimeout: () => controller.abort(),
      clearTimeout: () => undefined,
    };
    const transport = withRetries(() => Promise.reject(unavailable()), POLICY, platform);
    await expect(transport({ ...REQUEST, signal: controller.signal })).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });
});

describe('backoffMs', () => {
  it.each([
    [1, 1, undefined, 300],
    [2, 1, undefined, 600],
    [20, 1, undefined, 20_000],
    [1, 0, undefined, 0],
    [1, 0.5, 2, 2000],
    [10, 1, 2, 20_000],
  ])('try %i with random %p and Retry-After %p waits %i ms', (attempt, random, retryAfter, expected) => {
    expect(backoffMs(DEFAULT_RETRY, attempt, random, retryAfter)).toBe(expected);
  });
});
