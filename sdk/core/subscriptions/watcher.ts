import { sleep } from '../deadline.js';
import { operationOf } from '../document.js';
import { EarshotError } from '../errors.js';
import type { AbortControllerLike, AbortSignalLike, Platform } from '../platform.js';
import { graphQLError } from '../response.js';
import { LONGEST_PAUSE_SECONDS } from '../retry.js';
import type { SocketResult, SubscribeMessage } from './socket-link.js';
import type { Sockets } from './sockets.js';
import { Tries } from './tries.js';
import type { Loss } from './tries.js';
import type { WatchSpec, WatchState } from './watch-spec.js';

export interface WatcherListener<T> {
  value(value: T): void;
  state(state: WatchState): void;
  /** Once, at last; with the reason when it failed. */
  end(failure?: { readonly error: unknown }): void;
}

type Answer = 'changed' | 'same' | 'failed';

/** The subscription takes effect on the server soon after the socket is open: what happens until then, the query sees. */
const SETTLE_MS = 250;
const POLL_MS = { first: 2000, most: 15_000, growth: 1.5 };

const slower = (milliseconds: number): number => Math.min(POLL_MS.most, milliseconds * POLL_MS.growth);

/** Nobody tells more of it: deleted, or no longer the viewer's. */
const isOutOfReach = (error: EarshotError): boolean =>
  error.code === 'NOT_FOUND' || error.code === 'FORBIDDEN';

/** Keeps a value up to date by whatever way is open, until it is stopped or the value is out of reach. */
export class Watcher<T, TResult> {
  readonly #tasks = new Set<AbortControllerLike>();
  readonly #name: string;
  #isOver = false;
  #state: WatchState | undefined;
  #latest: { readonly value: T } | undefined;
  /** Whether the viewer was let to see it, be there a value or not. */
  #wasSeen = false;
  /** Events so far. */
  #heard = 0;
  #unsubscribe: () => void = () => undefined;
  #polling: AbortControllerLike | undefined;
  #healing: AbortControllerLike | undefined;

  constructor(
    private readonly spec: WatchSpec<T, TResult>,
    private readonly platform: Platform,
    private readonly sockets: Sockets | undefined,
    private readonly listener: WatcherListener<T>,
  ) {
    this.#name = operationOf(spec.document).name;
  }

  start(): void {
    this.#spawn((signal) => this.#run(signal));
  }

  stop(failure?: { readonly error: unknown }): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#unsubscribe();
    for (const task of this.#tasks) task.abort();
    this.listener.end(failure);
  }

  async #run(signal: AbortSignalLike): Promise<void> {
    if (!this.sockets) return this.#poll(signal);
    await this.#ask(signal);
    const tries = new Tries();
    while (!signal.aborted) {
      const loss = await this.#follow(this.sockets);
      const { waitMs, polls } = tries.after(loss, this.platform.random());
      if (!this.#polling) this.#report('reconnecting');
      if (polls) this.#polling ??= this.#spawn((stopped) => this.#poll(stopped));
      await this.#sleep(waitMs, signal);
    }
  }

  /** From the try to connect to the loss of the connection; never resolves when the watch ends before. */
  #follow(sockets: Sockets): Promise<Loss> {
    const { document, variables } = this.spec;
    const message = { query: document, operationName: this.#name, variables } as SubscribeMessage;
    return new Promise((resolve) => {
      let openedAt: number | undefined;
      const lost = (code?: number): void => {
        this.#healing?.abort();
        const openMs = openedAt === undefined ? undefined : this.platform.now() - openedAt;
        resolve({ code, openMs });
      };
      this.#unsubscribe = sockets.subscribe(message, {
        opened: () => {
          openedAt = this.platform.now();
          this.#goLive();
        },
        next: (result) => this.#hear(result),
        refused: (errors) => this.#tolerate(this.#errorOf(errors)) && lost(),
        completed: () => this.stop(),
        lost,
      });
    });
  }

  #goLive(): void {
    this.#polling?.abort();
    this.#polling = undefined;
    this.#report('live');
    this.#heal();
  }

  #hear({ data, errors = [] }: SocketResult): void {
    if (data && errors.length === 0) {
      this.#heard += 1;
      this.#tell(this.spec.select(data as TResult));
    } else if (this.#tolerate(this.#errorOf(errors))) this.#heal();
  }

  /** Asks once for what was missed, unless an event tells it first; again only after a failure. */
  #heal(): void {
    this.#healing?.abort();
    this.#healing = this.#spawn(async (signal) => {
      const heard = this.#heard;
      // Jittered: after a restart of the server all its clients come back at once.
      await this.#sleep(SETTLE_MS * (1 + this.platform.random()), signal);
      for (let wait = POLL_MS.first; heard === this.#heard; wait = slower(wait)) {
        if ((await this.#ask(signal)) !== 'failed') return;
        await this.#sleep(wait, signal);
      }
    });
  }

  async #poll(signal: AbortSignalLike): Promise<void> {
    for (let wait = POLL_MS.first; ; wait = slower(wait)) {
      const answer = await this.#ask(signal);
      this.#report(answer === 'failed' ? 'reconnecting' : 'polling');
      if (answer === 'changed') wait = POLL_MS.first;
      await this.#sleep(wait * (0.75 + this.platform.random() / 4), signal);
    }
  }

  async #ask(signal: AbortSignalLike): Promise<Answer> {
    const heard = this.#heard;
    try {
      const value = await this.spec.poll({ signal, retries: 0 });
      this.#wasSeen = true;
      // An event that came meanwhile is newer.
      return value === undefined || heard !== this.#heard ? 'same' : this.#tell(value);
    } catch (error) {
      if (signal.aborted || !this.#tolerate(error)) throw error;
      const pause = Math.min(LONGEST_PAUSE_SECONDS, error.retryAfterSeconds ?? 0) * 1000;
      if (pause > 0) await this.#sleep(pause, signal);
      return 'failed';
    }
  }

  #tell(value: T): Answer {
    const { spec } = this;
    const previous = this.#latest;
    this.#wasSeen = true;
    this.#latest = { value };
    if (previous && (spec.same?.(previous.value, value) ?? isSameJson(previous.value, value))) return 'same';
    this.listener.value(value);
    if (spec.isFinal?.(value)) this.stop();
    return 'changed';
  }

  /** Whether the failure may pass. Ends the watch otherwise, silently where what was seen is out of reach now. */
  #tolerate(error: unknown): error is EarshotError {
    if (!(error instanceof EarshotError)) this.stop({ error });
    else if (error.retryable) return true;
    else if (this.#wasSeen && isOutOfReach(error)) this.stop();
    else this.stop({ error });
    return false;
  }

  #errorOf(errors: NonNullable<SocketResult['errors']>): EarshotError {
    return graphQLError(errors, undefined, { operation: this.#name });
  }

  #report(state: WatchState): void {
    if (state === this.#state || this.#isOver) return;
    this.#state = state;
    this.listener.state(state);
  }

  #sleep(milliseconds: number, signal: AbortSignalLike): Promise<void> {
    return sleep(this.platform, milliseconds, this.#name, signal);
  }

  /** Work that ends with the watch, or before; its failure is the watch's. */
  #spawn(work: (signal: AbortSignalLike) => Promise<void>): AbortControllerLike {
    const task = new this.platform.AbortController();
    this.#tasks.add(task);
    if (this.#isOver) task.abort();
    else
      void work(task.signal)
        .catch((error: unknown) => {
          if (!task.signal.aborted) this.stop({ error });
        })
        .finally(() => this.#tasks.delete(task));
    return task;
  }
}

const isSameJson = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);
