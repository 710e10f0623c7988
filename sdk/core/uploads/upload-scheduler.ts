import { LONGEST_TIMER_MS } from '../deadline.js';
import type { NetworkMonitor } from '../ports.js';
import { JobRunner } from './job-runner.js';
import type { RunnerEnd, RunnerParts } from './job-runner.js';
import { isRecordSettled, needsWork } from './record-changes.js';
import type { BoardFacts, UploadBoard, UploadEntry } from './upload-board.js';
import type { UploadJob } from './upload-job.js';
import { uploadProblem } from './upload-problem.js';
import type { QueueSettings, UploadRecord, UploadWish } from './upload-record.js';
import { holdOf, nextOf } from './upload-state.js';

/** How long another tab is left alone with a job. */
const ELSEWHERE_MS = 2000;
/** After a device that could not save anything. */
const STORAGE_RETRY_MS = 30_000;

/** Decides which jobs run: first in, first out, a few at a time, and none that something holds. */
export class UploadScheduler {
  readonly #running = new Map<string, Promise<void>>();
  #settings: QueueSettings = { isPaused: false, wifiOnly: false };
  #isLoaded = false;
  #isStarted = false;
  #timer: unknown;
  #unsubscribe: () => void = () => undefined;

  constructor(
    private readonly board: UploadBoard,
    private readonly network: NetworkMonitor,
    private readonly concurrency: number,
    private readonly parts: RunnerParts,
  ) {}

  get settings(): QueueSettings {
    return this.#settings;
  }

  /** @param onOnline there is a connection again */
  start(onOnline: () => void): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#unsubscribe = this.network.subscribe(({ isOnline }) => {
      this.#interruptHeld();
      this.tick();
      if (isOnline) onOnline();
    });
  }

  async stop(): Promise<void> {
    this.#isStarted = false;
    this.#unsubscribe();
    this.parts.clock.clearTimeout(this.#timer);
    for (const { runner } of this.board.entries.values()) runner?.interrupt();
    await Promise.all(this.#running.values());
  }

  loaded(settings: Partial<QueueSettings>): void {
    this.#isLoaded = true;
    this.set(settings);
  }

  /** What was set here, or in another tab. What it holds is stopped; what it lets go begins at the next tick. */
  set(settings: Partial<QueueSettings>): void {
    this.#settings = { ...this.#settings, ...settings };
    this.#interruptHeld();
    this.publish();
  }

  tryLock(id: string): Promise<(() => void) | undefined> {
    const { lock, namespace } = this.parts;
    return lock.tryAcquire(`${namespace}.upload.${id}`);
  }

  foundElsewhere(entry: UploadEntry): void {
    entry.isElsewhere = true;
    entry.recheckAt = this.parts.clock.now() + ELSEWHERE_MS;
  }

  /** Whether the job is under way here and the wish is thereby done: stopped with it, or as it is. */
  async heedsWish({ record, runner }: UploadEntry, wish: UploadWish): Promise<boolean> {
    if (!runner) return false;
    const stops = wish === 'pause' || wish === 'cancel';
    if (stops) runner.interrupt(wish);
    else if (!runner.isInterrupted) return true;
    await this.#running.get(record.id);
    return stops && !runner.owesWish;
  }

  /** Resolves when nothing is under way for the job. */
  async idle(id: string): Promise<void> {
    await this.#running.get(id);
  }

  /** Begins what may begin, and sees to it that this is asked again in time. */
  tick(): void {
    if (this.#isStarted && this.#isLoaded) {
      // One time for both: what comes due between two of them would neither begin nor be waited for.
      const now = this.parts.clock.now();
      for (let next = this.#next(now); next && this.#running.size < this.concurrency; next = this.#next(now))
        this.#begin(next);
      this.#setTimer(now);
    }
    this.publish();
  }

  jobOf(entry: UploadEntry): UploadJob {
    return this.board.jobOf(entry, this.#facts());
  }

  publish(): void {
    this.board.publish(this.#facts());
  }

  #facts(): BoardFacts {
    const { isPaused: isQueuePaused, wifiOnly } = this.#settings;
    const network = this.network.current();
    return { network, wifiOnly, isQueuePaused, isLoaded: this.#isLoaded, now: this.parts.clock.now() };
  }

  /** What may no longer go on is stopped; no try is used up by it. */
  #interruptHeld(): void {
    for (const { record, runner } of this.board.entries.values())
      if (runner && this.#isHeld(record)) runner.interrupt();
  }

  #isHeld(record: UploadRecord): boolean {
    // Ending a session and deleting a file need no permission to upload, only a connection.
    const isTidying = isRecordSettled(record);
    const wifiOnly = !isTidying && this.#settings.wifiOnly;
    const isQueuePaused = !isTidying && this.#settings.isPaused;
    const network = this.network.current();
    return holdOf(record, { network, wifiOnly, isQueuePaused, isElsewhere: false }) !== undefined;
  }

  #next(now: number): UploadEntry | undefined {
    const candidates = [...this.board.entries.values()].filter(
      ({ record, runner, recheckAt }) =>
        !runner && recheckAt <= now && needsWork(record) && !this.#isHeld(record),
    );
    const next = nextOf(
      candidates.map(({ record }) => record),
      now,
    );
    return next && this.board.entries.get(next.id);
  }

  #begin(entry: UploadEntry): void {
    const runner = new JobRunner(this.parts, entry.record, {
      changed: (record, live) => {
        entry.record = record;
        entry.live = live;
        if (live) entry.isElsewhere = false;
        this.publish();
      },
      isWaitedFor: () => this.#next(this.parts.clock.now()) !== undefined,
    });
    entry.runner = runner;
    this.#running.set(entry.record.id, this.#follow(entry, runner));
  }

  async #follow(entry: UploadEntry, runner: JobRunner): Promise<void> {
    // Another tab may have paused the queue meanwhile.
    this.set(await this.parts.records.settings());
    const isHeld = runner.isInterrupted && !runner.owesWish;
    const end = isHeld ? 'done' : await runner.run().catch((): 'unsaved' => 'unsaved');
    entry.runner = undefined;
    this.#running.delete(entry.record.id);
    this.#note(entry, end);
    this.tick();
  }

  #note(entry: UploadEntry, end: RunnerEnd | 'unsaved'): void {
    entry.isElsewhere = false;
    entry.recheckAt = 0;
    if (end === 'elsewhere') this.foundElsewhere(entry);
    if (end === 'gone') this.board.entries.delete(entry.record.id);
    if (end !== 'unsaved') return;
    entry.recheckAt = this.parts.clock.now() + STORAGE_RETRY_MS;
    const problem = uploadProblem('DEVICE_STORAGE');
    entry.live = { phase: 'waiting', problem, retryAt: entry.recheckAt };
  }

  #setTimer(now: number): void {
    const { clock } = this.parts;
    clock.clearTimeout(this.#timer);
    const times = [...this.board.entries.values()]
      .filter(({ record, runner }) => !runner && needsWork(record))
      .map(({ record, recheckAt }) => Math.max(record.retryAt, recheckAt))
      .filter((time) => time > now);
    if (times.length === 0) return;
    const wait = Math.min(LONGEST_TIMER_MS, Math.min(...times) - now);
    this.#timer = clock.setTimeout(() => this.tick(), wait);
  }
}
