import type { EntityManager } from '@mikro-orm/postgresql';
import type { Viewer } from '../auth/viewer.js';
import type { CatiCallReader } from '../cati/cati-call.reader.js';
import { errors } from '../errors.js';
import { boundedText, requireId } from '../graphql/inputs.js';
import type { Transaction } from '../unit-of-work.js';
import { MAX_FEEDBACK, MAX_SCORE } from './review-form.js';
import { ReviewMoves, type ReviewOutcome } from './review-moves.js';
import { ofCallConditions } from './review.filter.js';
import type { ClaimNextReviewInput, SubmitReviewInput } from './review.inputs.js';
import type { ReviewReader } from './review.reader.js';
import type { ReviewType } from './review.type.js';

/** Reviews that one person may have at once: nobody listens to more, and the others want some too. */
const MAX_HELD = 100;

const NOT_YOURS = 'This review is not yours any more: your time ran out, and somebody else took it.';

/** What reviewers do with calls. */
export class ReviewService {
  constructor(
    private readonly viewer: () => Viewer,
    private readonly transaction: Transaction,
    private readonly reader: ReviewReader,
    private readonly calls: CatiCallReader,
    /** Seconds that a claim lasts. */
    private readonly lock: number,
  ) {}

  /** Null when nothing waits. */
  async claimNext(input: ClaimNextReviewInput): Promise<ReviewType | null> {
    if (input.catiCallId != null) return this.claim(input.catiCallId);
    const conditions = ofCallConditions('input', input);
    const id = await this.transaction(async (em) => {
      await this.assertRoom(em);
      return new ReviewMoves(em).claimNext(this.viewer().id, this.lock, conditions);
    });
    return id === undefined ? null : this.reader.get(id);
  }

  async renew(id: string): Promise<ReviewType> {
    return this.change(id, (moves, reviewer) => moves.renew(id, reviewer, this.lock));
  }

  async release(id: string): Promise<ReviewType> {
    const before = await this.reader.get(requireId('review', id));
    await this.move(before.id, (moves, reviewer) => moves.release(before.id, reviewer));
    // Out of the queue with a recording that is gone, it is told of as it was put back.
    const released = { status: 'WAITING', reviewerId: null, claimedAt: null, claimedUntil: null } as const;
    return (await this.reader.ofCall.load(before.id)) ?? Object.assign(before, released);
  }

  /** The same decision again is answered by what stands already. */
  async submit(input: SubmitReviewInput): Promise<ReviewType> {
    const outcome = validated(input);
    const before = await this.reader.get(input.reviewId);
    if (before.reviewerId === this.viewer().id && isSame(before, outcome)) return before;
    if (before.decidedAt !== null) throw errors.conflict('This call is decided already.');
    return this.change(input.reviewId, (moves, reviewer) => moves.decide(before.id, reviewer, outcome));
  }

  private async claim(catiCallId: string): Promise<ReviewType> {
    const { id } = await this.calls.get(catiCallId);
    await this.transaction(async (em) => {
      await this.assertRoom(em);
      const moves = new ReviewMoves(em);
      if (!(await moves.add(id)))
        throw errors.conflict('The recording of this call is not stored: there is nothing to listen to.');
      if (!(await moves.claim(id, this.viewer().id, this.lock)))
        throw errors.conflict('Somebody else has this call, or it is decided already.');
    });
    return this.reader.get(id);
  }

  private async change(
    reviewId: string,
    move: (moves: ReviewMoves, reviewerId: string) => Promise<boolean>,
  ): Promise<ReviewType> {
    const { id } = await this.reader.get(requireId('review', reviewId));
    await this.move(id, move);
    return this.reader.get(id);
  }

  private async move(
    id: string,
    move: (moves: ReviewMoves, reviewerId: string) => Promise<boolean>,
  ): Promise<void> {
    const moved = await this.transaction((em) => move(new ReviewMoves(em), this.viewer().id));
    if (!moved) throw errors.conflict(NOT_YOURS);
    this.reader.ofCall.clear(id);
  }

  private async assertRoom(em: EntityManager): Promise<void> {
    if ((await new ReviewMoves(em).countHeld(this.viewer().id)) >= MAX_HELD)
      throw errors.conflict(`You have ${MAX_HELD} calls to review. Submit or release some first.`);
  }
}

function validated({ decision, findings, feedback, score }: SubmitReviewInput): ReviewOutcome {
  const text = boundedText('feedback', feedback, MAX_FEEDBACK) ?? null;
  const found = [...new Set(findings)].sort();
  if (decision === 'REJECTED' && text === null && found.every((code) => code === 'HEARD'))
    throw errors.badInput('findings', 'Say why it is rejected: by a finding, or by feedback.');
  if (score != null && (score < 0 || score > MAX_SCORE))
    throw errors.badInput('score', `score must be from 0 to ${MAX_SCORE}.`, { limit: MAX_SCORE });
  return { decision, findings: found, feedback: text, score: score ?? null };
}

function isSame(review: ReviewType, outcome: ReviewOutcome): boolean {
  return (
    review.status === outcome.decision &&
    review.feedback === outcome.feedback &&
    review.score === outcome.score &&
    JSON.stringify(review.findings) === JSON.stringify(outcome.findings)
  );
}
