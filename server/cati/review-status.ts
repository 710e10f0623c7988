import { sql } from 'kysely';
import { registerEnumType } from 'type-graphql';
import { enumOf } from '../graphql/enums.js';

export const REVIEW_STATUSES = ['WAITING', 'CLAIMED', 'APPROVED', 'REJECTED'] as const;
export type ReviewStatus = (typeof REVIEW_STATUSES)[number];

/** How far the row of `reviews` is now: a claim whose time ran out is none any more. */
export const REVIEW_STATUS = sql<ReviewStatus>`case when reviews.status = 'CLAIMED' and reviews.claimed_until <= now()
  then 'WAITING' else reviews.status end`;

export const ReviewStatusEnum = enumOf(REVIEW_STATUSES);
registerEnumType(ReviewStatusEnum, {
  name: 'ReviewStatus',
  description: 'How far the review of a CATI call is.',
  valuesConfig: {
    WAITING: { description: 'In the queue, or claimed by somebody whose time ran out.' },
    CLAIMED: { description: 'Somebody listens to it.' },
    APPROVED: { description: 'The interview counts.' },
    REJECTED: { description: 'The interview does not count.' },
  },
});
