import { sql, type Expression, type SqlBool } from 'kysely';
import { REVIEW_STATUS } from '../cati/review-status.js';
import { sameId } from '../graphql/conditions.js';
import { wholeText } from '../graphql/inputs.js';
import type { PageOrder } from '../graphql/keyset.js';
import type { ClaimNextReviewInput, ReviewFilter } from './review.inputs.js';

/** Newest in the queue first. */
export const REVIEW_ORDER: PageOrder = {
  name: 'REVIEWS',
  direction: 'desc',
  value: sql<string>`reviews.inserted_at`,
  id: sql<string>`reviews.cati_call_id`,
  type: 'timestamptz',
};

/** The conditions of a filter over `reviews`; every one must hold. */
export function reviewConditions(filter: ReviewFilter | null | undefined): Expression<SqlBool>[] {
  if (!filter) return [];
  const where = ofCallConditions('filter', filter);
  if (filter.status) where.push(sql<SqlBool>`${REVIEW_STATUS} = any(${filter.status})`);
  if (filter.reviewerId != null) where.push(sameId('reviews.reviewer_id', filter.reviewerId));
  if (filter.findings) where.push(sql<SqlBool>`reviews.findings && ${filter.findings}`);
  if (filter.decidedAfter) where.push(sql<SqlBool>`reviews.decided_at >= ${filter.decidedAfter}`);
  if (filter.decidedBefore) where.push(sql<SqlBool>`reviews.decided_at < ${filter.decidedBefore}`);
  return where;
}

/** Whose call it is, and of which campaign. */
export function ofCallConditions(
  field: 'filter' | 'input',
  { campaign, interviewerId }: Pick<ClaimNextReviewInput, 'campaign' | 'interviewerId'>,
): Expression<SqlBool>[] {
  const where: Expression<SqlBool>[] = [];
  const whole = wholeText(`${field}.campaign`, campaign, 200);
  if (whole !== undefined) where.push(sql<SqlBool>`reviews.campaign = ${whole}`);
  if (interviewerId != null) where.push(sameId('reviews.interviewer_id', interviewerId));
  return where;
}
