import { newId } from '../entity.js';
import { GroupCommit } from '../group-commit.js';
import type { Logger } from '../logger.js';
import { BookedPass, type Caller } from '../providers/hosts/caller.js';
import type { Provider } from '../providers/provider.js';
import type { ProviderRegistry } from '../providers/registry.js';
import { completeAttempts, type Completion, type FinishedAttempt } from '../recordings/complete-attempts.js';
import type { MediaPlan } from '../recordings/media-plan.js';
import { RecordingClaim, type ClaimTimes } from '../recordings/recording-claim.js';
import { RecordingMoves } from '../recordings/recording-moves.js';
import type { StoredAttempt } from '../recordings/store-attempt.js';
import { recordingPrefix } from '../recordings/stored-path.js';
import { deleteBelow } from '../storage/delete-below.js';
import type { Storage } from '../storage/storage.js';
import type { SystemTransaction } from '../unit-of-work.js';
import { claimCopies, type CopyClaim, type CopyClaimed } from './claim-copies.js';
import { decide } from './copy-decision.js';
import type { CopyMetrics } from './copy-metrics.js';
import type { CopyOptions, CopyOutcome, CopyPlace, RecordingCopier } from './copy-outcome.js';
import type { CopyPlan } from './copy-plan.js';
import { CopySettlement, type CopyMode } from './copy-settlement.js';
import { firstHost, readCopySource, type CopySource } from './copy-source.js';
import type { ProviderStates } from './provider-states.js';
import { decideError, storeCopy } from './store-copy.js';

export interface CopyParts {
  readonly transaction: SystemTransaction;
  readonly storage: Storage;
  readonly providers: ProviderRegistry;
  readonly states: ProviderStates;
  readonly plan: CopyPlan;
  readonly claim: ClaimTimes;
  readonly maxBytes: number;
  readonly logger: Logger;
  readonly media: MediaPlan;
  readonly metrics: CopyMetrics;
}

/** Seconds that are worth waiting for a host's turn: a job has others behind it, a run has nothing better to do. */
const PATIENCE: Readonly<Record<CopyMode, number>> = { job: 5, run: 60 };
/** A copy that has begun makes up to five requests, and holds its recording meanwhile. */
const BEGUN = { patience: 60, urgent: true };

/**
 * From a provider's recording to a stored one. Safe to run twice, at once or after a kill: an attempt counts only while
 * it holds the recording's claim, and writes under a key of its own.
 */
export class RecordingCopy implements RecordingCopier {
  private readonly settlement: CopySettlement;
  private readonly claims: GroupCommit<CopyClaim, CopyClaimed>;
  private readonly completions: GroupCommit<FinishedAttempt, Completion>;

  constructor(private readonly parts: CopyParts) {
    const { transaction, claim, media } = parts;
    this.settlement = new CopySettlement(parts);
    this.claims = new GroupCommit((claims) =>
      transaction.statement((em) => claimCopies(em, claims, claim.lifetime)),
    );
    this.completions = new GroupCommit((attempts) =>
      transaction((em) => completeAttempts(em, media, attempts)),
    );
  }

  async copy(recordingId: string, options: CopyOptions): Promise<CopyOutcome> {
    const place = options.place ?? (await this.placeOf(recordingId, options.mode));
    if ('kind' in place) return place;
    const outcome = await this.copyFrom(place, recordingId, options);
    this.parts.metrics.count(place.provider, options.mode, outcome);
    return outcome;
  }

  private async copyFrom(place: CopyPlace, recordingId: string, options: CopyOptions): Promise<CopyOutcome> {
    const provider = this.parts.providers.get(place.provider);
    if (!provider)
      return this.stopped(recordingId, options.mode, `No connection to ${place.provider} is configured.`);
    return this.inTurn(recordingId, firstHost(place, provider), provider, options);
  }

  /** An outcome: there is nothing to copy. */
  private async placeOf(recordingId: string, mode: CopyMode): Promise<CopyPlace | CopyOutcome> {
    const source = await this.parts.transaction.statement((em) => readCopySource(em, recordingId));
    if (source?.status === 'DELETED') return { kind: 'deleted', code: source.deletionCode };
    if (!source || !isWanted(source, mode)) return { kind: 'skipped' };
    return { provider: source.provider, url: source.source.url };
  }

  /** When the host has room for its first request; a job that would wait for long is planned anew instead. */
  private async inTurn(
    recordingId: string,
    host: string | undefined,
    provider: Provider,
    options: CopyOptions,
  ): Promise<CopyOutcome> {
    const { signal, mode, runId: owner = 'jobs' } = options;
    const caller = { owner, ...BEGUN };
    if (host === undefined) return this.claimed(recordingId, provider, caller, options);
    const visitor = { owner, patience: PATIENCE[mode], signal };
    const entry = await this.parts.providers.gate.enter(host, visitor);
    if (entry.kind === 'refused') return this.unasked(recordingId, mode, entry.seconds);
    using booked = new BookedPass(host, entry);
    return await this.claimed(recordingId, provider, { ...caller, booked }, options);
  }

  private async stopped(recordingId: string, mode: CopyMode, reason: string): Promise<CopyOutcome> {
    if (mode === 'job') await this.defer(recordingId, this.parts.plan.times.probe);
    return { kind: 'stopped', by: 'source', reason };
  }

  private async unasked(
    recordingId: string,
    mode: CopyMode,
    retryAfterSeconds: number,
  ): Promise<CopyOutcome> {
    if (mode === 'job') await this.defer(recordingId, retryAfterSeconds, 'send');
    const message = 'The provider asked to be asked less often.';
    return { kind: 'failed', code: 'SOURCE_RATE_LIMITED', message, retryAfterSeconds, unasked: true };
  }

  /** Without a job of its own the keeper takes it up: what waits for a stopped provider, one at a time. */
  private defer(recordingId: string, seconds: number, job?: 'send'): Promise<void> {
    return this.parts.transaction(async (em) => {
      await new RecordingMoves(em).defer(recordingId, Math.ceil(seconds));
      if (job) await this.parts.plan.send(em, recordingId, seconds);
    });
  }

  /** By what holds now: while this one waited for its turn, another may have tried, and planned the next try. */
  private async claimed(
    recordingId: string,
    provider: Provider,
    caller: Caller,
    options: CopyOptions,
  ): Promise<CopyOutcome> {
    const { transaction, claim: times, logger, states } = this.parts;
    const { signal, mode } = options;
    const wish = { recordingId, attemptId: newId(), mode };
    let outcome = await this.claims.add({ ...wish, isProbe: false });
    if (outcome.kind === 'stopped') {
      const stop = await states.mayTry(provider.name);
      if (stop) return this.stopped(recordingId, mode, stop.reason);
      outcome = await this.claims.add({ ...wish, isProbe: true });
    }
    if (outcome.kind === 'unwanted') return { kind: 'skipped' };
    if (outcome.kind === 'deleted') return outcome;
    if (outcome.kind !== 'claimed') return { kind: 'held' };
    const { source, tookOver, inDoubt } = outcome;
    if (inDoubt) states.doubt(source.provider);
    using claim = new RecordingClaim(recordingId, wish.attemptId, transaction, times, logger, signal);
    if (tookOver) await this.clear(recordingId);
    const tried = { ...source, tries: source.tries + 1, source: { ...source.source, caller } };
    return await this.attempt(tried, provider, claim, options);
  }

  /** What an attempt that died left behind. Only the claim's holder does this, and before it writes anything. */
  private async clear(recordingId: string): Promise<void> {
    await deleteBelow(this.parts.storage, recordingPrefix(recordingId));
  }

  private async attempt(
    source: CopySource,
    provider: Provider,
    claim: RecordingClaim,
    options: CopyOptions,
  ): Promise<CopyOutcome> {
    const { signal, onStored } = options;
    let stored: StoredAttempt | undefined;
    try {
      const verdict = await provider.fetchRecording(source.source, claim.signal);
      if (verdict.kind !== 'found')
        return await this.settlement.settle(source, claim, options, decide(verdict, source));
      stored = await storeCopy(this.parts.storage, verdict, claim, this.parts.maxBytes);
      onStored?.();
      return await this.complete(source, claim, stored);
    } catch (error) {
      if (claim.signal.aborted && !signal.aborted) return { kind: 'held' };
      const decision = signal.aborted || stored ? undefined : decideError(error);
      if (decision) return this.settlement.settle(source, claim, options, decision);
      const freed = await this.settlement.interrupted(claim, options.mode, error);
      if (freed && stored) await this.parts.storage.delete(stored.key);
      throw error;
    }
  }

  /** The first to be verified wins; another's object is removed. */
  private async complete(
    source: CopySource,
    { recordingId, attemptId }: RecordingClaim,
    { key, facts }: StoredAttempt,
  ): Promise<CopyOutcome> {
    const completion = await this.completions.add({ recordingId, attemptId, facts });
    if (completion !== 'completed') {
      await this.parts.storage.delete(key);
      return OUTCOME[completion];
    }
    await this.parts.states.clear(source.provider);
    return { kind: 'uploaded', bytes: facts.byteSize };
  }
}

/** What it means for an attempt whose claim was lost. */
const OUTCOME: Readonly<Record<Exclude<Completion, 'completed'>, CopyOutcome>> = {
  settled: { kind: 'skipped' },
  gone: { kind: 'deleted', code: 'GONE_AT_SOURCE' },
  removed: { kind: 'deleted', code: 'REMOVED' },
  lost: { kind: 'held' },
};

/** A run takes what failed, and does not wait for a time that is planned. */
function isWanted({ status, due }: CopySource, mode: CopyMode): boolean {
  if (status === 'UPLOADED') return false;
  return mode === 'run' || (due && status !== 'FAILED');
}
