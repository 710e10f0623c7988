import { FetchAborted, FetchTimeout, type FetchError } from './fetch-error.js';

/** The total time of one fetch and its caller's wish to stop, as one signal that must be released. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #failure: FetchError | undefined;

  constructor(
    totalMs: number,
    private readonly caller: AbortSignal | undefined,
  ) {
    this.#timer = setTimeout(() => this.#stop(new FetchTimeout('total')), totalMs);
    // The connection keeps the process up; a forgotten body must not.
    this.#timer.unref();
    caller?.addEventListener('abort', this.#onAbort);
    if (caller?.aborted) this.#onAbort();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why the signal fired; undefined while it has not. */
  get failure(): FetchError | undefined {
    return this.#failure;
  }

  /** What becomes of a request; a rejection once the signal fires, to which a request without a connection is deaf. */
  within<T>(request: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      request.then(resolve, reject);
      const stop = (): void => reject(this.signal.reason as FetchError);
      if (this.signal.aborted) stop();
      else this.signal.addEventListener('abort', stop);
    });
  }

  release(): void {
    clearTimeout(this.#timer);
    this.caller?.removeEventListener('abort', this.#onAbort);
  }

  readonly #onAbort = (): void => this.#stop(new FetchAborted());

  #stop(failure: FetchError): void {
    this.#failure ??= failure;
    this.release();
    this.#controller.abort(this.#failure);
  }
}
