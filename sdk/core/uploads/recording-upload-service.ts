import type { Clock, KeyValueStore, Lock, NetworkMonitor, Observable } from '../ports.js';
import { processLock } from '../memory-ports.js';
import { once } from '../once.js';
import { newRecord } from './new-record.js';
import { afterWish, isRecordSettled, isWakeable, needsWork } from './record-changes.js';
import { UploadBoard } from './upload-board.js';
import type { UploadJob, UploadQueueSnapshot, UploadTarget } from './upload-job.js';
import type { LocalFile, LocalFiles, Sender } from './upload-ports.js';
import { UploadRecords } from './upload-record.js';
import type { QueueSettings, UploadRecord, UploadWish } from './upload-record.js';
import type { UploadClient } from './upload-run.js';
import { UploadScheduler } from './upload-scheduler.js';

export interface RecordingUploadOptions {
  readonly client: UploadClient;
  readonly store: KeyValueStore;
  readonly files: LocalFiles;
  readonly sender: Sender;
  readonly network: NetworkMonitor;
  /** Among the tabs or services that share the store. This service alone when absent. */
  readonly lock?: Lock | undefined;
  /** The client's platform when absent. */
  readonly clock?: Clock | undefined;
  /** Uploads at a time. 2 when absent. */
  readonly concurrency?: number | undefined;
  /** The largest file, in bytes; the server's own limit when absent (1000 MiB unless it was configured). */
  readonly maxBytes?: number | undefined;
  /** Separates users or servers that share a store. `earshot` when absent. */
  readonly namespace?: string | undefined;
}

export type EnqueueInput = UploadTarget & {
  readonly file: LocalFile;
  /** The local file is left where it is also after it was uploaded. */
  readonly keepFile?: boolean | undefined;
};

const MOST_BYTES = 1000 * 1024 * 1024;
/** Uploaded jobs are shown for so long. */
const KEPT_MS = 7 * 24 * 3_600_000;

/**
 * Brings recordings to the server, whatever happens in between: each is a job that outlives the process and goes on
 * where the server says. `subscribe` and `getSnapshot` show the queue as it is; nothing is shown before it is kept.
 *
 *     const uploads = new RecordingUploadService({ client, store, files, sender, network });
 *     await uploads.start();
 *     await uploads.enqueue({ callLogId, file: { uri: 'file:///…/call.m4a', contentType: 'audio/mp4' } });
 */
export class RecordingUploadService implements Observable<UploadQueueSnapshot> {
  readonly #board = new UploadBoard();
  readonly #records: UploadRecords;
  readonly #clock: Clock;
  readonly #scheduler: UploadScheduler;
  readonly #loading = once(() => this.#read());
  /** Jobs are kept one after the other, so that the same file enqueued twice at once finds itself. */
  #keeping: Promise<unknown> = Promise.resolve();
  #lastOrder = 0;

  readonly subscribe: Observable<UploadQueueSnapshot>['subscribe'] = this.#board.value.subscribe;
  readonly getSnapshot: Observable<UploadQueueSnapshot>['getSnapshot'] = this.#board.value.getSnapshot;

  constructor(private readonly options: RecordingUploadOptions) {
    const namespace = options.namespace ?? 'earshot';
    this.#records = new UploadRecords(options.store, namespace);
    this.#clock = options.clock ?? options.client.platform;
    this.#scheduler = new UploadScheduler(this.#board, options.network, options.concurrency ?? 2, {
      client: options.client,
      sender: options.sender,
      files: options.files,
      lock: options.lock ?? processLock(),
      clock: this.#clock,
      records: this.#records,
      namespace,
      isOnline: () => options.network.current().isOnline,
    });
  }

  /** Reads what an earlier run left, and begins to upload. */
  async start(): Promise<void> {
    this.#scheduler.start(() => void this.wake().catch(() => undefined));
    await this.wake();
  }

  /** Stops at once and leaves every job as it is kept; `start` goes on. */
  stop(): Promise<void> {
    return this.#scheduler.stop();
  }

  /**
   * Keeps a job for this file, and resolves when it is kept. The same content for the same call is one job, also when it
   * is enqueued again after it was uploaded: then the server is asked whether it has it. A file that is missing, empty or too large becomes a job that has failed.
   */
  async enqueue({ file, keepFile = false, ...target }: EnqueueInput): Promise<UploadJob> {
    await this.#loading.get();
    const { files, maxBytes = MOST_BYTES } = this.options;
    const now = this.#nextOrder();
    const facts = { target, file, keepsFile: keepFile, maxBytes, now, clock: this.#clock };
    const record = await newRecord(files, facts);
    const kept = this.#keeping.then(() => this.#keep(record));
    this.#keeping = kept.catch(() => undefined);
    return kept;
  }

  async #keep(record: UploadRecord): Promise<UploadJob> {
    const known = this.#board.entries.get(record.id)?.record ?? (await this.#records.get(record.id));
    if (known) await this.#keepAgain(known, record);
    else {
      await this.#records.put(record);
      this.#board.put(record);
      this.#scheduler.tick();
    }
    return this.#scheduler.jobOf(this.#board.entries.get(record.id) ?? this.#board.put(record));
  }

  async #keepAgain(known: UploadRecord, record: UploadRecord): Promise<void> {
    const { id, status, file, keepsFile, enqueuedAt } = record;
    this.#board.put(known);
    if (known.status === 'uploaded' && known.file.uri !== file.uri && !keepsFile)
      await this.#beginAgain(known, record);
    if (status === 'active' && (known.status === 'failed' || known.status === 'cancelled'))
      await this.#wish(id, 'resume', { file, keepsFile, enqueuedAt, uploadId: undefined });
  }

  /** Another file of what was uploaded is removed as the first one was: when the server says that it has it, by now. */
  async #beginAgain({ id, sentBytes }: UploadRecord, record: UploadRecord): Promise<void> {
    await this.#scheduler.idle(id);
    const kept = this.#board.entries.get(id)?.record;
    if (kept && needsWork(kept)) await this.options.files.remove(kept.file).catch(() => undefined);
    const next = { ...record, sentBytes };
    await this.#records.put(next);
    this.#board.put(next);
    this.#scheduler.tick();
  }

  pause(id: string): Promise<void> {
    return this.#wish(id, 'pause');
  }

  /** Also tries again what has failed or was cancelled. */
  resume(id: string): Promise<void> {
    return this.#wish(id, 'resume');
  }

  /** Ends the server's session too. The local file stays. */
  cancel(id: string): Promise<void> {
    return this.#wish(id, 'cancel');
  }

  /** Cancels whatever is not settled. */
  async cancelAll(): Promise<void> {
    await this.#loading.get();
    const cancel = (isRunning: boolean) =>
      Promise.all(
        [...this.#board.entries.values()]
          .filter(({ record, runner }) => !isRecordSettled(record) && (runner !== undefined) === isRunning)
          .map(({ record }) => this.cancel(record.id)),
      );
    // Those under way last, so that nothing begins in their places.
    await cancel(false);
    await cancel(true);
  }

  /** Before all others, without waiting for Wi-Fi or for the next try. */
  uploadNow(id: string): Promise<void> {
    return this.#wish(id, 'uploadNow');
  }

  pauseAll(): Promise<void> {
    return this.#set({ isPaused: true });
  }

  resumeAll(): Promise<void> {
    return this.#set({ isPaused: false });
  }

  setWifiOnly(wifiOnly: boolean): Promise<void> {
    return this.#set({ wifiOnly });
  }

  /** Takes a settled job off the list. One that is not stays. */
  async forget(id: string): Promise<void> {
    await this.#loading.get();
    const entry = this.#board.entries.get(id);
    if (!entry || !isRecordSettled(entry.record)) return;
    await this.#scheduler.idle(id);
    if (!isRecordSettled(entry.record) || needsWork(entry.record)) return;
    await this.#records.delete(id);
    this.#board.entries.delete(id);
    this.#scheduler.publish();
  }

  /**
   * The app came to the foreground, or its user signed in: what waits is tried now, and what other tabs did is read.
   */
  async wake(): Promise<void> {
    await this.#loading.get();
    this.#scheduler.set(await this.#records.settings());
    const before = new Map([...this.#board.entries].map(([id, { record }]) => [id, record]));
    const kept = new Map((await this.#records.all()).map((record) => [record.id, record]));
    for (const [id, { record, runner }] of this.#board.entries) {
      // What happened here while it was read is newer.
      if (runner || record !== before.get(id)) kept.delete(id);
      else if (!kept.has(id)) this.#board.entries.delete(id);
    }
    for (const record of kept.values())
      this.#board.put(isWakeable(record) ? { ...record, retryAt: 0 } : record);
    this.#scheduler.tick();
  }

  async #read(): Promise<void> {
    const settings = await this.#records.settings();
    const old = this.#clock.now() - KEPT_MS;
    for (const record of await this.#records.all()) {
      const isOld = record.status === 'uploaded' && !needsWork(record) && (record.settledAt ?? 0) < old;
      if (isOld) await this.#records.delete(record.id);
      else this.#board.put(record);
      this.#lastOrder = Math.max(this.#lastOrder, record.order);
    }
    this.#scheduler.loaded(settings);
  }

  async #set(change: Partial<QueueSettings>): Promise<void> {
    await this.#loading.get();
    // Another tab may have set the other half.
    const settings = { ...this.#scheduler.settings, ...(await this.#records.settings()), ...change };
    await this.#records.putSettings(settings);
    this.#scheduler.set(settings);
    this.#scheduler.tick();
  }

  async #wish(id: string, wish: UploadWish, change: Partial<UploadRecord> = {}): Promise<void> {
    await this.#loading.get();
    const entry = this.#board.entries.get(id);
    if (!entry) return;
    if (await this.#scheduler.heedsWish(entry, wish)) return;
    const release = await this.#scheduler.tryLock(id);
    if (release) {
      try {
        const kept = (await this.#records.get(id)) ?? entry.record;
        const record = { ...kept, ...change, ...afterWish(kept, wish, this.#clock.now()) };
        await this.#records.put(record);
        this.#board.put(record);
      } finally {
        release();
      }
    } else {
      await this.#records.wish(id, wish);
      this.#scheduler.foundElsewhere(entry);
    }
    this.#scheduler.tick();
  }

  /** Milliseconds since 1970, but no two the same: files enqueued within one go in their order. */
  #nextOrder(): number {
    this.#lastOrder = Math.max(this.#clock.now(), this.#lastOrder + 1);
    return this.#lastOrder;
  }
}
