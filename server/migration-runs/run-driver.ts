import { setTimeout as sleep } from 'node:timers/promises';
import type { CopyOutcome, RecordingCopier } from '../cati/copy-outcome.js';
import { isOutage } from '../database-fault.js';
import { GroupCommit } from '../group-commit.js';
import type { Logger } from '../logger.js';
import type { ClaimTimes } from '../recordings/recording-claim.js';
import { ClaimStock } from './claim-stock.js';
import { verdictOf, type Verdict } from './outcome-rule.js';
import { isQuiet, quietHoursOf } from './quiet-hours.js';
import type { Claim, FinishedCall, RunLedger } from './run-ledger.js';
import type { RunRow } from './run-row.js';
import { SourceOutage } from './source-outage.js';
import type { StoredCopyCheck } from './stored-copy-check.js';
import { Wake } from './wake.js';

export interface DriverParts {
  readonly ledger: RunLedger;
  readonly copier: RecordingCopier;
  readonly check: StoredCopyCheck;
  readonly claim: ClaimTimes;
  readonly logger: Logger;
  /** Asks the run to pause itself. */
  pause(id: string, reason: string): Promise<void>;
}

/** What a worker knows of a run, from its latest look. */
export type Look = RunRow & { wait_ms: number };

/** What of a run's row tells its workers to do something else than before. */
const STEERS = [
  'status',
  'batch_size',
  'delay_ms',
  'concurrency',
  'requests_per_minute',
  'max_bytes_per_second',
] as const satisfies readonly (keyof Look)[];

/** Milliseconds that calls under way may still take when the run is to stop. */
const GRACE_MS = 800;
/** Milliseconds between two looks at the window while every call of it waits. */
const IDLE_MS = 250;
/** Tries of a call that throws, which only the database or a defect does. */
const THROWN_TRIES = 10;
/** Milliseconds between two events of one worker. */
const TELL_MS = 250;

/**
 * One worker's part of one run: takes calls from the window, copies so many at a time, counts what is done. Any number
 * of workers do so at once. Ends when the run is no longer RUNNING, or when it is stopped.
 */
export class RunDriver {
  private readonly underWay = new Map<number, Promise<void>>();
  private readonly aborting = new AbortController();
  private readonly finished: GroupCommit<FinishedCall>;
  private readonly stock: ClaimStock;
  /** Of the calls under way those whose bytes are stored, or that need none: they are only being written down. */
  private readonly settling = new Set<number>();
  private stopping = false;
  private progressed = false;
  private readonly wake = new Wake();
  private readonly outage = new SourceOutage();
  /** How often this worker found somebody else at a call. */
  private readonly looks = new Map<number, number>();
  private toldAt = 0;
  private telling: NodeJS.Timeout | undefined;
  private defect: { readonly error: unknown } | undefined;

  constructor(
    private readonly workerId: string,
    private look: Look,
    private readonly parts: DriverParts,
  ) {
    this.finished = new GroupCommit((calls) => this.count(calls));
    this.stock = new ClaimStock((most) => this.fetch(most));
  }

  get id(): string {
    return this.look.id;
  }

  /** Whether it has counted any call. */
  get hasProgressed(): boolean {
    return this.progressed;
  }

  /** A newer look at the run: its status and limits take effect at once. */
  follow(look: Look): void {
    const isNews = STEERS.some((column) => look[column] !== this.look[column]);
    this.look = look;
    if (isNews) this.wake.nudge();
  }

  /** Takes no further call; resolves through `run`. */
  stop(): void {
    this.stopping = true;
    this.wake.nudge();
  }

  async run(): Promise<void> {
    const renewal = setInterval(() => void this.renew(), this.parts.claim.renewal * 1000);
    try {
      while (this.wanted) {
        // One batch after the other; without a pause between them, nothing waits for the slowest call of a batch.
        await this.batch();
        if (this.look.delay_ms > 0) await this.restBetweenBatches();
      }
    } finally {
      await this.letGo();
      clearInterval(renewal);
      clearTimeout(this.telling);
    }
    if (this.defect) throw this.defect.error;
  }

  /**
   * From the end of one batch to the beginning of the next, whatever is told meanwhile; a new delay counts at once. What
   * is to end does not wait for the slowest call, and a run that is over for nothing.
   */
  private async restBetweenBatches(): Promise<void> {
    while (this.wanted && this.underWay.size > 0) await this.wake.rest(1000);
    if (!this.wanted || (await this.completes())) return;
    const ended = performance.now();
    while (this.wanted) {
      const left = this.look.delay_ms - (performance.now() - ended);
      if (left <= 0) return;
      await this.wake.rest(left);
    }
  }

  /**
   * A copy that is only being written down leaves its place to the next one, as long as the database keeps up; not where
   * its bytes are to be paid for first.
   */
  private get copying(): number {
    if (this.look.max_bytes_per_second !== null) return this.underWay.size;
    return this.underWay.size - Math.min(this.settling.size, this.look.concurrency);
  }

  /** Calls that are worth having in stock: none where something else than the database makes places wait. */
  private get ahead(): number {
    const { delay_ms: delay, requests_per_minute: perMinute, max_bytes_per_second: perSecond } = this.look;
    return delay > 0 || perMinute !== null || perSecond !== null ? 0 : Math.ceil(this.look.concurrency / 2);
  }

  private get wanted(): boolean {
    return !this.stopping && this.look.status === 'RUNNING';
  }

  private async batch(): Promise<void> {
    let begun = 0;
    while (this.wanted && begun < this.look.batch_size) {
      const free = this.look.concurrency - this.copying;
      if (free <= 0) {
        await this.wake.rest(1000);
        continue;
      }
      if (await this.mustWait()) continue;
      const { count, gap } = await this.place(Math.min(free, this.look.batch_size - begun));
      if (count === 0) continue;
      const taken = await this.stock.take(count, this.ahead);
      await this.beginAll(taken, gap);
      begun += taken.length;
      if (taken.length === 0 && (await this.isOver())) return;
    }
  }

  /** Waits, for a second at most, where nothing may begin now: quiet hours, a source that asked for patience, bytes. */
  private async mustWait(): Promise<boolean> {
    // What was copied a moment ago is to be paid for first.
    if (this.look.max_bytes_per_second !== null) await this.lookAgain();
    const { wait_ms: wait } = this.look;
    const hours = quietHoursOf(this.look);
    const quiet = hours !== undefined && isQuiet(new Date(), hours);
    if (!quiet && wait <= 0) return false;
    await this.wake.rest(Math.min(1000, quiet ? 1000 : wait));
    await this.lookAgain();
    return true;
  }

  private async lookAgain(): Promise<void> {
    const look = await this.parts.ledger.look(this.id);
    if (look) this.follow(look);
  }

  /** Places in the queue of requests: at most a second's worth, so that a new limit soon takes effect. */
  private async place(most: number): Promise<{ count: number; gap: number }> {
    const perMinute = this.look.requests_per_minute;
    if (perMinute === null) return { count: most, gap: 0 };
    const count = Math.max(1, Math.min(most, Math.floor(perMinute / 60)));
    let wait = await this.parts.ledger.reserve(this.id, count, perMinute);
    while (wait > 0) {
      const part = Math.min(wait, 500);
      await sleep(part);
      wait -= part;
      if (!this.wanted || this.look.requests_per_minute !== perMinute) return { count: 0, gap: 0 };
    }
    return { count, gap: 60_000 / perMinute };
  }

  private async fetch(count: number): Promise<Claim[]> {
    const { ledger, claim } = this.parts;
    const taken = await ledger.claim(this.id, this.workerId, count, claim.lifetime);
    if (taken.length === count || this.look.exhausted) return taken;
    const more = await ledger.refill(this.id, Math.max(this.look.batch_size, this.look.concurrency));
    if (more === 0) return taken;
    return [...taken, ...(await ledger.claim(this.id, this.workerId, count - taken.length, claim.lifetime))];
  }

  /** Nothing was to be taken: the run may be over, or all that is left waits or is held. */
  private async isOver(): Promise<boolean> {
    if (this.underWay.size === 0 && (await this.completes())) return true;
    await this.wake.rest(IDLE_MS);
    return this.stopping;
  }

  private async completes(): Promise<boolean> {
    const isComplete = await this.parts.ledger.complete(this.id);
    if (isComplete) this.stopping = true;
    return isComplete;
  }

  private async beginAll(taken: Claim[], gap: number): Promise<void> {
    for (const [index, claim] of taken.entries()) {
      if (index > 0 && gap > 0) await sleep(gap);
      if (this.wanted) this.begin(claim);
      else await this.giveBack(claim.position, {});
    }
  }

  private begin(claim: Claim): void {
    const { position } = claim;
    const task = this.handle(claim)
      .catch((error: unknown) => {
        this.defect = { error };
        this.stopping = true;
      })
      .finally(() => {
        this.underWay.delete(position);
        this.settling.delete(position);
        this.wake.nudge();
      });
    this.underWay.set(position, task);
  }

  private settles(position: number): void {
    this.settling.add(position);
    this.wake.nudge();
  }

  private async handle(claim: Claim): Promise<void> {
    const { position } = claim;
    const outcome = await this.attempt(claim);
    if (outcome === undefined) return this.giveBack(position, {});
    const reason = this.outage.after(claim.provider, position, outcome);
    const verdict: Verdict =
      reason === undefined
        ? verdictOf(outcome, claim.tries, this.looks.get(position))
        : { kind: 'pause', reason };
    if (outcome.kind === 'held') this.looks.set(position, (this.looks.get(position) ?? 0) + 1);
    else this.looks.delete(position);
    switch (verdict.kind) {
      case 'finished': {
        const { status, code = null, message = null, bytes = null } = verdict;
        this.settles(position);
        return this.finished
          .add({ position, status, code, message, bytes })
          .catch((error: unknown) => this.uncounted(claim, error));
      }
      case 'again':
        if (verdict.everybodyWaits) await this.slowDown(verdict.seconds);
        return this.giveBack(position, verdict);
      case 'pause':
        await this.safely(() => this.parts.pause(this.id, verdict.reason));
        await this.giveBack(position, {});
        // The calls are not to blame.
        return this.safely(() => this.parts.ledger.forgive(this.id));
    }
  }

  /** What cannot be written of one call is no fault of the others: it is done again, and in the end a defect. */
  private async uncounted(claim: Claim, error: unknown): Promise<void> {
    const { recording_id: recordingId, position, tries } = claim;
    this.parts.logger.error({ err: error, runId: this.id, recordingId }, 'an outcome cannot be counted');
    if (tries + 1 >= THROWN_TRIES) throw error;
    await this.giveBack(position, thrownAgain(tries));
  }

  /** Undefined: it was broken off, and says nothing of the call. */
  private async attempt(claim: Claim): Promise<CopyOutcome | undefined> {
    const { signal } = this.aborting;
    try {
      if (!this.look.skip_uploaded) {
        const found = await this.parts.check.check(claim.recording_id, signal);
        if (found.kind === 'doubtful') return { kind: 'stopped', by: 'storage', reason: found.reason };
        if (found.kind === 'leave') return await this.seenStored(claim);
      }
      const outcome = await this.parts.copier.copy(claim.recording_id, {
        signal,
        mode: 'run',
        runId: this.id,
        asksAgain: (code) => verdictOf({ kind: 'failed', code, message: '' }, claim.tries).kind === 'again',
        place: { provider: claim.provider, url: claim.source_url ?? undefined },
        onStored: () => this.settles(claim.position),
      });
      return outcome.kind === 'skipped' ? await this.seenStored(claim) : outcome;
    } catch (error) {
      if (signal.aborted) return undefined;
      this.parts.logger.warn({ err: error, runId: this.id, recordingId: claim.recording_id }, 'copy threw');
      if (claim.tries + 1 < THROWN_TRIES) {
        await this.giveBack(claim.position, thrownAgain(claim.tries));
        return undefined;
      }
      return { kind: 'failed', code: 'INTERNAL', message: 'A fault of the server, again and again.' };
    }
  }

  /** Somebody else's work, or that of a worker of this run that died before it was counted. */
  private async seenStored({ tookOver, recording_id: id, takenAt }: Claim): Promise<CopyOutcome> {
    return (tookOver ? await this.parts.ledger.settledSince(id, takenAt) : undefined) ?? { kind: 'skipped' };
  }

  private async slowDown(seconds: number): Promise<void> {
    this.look = { ...this.look, wait_ms: seconds * 1000 };
    await this.safely(() => this.parts.ledger.backOff(this.id, seconds));
  }

  /** A call that cannot be given back now is free for others when its claim runs out. */
  private giveBack(position: number, options: { seconds?: number; counts?: boolean }): Promise<void> {
    return this.safely(() => this.parts.ledger.release(this.id, this.workerId, [position], options));
  }

  /** Until the database takes it, or this worker's claims are lost with it. One call's fault is no other's. */
  private async count(calls: FinishedCall[]): Promise<void[]> {
    for (;;) {
      try {
        const tell = Date.now() - this.toldAt >= TELL_MS;
        if (tell) this.toldAt = Date.now();
        await this.parts.ledger.finish(this.id, this.workerId, calls, tell);
        this.progressed = true;
        if (!tell) this.tellLater();
        return [];
      } catch (error) {
        if (!isOutage(error)) throw error;
        this.parts.logger.warn({ err: error, runId: this.id }, 'outcomes not counted yet');
        if (this.aborting.signal.aborted) return [];
        await sleep(500);
      }
    }
  }

  /** What was counted between two events is told too, should nothing follow. */
  private tellLater(): void {
    this.telling ??= setTimeout(() => {
      this.telling = undefined;
      this.toldAt = Date.now();
      void this.safely(() => this.parts.ledger.tell(this.id));
    }, TELL_MS);
  }

  private renew(): Promise<void> {
    const positions = [...this.underWay.keys(), ...this.stock.positions];
    if (positions.length === 0) return Promise.resolve();
    const { ledger, claim } = this.parts;
    return this.safely(() => ledger.renew(this.id, this.workerId, positions, claim.lifetime));
  }

  /** Calls under way are finished, or broken off and given back. */
  private async letGo(): Promise<void> {
    await this.giveBackStock();
    const all = Promise.all(this.underWay.values());
    await Promise.race([all, sleep(GRACE_MS)]);
    if (this.underWay.size === 0) return;
    this.aborting.abort();
    const left = [...this.underWay.keys()];
    await Promise.race([all, sleep(200)]);
    await this.safely(() => this.parts.ledger.release(this.id, this.workerId, left));
  }

  private async giveBackStock(): Promise<void> {
    const waiting = (await this.stock.empty()).map(({ position }) => position);
    if (waiting.length === 0) return;
    await this.safely(() => this.parts.ledger.release(this.id, this.workerId, waiting));
  }

  private async safely(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.parts.logger.warn({ err: error, runId: this.id }, 'run');
    }
  }
}

function thrownAgain(tries: number): { seconds: number; counts: true } {
  return { seconds: Math.min(30, 2 ** tries), counts: true };
}
