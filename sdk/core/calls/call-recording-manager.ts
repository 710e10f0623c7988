import type { EarshotClient } from '../client.js';
import { EarshotError, InvalidInputError } from '../errors.js';
import { KeptRecords } from '../kept-records.js';
import { processLock } from '../memory-ports.js';
import { ObservableValue } from '../observable-value.js';
import { once } from '../once.js';
import type { Clock, KeyValueStore, Lock, NetworkMonitor, Observable } from '../ports.js';
import { backoffMs, LONGEST_PAUSE_SECONDS } from '../retry.js';
import type { RecordingUploadService } from '../uploads/recording-upload-service.js';
import { callStateOf } from './call-record.js';
import type { CallRecord, FinishedCall, TrackedCall } from './call-record.js';

export interface CallRecordingOptions {
  readonly client: Pick<EarshotClient, 'logCall' | 'platform'>;
  readonly uploads: Pick<RecordingUploadService, 'enqueue' | 'getSnapshot' | 'subscribe'>;
  readonly store: KeyValueStore;
  readonly network: NetworkMonitor;
  readonly lock?: Lock | undefined;
  readonly clock?: Clock | undefined;
  /** `earshot` when absent. */
  readonly namespace?: string | undefined;
}

const BACKOFF = { baseMs: 1000, maxMs: 300_000 };
/** Calls that are done are shown for so long. */
const KEPT_MS = 7 * 24 * 3_600_000;
/** Another tab may be at it. */
const ELSEWHERE_MS = 2000;

/**
 * Takes a call that has ended to the server: logs it, enqueues its recording, and shows what happens. Each step is kept
 * before the next, and each may be done twice without doing anything twice; so a call that was told once arrives once.
 *
 *     const calls = new CallRecordingManager({ client, uploads, store, network });
 *     await calls.start();
 *     await calls.callEnded({ key: callUuid, call: { leadId, outcome: 'CONNECTED' }, file });
 */
export class CallRecordingManager implements Observable<readonly TrackedCall[]> {
  readonly #records: KeptRecords<CallRecord>;
  readonly #calls = new Map<string, CallRecord>();
  readonly #value = new ObservableValue<readonly TrackedCall[]>([]);
  readonly #clock: Clock;
  readonly #lock: Lock;
  readonly #namespace: string;
  readonly #loading = once(() => this.#read());
  #working: Promise<void> | undefined;
  #isStarted = false;
  #timer: unknown;
  #unsubscribe: (() => void)[] = [];

  readonly subscribe: Observable<readonly TrackedCall[]>['subscribe'] = this.#value.subscribe;
  readonly getSnapshot: Observable<readonly TrackedCall[]>['getSnapshot'] = this.#value.getSnapshot;

  constructor(private readonly options: CallRecordingOptions) {
    this.#namespace = options.namespace ?? 'earshot';
    this.#records = new KeptRecords(options.store, `${this.#namespace}.call.`, ({ key }) => key);
    this.#clock = options.clock ?? options.client.platform;
    this.#lock = options.lock ?? processLock();
  }

  /** Goes on with what an earlier run left. */
  async start(): Promise<void> {
    if (!this.#isStarted) {
      this.#isStarted = true;
      const { network, uploads } = this.options;
      this.#unsubscribe = [
        network.subscribe(({ isOnline }) => isOnline && this.wake()),
        uploads.subscribe(() => this.#publish()),
      ];
    }
    await this.#loading.get();
    this.wake();
  }

  /** What is under way is finished by the next `start`. */
  async stop(): Promise<void> {
    this.#isStarted = false;
    this.#clock.clearTimeout(this.#timer);
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    await this.#working;
  }

  /** Resolves when the call is kept on this device; the rest happens by itself. The same key again changes nothing. */
  async callEnded(finished: FinishedCall): Promise<void> {
    await this.#loading.get();
    const { key, call } = finished;
    if (this.#calls.has(key) || (await this.#records.get(key))) return this.#work();
    const now = this.#clock.now();
    // Logged late, it has still begun when it did.
    const start = new Date(now - (call.durationSeconds ?? 0) * 1000).toISOString();
    const supposedStart = call.startedAt == null ? start : undefined;
    const state = { version: 1, toldAt: now, status: 'active', failures: 0, retryAt: 0 } as const;
    await this.#save({ ...finished, ...state, supposedStart });
    this.#work();
  }

  /** Tries again what the server did not take. */
  async retry(key: string): Promise<void> {
    const record = this.#calls.get(key);
    if (record?.status === 'failed')
      await this.#save({ ...record, status: 'active', failures: 0, retryAt: 0 });
    this.#work();
  }

  /** Takes a call off the list that is done, or that the server does not take. */
  async forget(key: string): Promise<void> {
    const record = this.#calls.get(key);
    if (!record || record.status === 'active') return;
    await this.#records.delete(key);
    this.#calls.delete(key);
    this.#publish();
  }

  /** The app came to the foreground, or its user signed in. */
  wake(): void {
    for (const [key, record] of this.#calls)
      if (record.status === 'active') this.#calls.set(key, { ...record, retryAt: 0 });
    this.#work();
  }

  async #read(): Promise<void> {
    const old = this.#clock.now() - KEPT_MS;
    for (const record of await this.#records.all()) {
      const isOld = record.toldAt < old && (record.status === 'logged' || record.status === 'enqueued');
      if (isOld) await this.#records.delete(record.key);
      else this.#calls.set(record.key, record);
    }
    this.#publish();
  }

  /** One call at a time, in the order in which they ended. */
  #work(): void {
    if (this.#working) return;
    this.#working = this.#workAll().finally(() => {
      this.#working = undefined;
      this.#setTimer();
      this.#publish();
    });
  }

  async #workAll(): Promise<void> {
    for (let next = this.#next(); next; next = this.#next()) {
      const record = next;
      await this.#advance(record).catch((error: unknown) => this.#postpone(record, error));
    }
  }

  #next(): CallRecord | undefined {
    if (!this.#isStarted || !this.options.network.current().isOnline) return undefined;
    const now = this.#clock.now();
    return [...this.#calls.values()]
      .filter(({ status, retryAt }) => status === 'active' && retryAt <= now)
      .sort((left, right) => left.toldAt - right.toldAt)[0];
  }

  /** To the end, or to the first failure. */
  async #advance({ key }: CallRecord): Promise<void> {
    const release = await this.#lock.tryAcquire(`${this.#namespace}.call.${key}`);
    try {
      let record = await this.#records.get(key);
      if (!record) this.#calls.delete(key);
      else if (record.status !== 'active') this.#calls.set(key, record);
      else if (!release) this.#calls.set(key, { ...record, retryAt: this.#clock.now() + ELSEWHERE_MS });
      else {
        record = await this.#log(record);
        await this.#enqueue(record);
      }
    } finally {
      release?.();
    }
  }

  async #log(record: CallRecord): Promise<CallRecord> {
    if (record.callLogId !== undefined) return record;
    const { call, key, supposedStart } = record;
    const startedAt = call.startedAt ?? supposedStart;
    try {
      const input = { ...call, startedAt, idempotencyKey: key };
      const { id } = await this.options.client.logCall(input, { retries: 0 });
      return await this.#save({ ...record, callLogId: id });
    } catch (error) {
      const isClockWrong = error instanceof InvalidInputError && error.field === 'startedAt';
      if (!isClockWrong || supposedStart === undefined) throw error;
      // This device's clock is off: then the server's counts.
      return this.#log(await this.#save({ ...record, supposedStart: undefined }));
    }
  }

  async #enqueue(record: CallRecord): Promise<void> {
    const { callLogId, file, keepFile } = record;
    if (!file || callLogId === undefined) {
      await this.#save({ ...record, status: 'logged' });
      return;
    }
    const { id } = await this.options.uploads.enqueue({ callLogId, file, keepFile });
    await this.#save({ ...record, status: 'enqueued', jobId: id });
  }

  async #postpone({ key }: CallRecord, error: unknown): Promise<void> {
    const kept = this.#calls.get(key);
    if (!kept) return;
    const message = error instanceof EarshotError ? error.message : 'The recording cannot be read right now.';
    const mayPass = !(error instanceof EarshotError) || error.retryable || error.code === 'UNAUTHENTICATED';
    const failures = kept.failures + 1;
    const asked = error instanceof EarshotError ? error.retryAfterSeconds : undefined;
    const pause = Math.min(LONGEST_PAUSE_SECONDS, asked ?? 0);
    const retryAt = this.#clock.now() + backoffMs(BACKOFF, failures, this.#clock.random(), pause);
    const change = mayPass ? { failures, retryAt, message } : { status: 'failed' as const, message };
    const next = { ...kept, ...change };
    // Where the device saves nothing, the wait is at least remembered here.
    this.#calls.set(key, next);
    await this.#save(next).catch(() => undefined);
  }

  async #save(record: CallRecord): Promise<CallRecord> {
    await this.#records.put(record);
    this.#calls.set(record.key, record);
    this.#publish();
    return record;
  }

  #setTimer(): void {
    this.#clock.clearTimeout(this.#timer);
    const times = [...this.#calls.values()]
      .filter(({ status }) => status === 'active')
      .map(({ retryAt }) => retryAt);
    if (times.length === 0 || !this.#isStarted || !this.options.network.current().isOnline) return;
    // What has come due since it was looked for is looked for again at once.
    const wait = Math.max(0, Math.min(...times) - this.#clock.now());
    this.#timer = this.#clock.setTimeout(() => this.#work(), wait);
  }

  #publish(): void {
    const jobs = new Map(this.options.uploads.getSnapshot().jobs.map((job) => [job.id, job]));
    const before = new Map(this.getSnapshot().map((call) => [call.key, call]));
    const now = this.#clock.now();
    const calls = [...this.#calls.values()]
      .sort((left, right) => left.toldAt - right.toldAt)
      .map((record): TrackedCall => {
        const { key, callLogId, toldAt, call } = record;
        const state = callStateOf(record, jobs.get(record.jobId ?? ''), now);
        const next = { key, callLogId, toldAt, leadId: call.leadId, state };
        const known = before.get(key);
        return known && JSON.stringify(known) === JSON.stringify(next) ? known : next;
      });
    const isSame = calls.length === before.size && calls.every((call) => before.get(call.key) === call);
    if (!isSame) this.#value.set(calls);
  }
}
