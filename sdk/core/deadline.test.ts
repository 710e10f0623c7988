import { sleep, withDeadline } from './deadline.js';
import { AbortedError, TimeoutError } from './errors.js';
import { globalPlatform } from './platform.js';
import type { Platform } from './platform.js';

/** Timers that fire when told to. */
function manualTimers() {
  const timers = new Map<number, { callback: () => void; milliseconds: number }>();
  let next = 0;
  const platform: Platform = {
    ...globalPlatform(),
    setTimeout: (callback, milliseconds) => {
      next += 1;
      timers.set(next, { callback, milliseconds });
      return next;
    },
    clearTimeout: (handle) => void timers.delete(handle as number),
  };
  const fire = () => timers.forEach(({ callback }) => callback());
  return { platform, timers, fire };
}

const never = () => new Promise<never>(() => undefined);

describe('withDeadline', () => {
  it('gives the result and leaves neither timer nor listener behind', async () => {
    const { platform, timers } = manualTimers();
    const { signal } = new AbortController();
    let listeners = 0;
    const counted = {
      aborted: false,
      addEventListener: (type: 'abort', listener: () => void) => {
        listeners += 1;
        signal.addEventListener(type, listener);
      },
      removeEventListener: (type: 'abort', listener: () => void) => {
        listeners -= 1;
        signal.removeEventListener(type, listener);
      },
    };
    const work = () => {
      expect([timers.size, listeners]).toEqual([1, 1]);
      return Promise.resolve('done');
    };
    expect(await withDeadline(platform, { operation: 'Leads', timeoutMs: 5, signal: counted }, work)).toBe(
      'done',
    );
    expect([timers.size, listeners]).toEqual([0, 0]);
  });

  it('times out even where the work ignores its signal, and aborts that signal', async () => {
    const { platform, timers, fire } = manualTimers();
    let inner: { aborted: boolean } | undefined;
    const result = withDeadline(platform, { operation: 'Leads', timeoutMs: 1500 }, (signal) => {
      inner = signal;
      return never();
    });
    expect([...timers.values()][0]?.milliseconds).toBe(1500);
    fire();
    await expect(result).rejects.toThrow(
      new TimeoutError('Leads got no answer within 1.5 s. Try again.', { code: 'TIMEOUT' }),
    );
    await expect(result).rejects.toMatchObject({ code: 'TIMEOUT', retryable: true, operation: 'Leads' });
    expect(inner?.aborted).toBe(true);
    expect(timers.size).toBe(0);
  });

  it('rejects at once when the signal is aborted, with its reason as the cause', async () => {
    const controller = new AbortController();
    const deadline = { operation: 'Leads', timeoutMs: 0, signal: controller.signal };
    const result = withDeadline(globalPlatform(), deadline, never);
    controller.abort('left the page');
    await expect(result).rejects.toBeInstanceOf(AbortedError);
    await expect(result).rejects.toMatchObject({
      name: 'AbortError',
      cause: 'left the page',
      retryable: false,
    });
  });

  it('starts nothing for a signal that is aborted already', async () => {
    let started = false;
    const work = () => {
      started = true;
      return never();
    };
    const deadline = { operation: 'Leads', timeoutMs: 0, signal: AbortSignal.abort() };
    await expect(withDeadline(globalPlatform(), deadline, work)).rejects.toBeInstanceOf(AbortedError);
    expect(started).toBe(false);
  });

  it.each([0, Number.POSITIVE_INFINITY, 2 ** 31])('sets no timer for %p ms', async (timeoutMs) => {
    const { platform, timers } = manualTimers();
    await withDeadline(platform, { operation: 'Leads', timeoutMs }, () => {
      expect(timers.size).toBe(0);
      return Promise.resolve();
    });
    expect.assertions(1);
  });
});

describe('sleep', () => {
  it('ends with its timer', async () => {
    const { platform, timers, fire } = manualTimers();
    const done = sleep(platform, 250, 'Leads');
    expect([...timers.values()][0]?.milliseconds).toBe(250);
    fire();
    await expect(done).resolves.toBeUndefined();
  });

  it('ends early with the signal and clears its timer', async () => {
    const { platform, timers } = manualTimers();
    const controller = new AbortController();
    const done = sleep(platform, 250, 'Leads', controller.signal);
    controller.abort();
    await expect(done).rejects.toBeInstanceOf(AbortedError);
    expect(timers.size).toBe(0);
  });
});
