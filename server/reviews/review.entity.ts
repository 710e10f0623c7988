import { defineEntity, p } from '@mikro-orm/core';
import { UserSchema } from '../auth/user.entity.js';
import { CatiCallSchema } from '../cati/cati-call.entity.js';
import { REVIEW_STATUSES, type ReviewStatus } from '../cati/review-status.js';
import { oneOf } from '../entity.js';
import type { AudioFindingCode } from './review-form.js';

/**
 * The one review of a CATI call, from the queue to the decision. Calls get into the queue by triggers (see the migration
 * `reviews`) or because somebody claims them; review-moves.ts is what moves them on.
 */
export const ReviewSchema = defineEntity({
  name: 'Review',
  tableName: 'reviews',
  properties: {
    catiCall: () => p.manyToOne(CatiCallSchema).primary().deleteRule('restrict').updateRule('no action'),
    insertedAt: p.datetime(3).onCreate(() => new Date()),
    status: p.string().length(20).$type<ReviewStatus>(),
    /** The call's own, kept in step by a trigger: the queue is read by them. */
    campaign: p.string().length(200).nullable(),
    interviewer: () => p.manyToOne(UserSchema).nullable().deleteRule('restrict').updateRule('no action'),
    beganAt: p.datetime(3),
    /** Chosen by the campaign's rule; false: somebody asked for this very call. */
    sampled: p.boolean(),
    /** Who listens, or decided. */
    reviewer: () => p.manyToOne(UserSchema).nullable().deleteRule('restrict').updateRule('no action'),
    claimedAt: p.datetime(3).nullable(),
    /** Afterwards somebody else may take it. */
    claimedUntil: p.datetime(3).nullable(),
    decidedAt: p.datetime(3).nullable(),
    findings: p.array().$type<AudioFindingCode[]>().default([]),
    feedback: p.string().length(5000).nullable(),
    /** 0 to 100. */
    score: p.integer().nullable(),
  },
  checks: [
    oneOf('reviews_status_check', 'status', REVIEW_STATUSES),
    {
      name: 'reviews_claimed_check',
      expression:
        "(status = 'CLAIMED') = (claimed_until is not null) and (status = 'WAITING') = (reviewer_id is null)",
    },
    {
      name: 'reviews_decided_check',
      expression: "(status in ('APPROVED', 'REJECTED')) = (decided_at is not null)",
    },
    { name: 'reviews_score_check', expression: 'score >= 0 and score <= 100' },
  ],
  indexes: [
    { name: 'reviews_inserted_at_index', properties: ['insertedAt', 'catiCall'] },
    {
      name: 'reviews_queue_index',
      properties: ['beganAt', 'catiCall'],
      where: "status in ('WAITING', 'CLAIMED')",
    },
    { name: 'reviews_campaign_index', properties: ['campaign', 'insertedAt', 'catiCall'] },
    { name: 'reviews_interviewer_id_index', properties: ['interviewer', 'insertedAt', 'catiCall'] },
    { name: 'reviews_reviewer_id_index', properties: ['reviewer', 'insertedAt', 'catiCall'] },
  ],
});

export class Review extends ReviewSchema.class {}
ReviewSchema.setClass(Review);
