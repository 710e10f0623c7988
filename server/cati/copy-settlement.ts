import type { FailureCode } from '../errors.js';
import { passingOf } from '../recordings/attempt-failure.js';
import type { RecordingClaim } from '../recordings/recording-claim.js';
import { RecordingMoves, type FailureFacts } from '../recordings/recording-moves.js';
import type { Transaction } from '../unit-of-work.js';
import { mayBeMended, type CopyDecision } from './copy-decision.js';
import type { CopyOptions, CopyOutcome } from './copy-outcome.js';
import { MAX_TRIES, type CopyPlan } from './copy-plan.js';
import type { CopySource } from './copy-source.js';
import type { ProviderStates } from './provider-states.js';

/** A `job` plans its own next try; what a `run` does not ask for again is FAILED. */
export type CopyMode = CopyOptions['mode'];

interface Parts {
  readonly transaction: Transaction;
  readonly states: ProviderStates;
  readonly plan: CopyPlan;
}

/** Seconds after which a job takes up what a run began and left: the run itself may do so at any time. */
const LEFT_TO_RUN = 3600;

type Of<Kind extends CopyDecision['kind']> = CopyDecision & { kind: Kind };

/** Writes down what became of an attempt that stored nothing. */
export class CopySettlement {
  constructor(private readonly parts: Parts) {}

  async settle(
    source: CopySource,
    claim: RecordingClaim,
    options: CopyOptions,
    decision: CopyDecision,
  ): Promise<CopyOutcome> {
    const { mode } = options;
    switch (decision.kind) {
      case 'gone':
        return this.gone(claim, decision);
      case 'notReady':
        return this.notReady(source, claim, mode, decision);
      case 'failed':
        return this.failed(source, claim, options, decision);
      case 'refused':
        return this.refused(source, claim, options, decision);
      case 'stop':
        if (decision.by === 'source') await this.parts.states.stop(source.provider, decision.reason);
        return this.stopped(claim, mode, decision);
    }
  }

  /** A shutdown or a fault of ours: free for the next worker at once. Answers whether the claim was still ours. */
  interrupted({ recordingId, attemptId }: RecordingClaim, mode: CopyMode, error: unknown): Promise<boolean> {
    const { transaction, plan } = this.parts;
    const failure = passingOf(error);
    if (mode === 'run')
      return transaction((em) =>
        new RecordingMoves(em).postpone(recordingId, attemptId, LEFT_TO_RUN, failure),
      );
    const counted = failure !== undefined;
    const seconds = counted ? plan.distance(1) : 0;
    return transaction((em) => plan.again(em, { recordingId, attemptId }, seconds, { failure, counted }));
  }

  private async gone(
    { recordingId, attemptId }: RecordingClaim,
    { message }: Of<'gone'>,
  ): Promise<CopyOutcome> {
    const moved = await this.parts.transaction((em) =>
      new RecordingMoves(em).gone(recordingId, attemptId, message),
    );
    return moved ? { kind: 'deleted', code: 'GONE_AT_SOURCE' } : { kind: 'held' };
  }

  private async notReady(
    { source }: CopySource,
    claim: RecordingClaim,
    mode: CopyMode,
    { failure, retryAfterSeconds }: Of<'notReady'>,
  ): Promise<CopyOutcome> {
    const { transaction, plan } = this.parts;
    const seconds =
      mode === 'run' ? undefined : plan.notReadyDistance(source.callEndedAt, Date.now(), retryAfterSeconds);
    const moved = await transaction((em) =>
      seconds === undefined
        ? new RecordingMoves(em).fail(claim.recordingId, claim.attemptId, failure, 'uncounted')
        : plan.again(em, claim, seconds, { failure, counted: false }),
    );
    return moved ? failedOutcome(failure, retryAfterSeconds) : { kind: 'held' };
  }

  private async refused(
    source: CopySource,
    claim: RecordingClaim,
    options: CopyOptions,
    { failure }: Of<'refused'>,
  ): Promise<CopyOutcome> {
    const stop = await this.parts.states.refused(source.provider, source.recordingId);
    return stop
      ? this.stopped(claim, options.mode, { kind: 'stop', by: 'source', reason: stop.reason })
      : this.failed(source, claim, options, { kind: 'failed', failure });
  }

  private async failed(
    source: CopySource,
    claim: RecordingClaim,
    options: CopyOptions,
    { failure, retryAfterSeconds }: Of<'failed'>,
  ): Promise<CopyOutcome> {
    const moved = await this.parts.transaction((em) => {
      const moves = new RecordingMoves(em);
      const { recordingId, attemptId } = claim;
      if (options.asksAgain?.(failure.code))
        return moves.release(recordingId, attemptId, LEFT_TO_RUN, failure);
      const again = options.mode === 'job' && mayBeMended(failure.code) && source.tries < MAX_TRIES;
      if (!again) return moves.fail(recordingId, attemptId, failure);
      const seconds = this.parts.plan.distance(source.tries, retryAfterSeconds);
      return this.parts.plan.again(em, claim, seconds, { failure, counted: true });
    });
    return moved ? failedOutcome(failure, retryAfterSeconds) : { kind: 'held' };
  }

  /** Nothing becomes FAILED: the recording waits as it is, and the keeper takes it up again. */
  private async stopped(
    { recordingId, attemptId }: RecordingClaim,
    mode: CopyMode,
    { by, reason, failure }: Of<'stop'>,
  ): Promise<CopyOutcome> {
    const { transaction, plan } = this.parts;
    const { probe, retry } = plan.times;
    const seconds = mode === 'run' ? LEFT_TO_RUN : by === 'source' ? probe : retry;
    await transaction((em) =>
      new RecordingMoves(em).postpone(recordingId, attemptId, Math.ceil(seconds), failure),
    );
    return { kind: 'stopped', by, reason };
  }
}

function failedOutcome(
  { code, message }: FailureFacts,
  retryAfterSeconds: number | undefined,
): CopyOutcome & { code: FailureCode } {
  return { kind: 'failed', code, message, retryAfterSeconds };
}
