import { globalPlatform } from '../../../sdk/core/platform.js';
import { EarshotClient } from '../../../sdk/core/index.js';
import {
  manualNetwork,
  processLock,
  RecordingUploadService,
  type KeyValueStore,
  type Lock,
  type LocalFiles,
  type RecordingUploadOptions,
  type UploadJob,
  type UploadPhase,
} from '../../../sdk/core/uploads/index.js';
import { nodeFiles, nodeSender } from '../../../sdk/node/index.js';

export interface DeviceOptions {
  url: string;
  token: string;
  concurrency?: number;
  /** Called before a local file is deleted. */
  beforeRemove?: (uri: string) => Promise<void>;
  maxBytes?: number;
}

/** Phones wait for seconds and minutes, tests for a twentieth of it. */
const HASTE = 20;
const BEGIN = Date.now();

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/**
 * A phone: what it saved survives, what runs on it can be killed at any moment. After a kill nothing of the old process
 * has any effect: its timers do not fire, its writes are lost, its connections are gone.
 */
export class Device {
  saved = new Map<string, string>();
  readonly network = manualNetwork();
  /** What people saw, over all lives: the states of each job, without repetition. */
  readonly phases = new Map<string, UploadPhase[]>();
  readonly setbacks: string[] = [];
  kills = 0;
  /** Everything that was sent to the server or the store, over all lives. */
  requests = 0;
  removed: string[] = [];
  private readonly shown = new Map<string, number>();
  private power: { isOn: boolean; off: AbortController } = { isOn: false, off: new AbortController() };
  /** Of a phone: a process that dies lets go of its locks. Tabs share theirs. */
  private sharedLock: Lock | undefined;
  private writes = 0;
  private killAt: ReadonlySet<number> = new Set();
  private onKill: () => void = () => undefined;
  service!: RecordingUploadService;
  /** Of the present life. */
  ports!: Pick<RecordingUploadOptions, 'store' | 'network' | 'clock'> & { client: EarshotClient };

  constructor(private readonly options: DeviceOptions) {}

  /** Kills at these writes from now on, by turns before and after the write has taken effect, and boots again. */
  killAtWrites(numbers: readonly number[], onKill: () => void): void {
    this.killAt = new Set(numbers.map((number) => this.writes + number));
    this.onKill = onKill;
  }

  /** As two tabs of one browser. */
  shareWith(other: Device): void {
    other.sharedLock = processLock();
    this.sharedLock = other.sharedLock;
    this.saved = other.saved;
  }

  get isAlive(): boolean {
    return this.power.isOn;
  }

  kill(): void {
    this.kills += 1;
    this.power.isOn = false;
    this.power.off.abort();
  }

  async boot(): Promise<RecordingUploadService> {
    const power = { isOn: true, off: new AbortController() };
    this.power = power;
    const platform = {
      ...globalPlatform(),
      random: () => Math.random() / 10,
      now: () => BEGIN + (Date.now() - BEGIN) * HASTE,
      setTimeout: (callback: () => void, wait: number) =>
        globalThis.setTimeout(() => power.isOn && callback(), wait / HASTE),
    };
    const dies = <T>(work: () => Promise<T>): Promise<T> => {
      const ends = (end: () => Promise<T>) => (power.isOn ? end() : never<T>());
      return ends(() =>
        work().then(
          (value) => ends(() => Promise.resolve(value)),
          (error: unknown) =>
            ends(() => Promise.reject(error instanceof Error ? error : new Error(String(error)))),
        ),
      );
    };
    const { url, token } = this.options;
    const client = new EarshotClient({
      url: `${url}/graphql`,
      token,
      platform: {
        random: platform.random,
        // What was killed waits for its answers no longer than the test.
        setTimeout: (callback, wait) => globalThis.setTimeout(callback, wait).unref(),
      },
      retry: { retries: 0 },
      fetch: (input, init) =>
        dies(() => {
          this.requests += 1;
          return fetch(input, { ...(init as RequestInit), signal: this.cut(init, power) });
        }),
    });
    const send = nodeSender();
    const { concurrency = 3, maxBytes } = this.options;
    this.ports = { client, store: this.store(dies), network: this.network, clock: platform };
    this.service = new RecordingUploadService({
      ...this.ports,
      files: this.files(dies),
      sender: (request) =>
        dies(() => {
          this.requests += 1;
          return send({ ...request, signal: this.cut(request, power) });
        }),
      lock: this.sharedLock ?? processLock(),
      concurrency,
      maxBytes,
    });
    const { service } = this;
    service.subscribe(() => power.isOn && this.watch(service.getSnapshot().jobs));
    await service.start();
    return service;
  }

  /** Resolves when every job has one of these phases. */
  settled(
    count: number,
    phases: readonly UploadPhase[] = ['uploaded', 'failed', 'cancelled'],
  ): Promise<void> {
    return this.until(() => {
      const jobs = this.service.getSnapshot().jobs;
      const isSettled = jobs.length === count && jobs.every(({ state }) => phases.includes(state.phase));
      return isSettled && this.removed.length >= jobs.filter((job) => job.state.phase === 'uploaded').length;
    });
  }

  /** Resolves when the device has come so far. */
  until(isThere: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => (isThere() ? resolve() : void setTimeout(look, 20));
      look();
    });
  }

  private cut(request: { signal?: unknown } | undefined, power: Device['power']): AbortSignal {
    const own = request?.signal as AbortSignal | undefined;
    return own ? AbortSignal.any([own, power.off.signal]) : power.off.signal;
  }

  private store(dies: <T>(work: () => Promise<T>) => Promise<T>): KeyValueStore {
    const { saved } = this;
    return {
      get: (key) => dies(async () => saved.get(key)),
      keys: (prefix) => dies(async () => [...saved.keys()].filter((key) => key.startsWith(prefix))),
      delete: (key) => dies(async () => void saved.delete(key)),
      set: (key, value) =>
        dies(async () => {
          this.writes += 1;
          const isLast = this.killAt.has(this.writes);
          if (!isLast || this.kills % 2 === 1) saved.set(key, value);
          if (!isLast) return;
          this.kill();
          this.onKill();
        }),
    };
  }

  private files(dies: <T>(work: () => Promise<T>) => Promise<T>): LocalFiles {
    const files = nodeFiles();
    return {
      open: (file) => dies(() => files.open(file)),
      playable: (file) => files.playable(file),
      remove: (file) =>
        dies(async () => {
          await this.options.beforeRemove?.(file.uri);
          await files.remove(file);
          if (!this.removed.includes(file.uri)) this.removed.push(file.uri);
        }),
    };
  }

  private watch(jobs: readonly UploadJob[]): void {
    for (const { id, sentBytes, state } of jobs) {
      const before = this.shown.get(id) ?? 0;
      if (sentBytes < before) this.setbacks.push(`${id} ${before} → ${sentBytes} ${state.phase}`);
      this.shown.set(id, sentBytes);
      const phases = this.phases.get(id) ?? [];
      if (phases.at(-1) !== state.phase) phases.push(state.phase);
      this.phases.set(id, phases);
    }
  }
}
