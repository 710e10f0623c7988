import { Field, ID, InputType, Int } from 'type-graphql';
import { ReviewStatusEnum, type ReviewStatus } from '../cati/review-status.js';
import { DateTime } from '../graphql/scalars.js';
import { AudioFindingCodeEnum, ReviewDecisionEnum } from './review-form.type.js';
import type { AudioFindingCode, ReviewDecision } from './review-form.js';

@InputType('ClaimNextReviewInput', { description: 'Of what. Nothing given: the oldest call that waits.' })
export class ClaimNextReviewInput {
  @Field(() => String, { nullable: true, description: "The campaign's whole name." })
  campaign?: string | null;

  @Field(() => ID, { nullable: true, description: 'Who interviewed.' })
  interviewerId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'This very call, chosen by a rule or not. CONFLICT where another has it, or it is decided.',
  })
  catiCallId?: string | null;
}

@InputType('ReviewInput', { description: 'Which review.' })
export class ReviewInput {
  @Field(() => ID, { description: "The review's id." })
  reviewId!: string;
}

@InputType('SubmitReviewInput', { description: 'What was decided, and why.' })
export class SubmitReviewInput extends ReviewInput {
  @Field(() => ReviewDecisionEnum, { description: 'Whether the interview counts.' })
  decision!: ReviewDecision;

  @Field(() => [AudioFindingCodeEnum], { nullable: true, description: 'What was found.' })
  findings?: AudioFindingCode[] | null;

  @Field(() => String, { nullable: true, description: 'For the interviewer; at most 5,000 characters.' })
  feedback?: string | null;

  @Field(() => Int, { nullable: true, description: '0 to 100.' })
  score?: number | null;
}

@InputType('ReviewFilter', { description: 'All that is given must hold.' })
export class ReviewFilter {
  @Field(() => [ReviewStatusEnum], { nullable: true, description: 'One of these.' })
  status?: ReviewStatus[] | null;

  @Field(() => String, { nullable: true, description: "The campaign's whole name." })
  campaign?: string | null;

  @Field(() => ID, { nullable: true, description: 'Who interviewed.' })
  interviewerId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Who listens, or decided.' })
  reviewerId?: string | null;

  @Field(() => [AudioFindingCodeEnum], { nullable: true, description: 'One of these was found.' })
  findings?: AudioFindingCode[] | null;

  @Field(() => DateTime, { nullable: true, description: 'At or after.' })
  decidedAfter?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Before.' })
  decidedBefore?: Date | null;
}
