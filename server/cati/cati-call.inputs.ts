import { Field, ID, InputType, registerEnumType } from 'type-graphql';
import type { FailureCode } from '../errors.js';
import { enumOf } from '../graphql/enums.js';
import { SortDirectionEnum, type SortDirection } from '../graphql/ordering.js';
import { DateTime } from '../graphql/scalars.js';
import type { CallStatus } from '../providers/provider.js';
import type { RecordingFlag, RecordingStatus } from '../recordings/recording.entity.js';
import { FailureCodeEnum, RecordingFlagEnum, RecordingStatusEnum } from '../recordings/recording.type.js';
import { ReviewStatusEnum, type ReviewStatus } from './review-status.js';
import { CatiCallStatusEnum } from './cati-call.type.js';

export const CATI_CALL_ORDER_FIELDS = ['STARTED_AT', 'SOURCE_EXPIRES_AT'] as const;
export type CatiCallOrderField = (typeof CATI_CALL_ORDER_FIELDS)[number];

const CatiCallOrderFieldEnum = enumOf(CATI_CALL_ORDER_FIELDS);
registerEnumType(CatiCallOrderFieldEnum, {
  name: 'CatiCallOrderField',
  description: 'What a list of CATI calls is ordered by.',
  valuesConfig: {
    STARTED_AT: { description: 'When the call began, or was first heard of.' },
    SOURCE_EXPIRES_AT: {
      description:
        'When the provider is thought to delete the recording. Calls without such a time are left out.',
    },
  },
});

@InputType('CatiCallFilter', { description: 'All that is given must hold.' })
export class CatiCallFilter {
  @Field(() => String, { nullable: true, description: '`deepcall`, …' })
  provider?: string | null;

  @Field(() => [CatiCallStatusEnum], { nullable: true, description: 'One of these.' })
  status?: CallStatus[] | null;

  @Field(() => String, { nullable: true, description: "The campaign's whole name." })
  campaign?: string | null;

  @Field(() => ID, { nullable: true, description: 'Who interviewed.' })
  interviewerId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The beginning of the provider's call id, or, for those who may see numbers, part of one.",
  })
  search?: string | null;

  @Field(() => [RecordingStatusEnum], {
    nullable: true,
    description: 'One of these; calls without a recording never match.',
  })
  recordingStatus?: RecordingStatus[] | null;

  @Field(() => [FailureCodeEnum], { nullable: true, description: "One of these is its recording's error." })
  failureCode?: FailureCode[] | null;

  @Field(() => [RecordingFlagEnum], { nullable: true, description: 'Its recording has all of these.' })
  flags?: RecordingFlag[] | null;

  @Field(() => [ReviewStatusEnum], {
    nullable: true,
    description: 'One of these; calls that nobody is to review never match.',
  })
  reviewStatus?: ReviewStatus[] | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'Not stored yet, and gone at the provider before this time.',
  })
  expiresBefore?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'At or after.' })
  startedAfter?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Before.' })
  startedBefore?: Date | null;
}

@InputType('CatiCallOrder', { description: 'How a list of CATI calls is ordered.' })
export class CatiCallOrder {
  @Field(() => CatiCallOrderFieldEnum, { description: 'By what.' })
  field!: CatiCallOrderField;

  @Field(() => SortDirectionEnum, { defaultValue: 'DESC', description: 'Which end comes first.' })
  direction!: SortDirection;
}
