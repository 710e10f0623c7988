import { newId } from '../entity.js';
import type { Logger } from '../logger.js';
import type { FoundRecording, Provider } from '../providers/provider.js';
import type { ProviderRegistry } from '../providers/registry.js';
import { RecordingClaim, type ClaimTimes } from '../recordings/recording-claim.js';
import { RecordingMoves, type ClaimOutcome } from '../recordings/recording-moves.js';
import { completeAttempt, type StoredAttempt } from '../recordings/store-attempt.js';
import { recordingPrefix } from '../recordings/stored-path.js';
import type { Storage } from '../storage/storage.js';
import type { Transaction } from '../unit-of-work.js';
import { decide } from './copy-decision.js';
import type { CopyOutcome, RecordingCopier } from './copy-outcome.js';
import type { CopyPlan } from './copy-plan.js';
import { CopySettlement, type CopyMode } from './copy-settlement.js';
import { hostOf, readCopySource, type CopySource } from './copy-source.js';
import type { HostGate } from './host-gate.js';
import type { ProviderStates } from './provider-states.js';
import { decideError, storeCopy } from './store-copy.js';

export interface CopyParts {
  readonly transaction: Transaction;
  readonly storage: Storage;
  readonly providers: ProviderRegistry;
  readonly states: ProviderStates;
  readonly plan: CopyPlan;
  readonly gate: HostGate;
  readonly claim: ClaimTimes;
  readonly maxBytes: number;
  readonly logger: Logger;
}

interface CopyOptions {
  readonly signal: AbortSignal;
  readonly mode: CopyMode;
}

/**
 * From a provider's recording to a stored one. Safe to run twice, at once or after a kill: an attempt counts only while
 * it holds the recording's claim, and writes under a key of its own.
 */
export class RecordingCopy implements RecordingCopier {
  private readonly settlement: CopySettlement;

  constructor(private readonly parts: CopyParts) {
    this.settlement = new CopySettlement(parts);
  }

  async copy(recordingId: string, options: CopyOptions): Promise<CopyOutcome> {
    const source = await this.parts.transaction((em) => readCopySource(em, recordingId));
    if (!source || source.status === 'UPLOADED' || source.status === 'DELETED') return { kind: 'skipped' };
    if (options.mode === 'job' && (!source.due || source.status === 'FAILED')) return { kind: 'skipped' };
    const provider = this.parts.providers.get(source.provider);
    const hindrance = await this.hindrance(source, provider);
    if (hindrance) {
      if (options.mode === 'job') await this.wait(source, hindrance);
      return hindrance.outcome;
    }
    return provider ? this.claimed(source, provider, options) : { kind: 'skipped' };
  }

  /** What forbids to ask the source now, whatever the recording. */
  private async hindrance(
    source: CopySource,
    provider: Provider | undefined,
  ): Promise<Hindrance | undefined> {
    const { states, gate, plan } = this.parts;
    const reason = provider
      ? (await states.mayTry(source.provider))?.reason
      : `No connection to ${source.provider} is configured.`;
    if (reason !== undefined)
      return { outcome: { kind: 'stopped', by: 'source', reason }, seconds: plan.times.probe };
    const host = hostOf(source);
    const seconds = gate.waitFor(host);
    if (seconds === 0) return undefined;
    const message = 'The provider asked to be asked less often.';
    const retryAfterSeconds = Math.ceil(seconds);
    return {
      outcome: { kind: 'failed', code: 'SOURCE_RATE_LIMITED', message, retryAfterSeconds, host },
      seconds,
      sends: true,
    };
  }

  /** The keeper takes up what waits for a stopped provider, one at a time. */
  private wait({ recordingId }: CopySource, { seconds, sends }: Hindrance): Promise<void> {
    return this.parts.transaction(async (em) => {
      await new RecordingMoves(em).defer(recordingId, Math.ceil(seconds));
      if (sends) await this.parts.plan.send(em, recordingId, seconds);
    });
  }

  private async claimed(
    source: CopySource,
    provider: Provider,
    { signal, mode }: CopyOptions,
  ): Promise<CopyOutcome> {
    const { transaction, claim: times, logger } = this.parts;
    const { recordingId } = source;
    const attemptId = newId();
    const outcome = await this.claim(recordingId, attemptId, mode);
    if (outcome.kind === 'held') return { kind: 'held' };
    if (outcome.kind === 'settled') return { kind: 'skipped' };
    using claim = new RecordingClaim(recordingId, attemptId, transaction, times, logger, signal);
    if (outcome.tookOver) await this.clear(recordingId);
    return await this.attempt({ ...source, tries: source.tries + 1 }, provider, claim, { signal, mode });
  }

  private claim(recordingId: string, attemptId: string, mode: CopyMode): Promise<ClaimOutcome> {
    return this.parts.transaction(async (em) => {
      const moves = new RecordingMoves(em);
      await moves.lock(recordingId);
      await moves.open(recordingId, mode === 'run' ? ['EXPECTED', 'FAILED'] : ['EXPECTED']);
      return moves.claim(recordingId, attemptId, this.parts.claim.lifetime);
    });
  }

  /** What an attempt that died left behind. Only the claim's holder does this, and before it writes anything. */
  private async clear(recordingId: string): Promise<void> {
    const { storage } = this.parts;
    for await (const { key } of storage.list(recordingPrefix(recordingId))) await storage.delete(key);
  }

  private async attempt(
    source: CopySource,
    provider: Provider,
    claim: RecordingClaim,
    { signal, mode }: CopyOptions,
  ): Promise<CopyOutcome> {
    let stored: StoredAttempt | undefined;
    try {
      const verdict = await provider.fetchRecording(source.source, claim.signal);
      if (verdict.kind !== 'found')
        return await this.settlement.settle(source, claim, mode, decide(verdict, source, provider));
      stored = await this.store(verdict, claim);
      return await this.complete(source, claim, stored);
    } catch (error) {
      if (claim.signal.aborted && !signal.aborted) return { kind: 'held' };
      const decision = signal.aborted || stored ? undefined : decideError(error);
      if (decision) return this.settlement.settle(source, claim, mode, decision);
      const freed = await this.settlement.interrupted(claim, mode, error);
      if (freed && stored) await this.parts.storage.delete(stored.key);
      throw error;
    }
  }

  private store(verdict: FoundRecording, claim: RecordingClaim): Promise<StoredAttempt> {
    return storeCopy(this.parts.storage, verdict, claim, this.parts.maxBytes);
  }

  /** The first to be verified wins; another's object is removed. */
  private async complete(
    source: CopySource,
    claim: RecordingClaim,
    { key, facts }: StoredAttempt,
  ): Promise<CopyOutcome> {
    const completed = await this.parts.transaction((em) =>
      completeAttempt(new RecordingMoves(em), claim, facts),
    );
    if (!completed) {
      await this.parts.storage.delete(key);
      return { kind: 'skipped' };
    }
    await this.parts.states.clear(source.provider);
    return { kind: 'uploaded', bytes: facts.byteSize };
  }
}

interface Hindrance {
  readonly outcome: CopyOutcome;
  readonly seconds: number;
  /** A job follows; otherwise the keeper sees to it. */
  readonly sends?: boolean;
}
