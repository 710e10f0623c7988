import type { AbortControllerLike } from '../platform.js';
import type { Clock, Lock } from '../ports.js';
import { endSession } from './end-session.js';
import { ProgressMeter } from './progress-meter.js';
import type { Progress } from './progress-meter.js';
import { afterVerdict, afterWish, laterAgain, needsWork } from './record-changes.js';
import type { Moment } from './record-changes.js';
import type { UploadState } from './upload-job.js';
import type { LocalFiles, Sender, UploadSource } from './upload-ports.js';
import type { UploadRecord, UploadRecords, UploadWish } from './upload-record.js';
import { readable, readably } from './readable-source.js';
import { UploadRun } from './upload-run.js';
import type { RunContext, RunStep, UploadClient } from './upload-run.js';
import { finalEnd, retryEnd, verdictOfError } from './upload-verdict.js';
import type { UploadVerdict } from './upload-verdict.js';

export interface RunnerParts {
  readonly client: UploadClient;
  readonly sender: Sender;
  readonly files: LocalFiles;
  readonly lock: Lock;
  readonly clock: Clock;
  readonly records: UploadRecords;
  /** The names of the locks begin so. */
  readonly namespace: string;
  isOnline(): boolean;
}

export interface RunnerListener {
  /** As it is kept; `live`: what happens at this moment. */
  changed(record: UploadRecord, live: UploadState | undefined): void;
  /** Whether another job could begin if this one let go. */
  isWaitedFor(): boolean;
}

/** `elsewhere`: another tab is at it. `gone`: the job was forgotten there. */
export type RunnerEnd = 'done' | 'elsewhere' | 'gone';

/** Brings one job one try further, under its lock. What happens is kept before it is shown. */
export class JobRunner {
  readonly #stopper: AbortControllerLike;
  #record: UploadRecord;
  #live: UploadState | undefined;
  #wish: UploadWish | undefined;
  #meter: ProgressMeter;
  /** Writes, one after the other. */
  #writes: Promise<unknown> = Promise.resolve();
  #waitingProgress: Progress | undefined;

  constructor(
    private readonly parts: RunnerParts,
    record: UploadRecord,
    private readonly listener: RunnerListener,
  ) {
    this.#record = record;
    this.#stopper = new parts.clock.AbortController();
    this.#meter = this.#newMeter();
  }

  /** Stops at once, without counting a failure; carries the wish out before it lets go. */
  interrupt(wish?: UploadWish): void {
    this.#wish = wish ?? this.#wish;
    this.#stopper.abort();
  }

  get isInterrupted(): boolean {
    return this.#stopper.signal.aborted;
  }

  /** Whether a wish came too late to be carried out. */
  get owesWish(): boolean {
    return this.#wish !== undefined;
  }

  async run(): Promise<RunnerEnd> {
    const { lock, namespace, records } = this.parts;
    const { id } = this.#record;
    const release = await lock.tryAcquire(`${namespace}.upload.${id}`);
    try {
      // Another tab may have come further since.
      const kept = await records.get(id);
      if (!kept) return 'gone';
      this.#record = kept;
      this.#meter = this.#newMeter();
      this.#tell();
      if (!release) return 'elsewhere';
      await this.#work();
      await this.#writes;
      return 'done';
    } finally {
      this.#live = undefined;
      release?.();
      this.#tell();
    }
  }

  async #work(): Promise<void> {
    this.#wish ??= await this.parts.records.takeWish(this.#record.id);
    await this.#heedWish();
    if (this.#record.status === 'active') {
      const verdict = await this.#upload().catch(verdictOfError);
      await this.#writes;
      if (this.#stopper.signal.aborted) await this.#heedWish();
      else if (verdict.kind !== 'retry' || this.parts.isOnline()) await this.#conclude(verdict);
    }
    if (needsWork(this.#record)) await this.#tidy();
  }

  async #upload(): Promise<UploadVerdict> {
    const { files } = this.parts;
    this.#show({ phase: 'preparing' });
    const source = await readably(() => files.open(this.#record.file));
    if (!source) throw finalEnd('FILE_MISSING');
    try {
      if (source.byteSize !== this.#record.byteSize) throw finalEnd('FILE_CHANGED');
      return await new UploadRun(this.#context(readable(source))).run();
    } finally {
      // What became of the upload does not depend on it.
      await source.close?.().catch(() => undefined);
    }
  }

  #context(source: UploadSource): RunContext {
    const { client, sender, clock } = this.parts;
    return {
      client,
      sender,
      clock,
      source,
      signal: this.#stopper.signal,
      record: () => this.#record,
      save: (change) => this.#save(change),
      show: (step) => this.#step(step),
      progress: (sentBytes) => this.#progress(sentBytes),
      isWaitedFor: () => this.listener.isWaitedFor(),
    };
  }

  #step(step: RunStep): void {
    if (step.phase !== 'sending') return this.#show(step);
    const { method, alreadySent } = step;
    this.#meter.begin(alreadySent);
    this.#show({ phase: 'sending', method, bytesPerSecond: undefined, secondsLeft: undefined });
    this.#progress(alreadySent);
  }

  /** At most one write is under way; what comes meanwhile is told by the next. */
  #progress(sentBytes: number): void {
    const progress = this.#meter.note(sentBytes);
    if (!progress) return;
    const isWriting = this.#waitingProgress !== undefined;
    this.#waitingProgress = progress;
    if (isWriting) return;
    const write = async () => {
      const latest = this.#waitingProgress ?? progress;
      this.#waitingProgress = undefined;
      const hasGrown = latest.sentBytes > this.#record.sentBytes;
      if (hasGrown) await this.#write({ sentBytes: latest.sentBytes, failures: 0, serverFailures: 0 });
      if (this.#live?.phase !== 'sending') return;
      const { bytesPerSecond, secondsLeft } = latest;
      this.#show({ ...this.#live, bytesPerSecond, secondsLeft });
    };
    // A device that cannot save it says so when something that matters is saved.
    this.#queue(write).catch(() => undefined);
  }

  async #conclude(verdict: UploadVerdict): Promise<void> {
    await this.#save(afterVerdict(this.#record, verdict, this.#moment()));
  }

  async #heedWish(): Promise<void> {
    const wish = this.#wish;
    if (!wish) return;
    await this.#save(afterWish(this.#record, wish, this.parts.clock.now()));
    this.#wish = undefined;
  }

  /** What is left to do of a job that is settled. */
  async #tidy(): Promise<void> {
    if (this.#record.status === 'uploaded') await this.#removeFile();
    else if (this.#record.status === 'cancelled') await this.#endSession();
  }

  async #removeFile(): Promise<void> {
    const isRemoved = await this.parts.files.remove(this.#record.file).then(
      () => true,
      () => false,
    );
    await (isRemoved ? this.#save({ isFileRemoved: true }) : this.#postpone());
  }

  async #endSession(): Promise<void> {
    const end = await endSession(this.parts.client, this.#record);
    if (end === 'later') await this.#postpone();
    // Too late to cancel: the job goes on to its end.
    else if (end === 'stored') await this.#save({ status: 'active', settledAt: undefined });
    else await this.#save({ uploadId: undefined, isRequested: false });
  }

  #postpone(): Promise<void> {
    return this.#save(laterAgain(this.#record, this.#moment()));
  }

  #moment(): Moment {
    const { clock } = this.parts;
    return { now: clock.now(), random: clock.random() };
  }

  #save(change: Partial<UploadRecord>): Promise<void> {
    return this.#queue(() => this.#write(change));
  }

  async #write(change: Partial<UploadRecord>): Promise<void> {
    const { records } = this.parts;
    const next = { ...this.#record, ...change };
    await records.put(next).catch(() => {
      throw retryEnd('DEVICE_STORAGE', false);
    });
    this.#record = next;
    this.#tell();
    const wish = await records.takeWish(next.id);
    if (wish === 'pause' || wish === 'cancel') this.interrupt(wish);
  }

  #queue(write: () => Promise<void>): Promise<void> {
    const done = this.#writes.then(write);
    this.#writes = done.catch(() => undefined);
    return done;
  }

  #show(live: UploadState): void {
    this.#live = live;
    this.#tell();
  }

  #tell(): void {
    this.listener.changed(this.#record, this.#live);
  }

  #newMeter(): ProgressMeter {
    const { clock } = this.parts;
    return new ProgressMeter(this.#record.byteSize, this.#record.sentBytes, () => clock.now());
  }
}
