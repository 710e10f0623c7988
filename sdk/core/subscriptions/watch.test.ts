import { createError } from '../error-classes.js';
import { AbortedError, ForbiddenError, NotFoundError, UnauthenticatedError } from '../errors.js';
import { globalPlatform } from '../platform.js';
import type { Platform } from '../platform.js';
import type { TypedDocumentString } from '../document.js';
import { Watch } from './watch.js';
import type { WatchOptions, WatchSpec, WatchState } from './watch-spec.js';

const document = 'subscription Count { count }' as TypedDocumentString<unknown, unknown>;
const failure = (code: string, facts = {}) => createError(`Refused: ${code}`, { code, ...facts });

/** A platform without sockets whose waits take no time and are noted; each poll gives the next answer, then none comes. */
function scripted(answers: unknown[], spec: Partial<WatchSpec<unknown>> = {}, options: WatchOptions = {}) {
  const waits: number[] = [];
  const states: WatchState[] = [];
  const polls: { signal?: { readonly aborted: boolean } | undefined }[] = [];
  const platform: Platform = {
    ...globalPlatform(),
    WebSocket: undefined,
    random: () => 1,
    setTimeout: (callback, milliseconds) => {
      waits.push(milliseconds);
      return setImmediate(callback);
    },
    clearTimeout: (handle) => clearImmediate(handle as NodeJS.Immediate),
  };
  const queue = [...answers];
  const poll: WatchSpec<unknown>['poll'] = async (request) => {
    polls.push(request);
    if (queue.length === 0) await new Promise(() => undefined);
    const answer = queue.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const whole = { document, variables: {}, select: (data: unknown) => data, poll, ...spec };
  const onState = (state: WatchState) => void states.push(state);
  return {
    watch: new Watch<unknown>(whole, platform, undefined, { onState, ...options }),
    waits,
    states,
    polls,
  };
}

async function take(watch: Watch<unknown>, count: number): Promise<unknown[]> {
  const values: unknown[] = [];
  while (values.length < count) {
    const { done, value } = await watch.next();
    if (done) break;
    values.push(value);
  }
  return values;
}

describe('Watch, where no socket is to be had', () => {
  it('tells each value once, asking less often while nothing changes', async () => {
    const { watch, waits, states } = scripted([1, 1, 1, 1, 1, 1, 1, 2, 2, 3]);
    expect(await take(watch, 3)).toEqual([1, 2, 3]);
    await watch.return();
    expect(waits.slice(0, 8)).toEqual([2000, 3000, 4500, 6750, 10_125, 15_000, 15_000, 2000]);
    expect(states).toEqual(['polling']);
  });

  it('compares as it is told to', async () => {
    const same = (previous: unknown, value: unknown) => Number(value) - Number(previous) < 10;
    const { watch } = scripted([1, 5, 20], { same });
    expect(await take(watch, 2)).toEqual([1, 20]);
    await watch.return();
  });

  it('waits silently while there is nothing to tell', async () => {
    const { watch } = scripted([undefined, undefined, 7]);
    expect(await take(watch, 1)).toEqual([7]);
    await watch.return();
  });

  it('ends after a final value', async () => {
    const { watch, polls } = scripted([1, 2, 3], { isFinal: (value) => value === 2 });
    expect(await take(watch, 9)).toEqual([1, 2]);
    expect(await watch.next()).toEqual({ done: true, value: undefined });
    expect(polls).toHaveLength(2);
    expect(polls[0]?.signal?.aborted).toBe(true);
  });

  it('goes on after failures that may pass, no sooner than the server asks', async () => {
    const { watch, waits, states } = scripted([
      1,
      failure('NETWORK'),
      failure('UNAVAILABLE', { retryAfterSeconds: 40 }),
      2,
    ]);
    expect(await take(watch, 2)).toEqual([1, 2]);
    await watch.return();
    expect(waits.slice(0, 4)).toEqual([2000, 3000, 40_000, 4500]);
    expect(states.slice(0, 3)).toEqual(['polling', 'reconnecting', 'polling']);
  });

  it.each([
    ['NOT_FOUND', NotFoundError],
    ['FORBIDDEN', ForbiddenError],
    ['UNAUTHENTICATED', UnauthenticatedError],
  ])('fails where %s is the first answer, once', async (code, errorClass) => {
    const { watch } = scripted([failure(code)]);
    await expect(watch.next()).rejects.toBeInstanceOf(errorClass);
    expect(await watch.next()).toEqual({ done: true, value: undefined });
  });

  it.each(['NOT_FOUND', 'FORBIDDEN'])('ends without a word where %s comes later', async (code) => {
    for (const seen of [1, undefined]) {
      const { watch } = scripted([seen, failure(code)]);
      expect(await take(watch, 9)).toEqual(seen === undefined ? [] : [seen]);
    }
  });

  it('fails where the token is refused later, after the last value', async () => {
    const { watch } = scripted([1, failure('UNAUTHENTICATED')]);
    expect(await take(watch, 1)).toEqual([1]);
    await expect(watch.next()).rejects.toBeInstanceOf(UnauthenticatedError);
  });

  it('passes a failure of the caller’s own code on as it is', async () => {
    const own = new Error('The keychain is locked.');
    await expect(scripted([own]).watch.next()).rejects.toBe(own);
  });

  it('gives a slow reader the latest', async () => {
    const { watch, polls } = scripted([1, 2, 3]);
    expect(await take(watch, 1)).toEqual([1]);
    while (polls.length < 4) await new Promise(setImmediate);
    expect(await take(watch, 1)).toEqual([3]);
    await watch.return();
  });

  it('asks nothing before it is read, nor after its end', async () => {
    const { watch, polls } = scripted([1, 2, 3]);
    await new Promise(setImmediate);
    expect(polls).toHaveLength(0);
    expect(await watch.return()).toEqual({ done: true, value: undefined });
    expect(await watch.next()).toEqual({ done: true, value: undefined });
    expect(polls).toHaveLength(0);
  });

  it('lets go of a reader that waits when it is ended, and of the request', async () => {
    const { watch, polls } = scripted([1]);
    await take(watch, 1);
    const waiting = [watch.next(), watch.next()];
    while (polls.length < 2) await new Promise(setImmediate);
    await watch.return();
    expect(await Promise.all(waiting)).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
    expect(polls[1]?.signal?.aborted).toBe(true);
  });

  describe('aborted by its signal', () => {
    it('rejects once, with the reason', async () => {
      const controller = new AbortController();
      const { watch, polls } = scripted([1, 2], {}, { signal: controller.signal });
      await take(watch, 1);
      while (polls.length < 3) await new Promise(setImmediate);
      const reason = new Error('Enough.');
      controller.abort(reason);
      const next = watch.next();
      await expect(next).rejects.toBeInstanceOf(AbortedError);
      await expect(next).rejects.toMatchObject({ cause: reason, operation: 'Count' });
      expect(await watch.next()).toEqual({ done: true, value: undefined });
    });

    it('asks nothing where it was aborted before', async () => {
      const { watch, polls } = scripted([1], {}, { signal: AbortSignal.abort() });
      await expect(watch.next()).rejects.toBeInstanceOf(AbortedError);
      expect(polls).toHaveLength(0);
    });
  });
});
