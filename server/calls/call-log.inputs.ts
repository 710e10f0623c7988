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
  @Field(() => ID, { nullable: true })
  leadId?: string | null;

  @Field(() => ID, { nullable: true })
  telecallerId?: string | null;

  @Field(() => [CallOutcomeEnum], { nullable: true })
  outcome?: CallOutcome[] | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether its recording is UPLOADED.' })
  hasRecording?: boolean | null;

  @Field(() => [RecordingStatusEnum], { nullable: true })
  recordingStatus?: RecordingStatus[] | null;

  @Field(() => DateTime, { nullable: true, description: 'At or after.' })
  startedAfter?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Before.' })
  startedBefore?: Date | null;
}

@InputType('CallLogOrder')
export class CallLogOrder {
  @Field(() => CallLogOrderFieldEnum)
  field!: CallLogOrderField;

  @Field(() => SortDirectionEnum, { defaultValue: 'DESC' })
  direction!: SortDirection;
}

@InputType('LogCallInput')
export class LogCallInput {
  @Field(() => ID)
  leadId!: string;

  @Field(() => CallOutcomeEnum)
  outcome!: CallOutcome;

  @Field(() => Int, { nullable: true, description: 'Seconds, 0 or more.' })
  durationSeconds?: number | null;

  @Field(() => DateTime, { nullable: true, description: 'Now, when not given.' })
  startedAt?: Date | null;

  @Field(() => String, { nullable: true, description: 'At most 5,000 characters.' })
  notes?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The same key again answers the call log that it made. At most 200 characters.',
  })
  idempotencyKey?: string | null;
}
