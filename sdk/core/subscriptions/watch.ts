import { aborted } from '../deadline.js';
import { operationOf } from '../document.js';
import type { Platform } from '../platform.js';
import type { Sockets } from './sockets.js';
import type { WatchOptions, WatchSpec } from './watch-spec.js';
import { Watcher } from './watcher.js';

interface Waiting<T> {
  resolve(result: IteratorResult<T, undefined>): void;
  reject(error: unknown): void;
}

const DONE = { done: true, value: undefined } as const;

/**
 * What is watched, for `for await`: the value as it is, then as it becomes. A reader slower than the changes gets the
 * latest. It begins at the first `next` and ends when what is watched is out of reach, by `return` (as `break` does),
 * or with an error.
 */
export class Watch<T> implements AsyncIterableIterator<T, undefined, void> {
  readonly #watcher: { start(): void; stop(failure?: { readonly error: unknown }): void };
  readonly #operation: string;
  readonly #signal: WatchOptions['signal'];
  readonly #onAbort = (): void => this.#abort();
  #phase: 'new' | 'running' | 'over' = 'new';
  #latest: { readonly value: T } | undefined;
  #failure: { readonly error: unknown } | undefined;
  #waiting: Waiting<T>[] = [];

  constructor(
    spec: WatchSpec<T>,
    platform: Platform,
    sockets: Sockets | undefined,
    { signal, onState }: WatchOptions,
  ) {
    this.#operation = operationOf(spec.document).name;
    this.#signal = signal;
    this.#watcher = new Watcher(spec, platform, sockets, {
      value: (value) => this.#value(value),
      state: (state) => onState?.(state),
      end: (failure) => this.#end(failure),
    });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#phase === 'new') this.#start();
    const latest = this.#latest;
    const failure = this.#failure;
    if (latest) {
      this.#latest = undefined;
      return Promise.resolve({ done: false, value: latest.value });
    }
    if (failure) {
      this.#failure = undefined;
      // Whatever was thrown is passed on as it is.
      return new Promise((_resolve, reject) => reject(failure.error));
    }
    if (this.#phase === 'over') return Promise.resolve(DONE);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#watcher.stop();
    this.#phase = 'over';
    this.#latest = undefined;
    this.#failure = undefined;
    return Promise.resolve(DONE);
  }

  #start(): void {
    this.#phase = 'running';
    if (this.#signal?.aborted) return this.#abort();
    this.#signal?.addEventListener('abort', this.#onAbort);
    this.#watcher.start();
  }

  #abort(): void {
    if (!this.#signal) return;
    this.#latest = undefined;
    this.#watcher.stop({ error: aborted(this.#signal, this.#operation) });
  }

  #value(value: T): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting.resolve({ done: false, value });
    else this.#latest = { value };
  }

  #end(failure?: { readonly error: unknown }): void {
    this.#phase = 'over';
    this.#signal?.removeEventListener('abort', this.#onAbort);
    const first = failure && this.#waiting.shift();
    if (first) first.reject(failure.error);
    else this.#failure = failure;
    for (const waiting of this.#waiting) waiting.resolve(DONE);
    this.#waiting = [];
  }
}
