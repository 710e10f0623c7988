import { Field, Int, ObjectType } from 'type-graphql';
import { UserType } from '../auth/user.type.js';
import { CatiCallType } from '../cati/cati-call.type.js';
import { ReviewStatusEnum, type ReviewStatus } from '../cati/review-status.js';
import { connectionOf } from '../graphql/connection.type.js';
import { AtMost } from '../graphql/list-size.js';
import { NodeType } from '../graphql/node.type.js';
import { DateTime } from '../graphql/scalars.js';
import { AudioFindingCodeEnum } from './review-form.type.js';
import type { AudioFindingCode } from './review-form.js';

@ObjectType('Review', {
  implements: NodeType,
  simpleResolvers: true,
  description: "The one review of a CATI call. Its id is the call's.",
})
export class ReviewType extends NodeType {
  @Field(() => CatiCallType, { simple: false, description: 'What is reviewed.' })
  catiCall?: CatiCallType;

  @Field(() => ReviewStatusEnum, { description: 'How far it is.' })
  status!: ReviewStatus;

  @Field(() => UserType, {
    nullable: true,
    simple: false,
    description: 'Who listens, or decided.',
  })
  reviewer?: UserType | null;

  @Field(() => Boolean, {
    description: "Chosen by the campaign's rule; false: somebody asked for this call.",
  })
  sampled!: boolean;

  @Field(() => DateTime, { description: 'When it came into the queue.' })
  queuedAt!: string;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the present reviewer took it, or who decided had.',
  })
  claimedAt!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'From then on somebody else may take it.' })
  claimedUntil!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was approved or rejected.' })
  decidedAt!: string | null;

  @Field(() => [AudioFindingCodeEnum], { description: 'What was found.' })
  findings!: AudioFindingCode[];

  @Field(() => String, { nullable: true, description: 'What the interviewer is to be told.' })
  feedback!: string | null;

  @Field(() => Int, { nullable: true, description: '0 to 100.' })
  score!: number | null;

  /** Not in the schema: what the field above is loaded by. */
  reviewerId!: string | null;
}

export const ReviewConnectionType = connectionOf('Review', () => ReviewType);

@ObjectType('ReviewPayload', { simpleResolvers: true, description: 'A review that was changed.' })
export class ReviewPayloadType {
  @Field(() => ReviewType, { description: 'As it is now.' })
  review!: ReviewType;
}

@ObjectType('ClaimReviewPayload', { simpleResolvers: true, description: 'What was claimed.' })
export class ClaimReviewPayloadType {
  @Field(() => ReviewType, { nullable: true, description: 'Null when nothing waits.' })
  review!: ReviewType | null;
}

@ObjectType('CampaignReviewCount', {
  simpleResolvers: true,
  description: 'How many calls of a campaign wait.',
})
export class CampaignReviewCountType {
  @Field(() => String, { nullable: true, description: 'Null: of calls without one.' })
  campaign!: string | null;

  @Field(() => Int, { description: 'Calls that anybody may claim.' })
  waiting!: number;
}

@ObjectType('ReviewQueue', { simpleResolvers: true, description: 'How much there is to review.' })
export class ReviewQueueType {
  @Field(() => Int, { description: 'Calls that anybody may claim.' })
  waiting!: number;

  @Field(() => Int, { description: 'Calls that somebody listens to.' })
  claimed!: number;

  @Field(() => Int, { description: 'Of them the viewer’s own.' })
  claimedByMe!: number;

  @Field(() => DateTime, { nullable: true, description: 'When the oldest call that waits began.' })
  oldestStartedAt!: string | null;

  @AtMost(100)
  @Field(() => [CampaignReviewCountType], { description: 'Most waiting first, at most 100 campaigns.' })
  byCampaign!: CampaignReviewCountType[];
}
