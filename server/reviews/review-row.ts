import { sql, type ExpressionBuilder } from 'kysely';
import type { CatiCallSchema } from '../cati/cati-call.entity.js';
import type { ReviewStatus } from '../cati/review-status.js';
import type { RecordingSchema } from '../recordings/recording.entity.js';
import { isoTime, isoTimeOrNull, type Tables } from '../rows.js';
import type { AudioFindingCode } from './review-form.js';
import type { ReviewSchema } from './review.entity.js';
import { ReviewType } from './review.type.js';

export type ReviewTables = Tables<typeof ReviewSchema | typeof CatiCallSchema | typeof RecordingSchema>;

export const REVIEW_COLUMNS = [
  'reviews.cati_call_id as id',
  'reviews.inserted_at',
  'reviews.sampled',
  'reviews.reviewer_id',
  'reviews.claimed_at',
  'reviews.claimed_until',
  'reviews.decided_at',
  'reviews.findings',
  'reviews.feedback',
  'reviews.score',
] as const;

export interface ReviewRow {
  id: string;
  inserted_at: string;
  status: ReviewStatus;
  sampled: boolean;
  reviewer_id: string | null;
  claimed_at: string | null;
  claimed_until: string | null;
  decided_at: string | null;
  findings: AudioFindingCode[];
  feedback: string | null;
  score: number | null;
}

/** Nobody holds it, or nobody any more. */
export const MAY_BE_CLAIMED = (eb: ExpressionBuilder<ReviewTables, 'reviews'>) =>
  eb.and([
    eb('reviews.status', 'in', ['WAITING', 'CLAIMED']),
    eb.or([eb('reviews.claimed_until', 'is', null), eb('reviews.claimed_until', '<=', sql<string>`now()`)]),
  ]);

export function toReview(row: ReviewRow): ReviewType {
  const waits = row.status === 'WAITING';
  return Object.assign(new ReviewType(), {
    id: row.id,
    status: row.status,
    sampled: row.sampled,
    queuedAt: isoTime(row.inserted_at),
    claimedAt: waits ? null : isoTimeOrNull(row.claimed_at),
    claimedUntil: waits ? null : isoTimeOrNull(row.claimed_until),
    decidedAt: isoTimeOrNull(row.decided_at),
    findings: row.findings,
    feedback: row.feedback,
    score: row.score,
    reviewerId: waits ? null : row.reviewer_id,
  });
}
