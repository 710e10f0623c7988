import { Field, ID, InputType, Int, registerEnumType } from 'type-graphql';
import { enumOf } from '../graphql/enums.js';
import { SortDirectionEnum, type SortDirection } from '../graphql/ordering.js';
import { DateTime } from '../graphql/scalars.js';
import type { RecordingStatus } from '../recordings/recording.entity.js';
import { RecordingStatusEnum } from '../recordings/recording.type.js';
import type { CallOutcome } from './call-log.entity.js';
import { CallOutcomeEnum } from './call-log.type.js';

export const CALL_LOG_ORDER_FIELDS = ['STARTED_AT', 'CREATED_AT'] as const;
export type CallLogOrderField = (typeof CALL_LOG_ORDER_FIELDS)[number];

const CallLogOrderFieldEnum = enumOf(CALL_LOG_ORDER_FIELDS);
registerEnumType(CallLogOrderFieldEnum, {
  name: 'CallLogOrderField',
  description: 'What a list of call logs is ordered by.',
  valuesConfig: {
    STARTED_AT: { description: 'When the call began.' },
    CREATED_AT: { description: 'When it was logged.' },
  },
});

@InputType('CallLogFilter', { description: 'All that is given must hold.' })
export class CallLogFilter {
  @Field(() => ID, { nullable: true, description: 'To this lead.' })
  leadId?: string | null;

  @Field(() => ID, { nullable: true, description: 'By this telecaller.' })
  telecallerId?: string | null;

  @Field(() => [CallOutcomeEnum], { nullable: true, description: 'One of these.' })
  outcome?: CallOutcome[] | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether its recording is UPLOADED.' })
  hasRecording?: boolean | null;

  @Field(() => [RecordingStatusEnum], { nullable: true, description: 'With a recording in one of these.' })
  recordingStatus?: RecordingStatus[] | null;

  @Field(() => DateTime, { nullable: true, description: 'At or after.' })
  startedAfter?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Before.' })
  startedBefore?: Date | null;
}

@InputType('CallLogOrder', { description: 'How call logs are ordered; equal ones by id.' })
export class CallLogOrder {
  @Field(() => CallLogOrderFieldEnum, { description: 'What decides.' })
  field!: CallLogOrderField;

  @Field(() => SortDirectionEnum, { defaultValue: 'DESC', description: 'Which end comes first.' })
  direction!: SortDirection;
}

@InputType('LogCallInput', { description: 'What a telecaller says of one call to a lead.' })
export class LogCallInput {
  @Field(() => ID, { description: 'Who was called.' })
  leadId!: string;

  @Field(() => CallOutcomeEnum, { description: 'How it ended.' })
  outcome!: CallOutcome;

  @Field(() => Int, { nullable: true, description: 'Seconds, 0 or more.' })
  durationSeconds?: number | null;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'Now, when not given. Not in the future, but for five minutes by which a clock may be wrong.',
  })
  startedAt?: Date | null;

  @Field(() => String, { nullable: true, description: 'At most 5,000 characters.' })
  notes?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The same key again answers the call log that it made. At most 200 characters.',
  })
  idempotencyKey?: string | null;
}
