import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { UserType } from '../auth/user.type.js';
import { connectionOf } from '../graphql/connection.type.js';
import { enumOf } from '../graphql/enums.js';
import { NodeType } from '../graphql/node.type.js';
import { DateTime } from '../graphql/scalars.js';
import { LeadType } from '../leads/lead.type.js';
import { RecordingType } from '../recordings/recording.type.js';
import { CALL_OUTCOMES, type CallOutcome } from './call-log.entity.js';

export const CallOutcomeEnum = enumOf(CALL_OUTCOMES);
registerEnumType(CallOutcomeEnum, {
  name: 'CallOutcome',
  description: 'How a call to a lead ended.',
  valuesConfig: {
    CONNECTED: { description: 'Somebody answered.' },
    NO_ANSWER: { description: 'It rang, and nobody answered.' },
    BUSY: { description: 'The line was busy.' },
    INVALID_NUMBER: { description: 'The number does not exist.' },
  },
});

@ObjectType('CallLog', {
  implements: NodeType,
  simpleResolvers: true,
  description: 'What a telecaller says of one call to a lead.',
})
export class CallLogType extends NodeType {
  @Field(() => LeadType, { simple: false, description: 'Who was called.' })
  lead?: LeadType;

  @Field(() => UserType, { simple: false, description: 'Who called.' })
  telecaller?: UserType;

  @Field(() => CallOutcomeEnum, { description: 'How it ended.' })
  outcome!: CallOutcome;

  @Field(() => Int, { nullable: true, description: 'Seconds of talk, as the phone measured them.' })
  durationSeconds!: number | null;

  @Field(() => String, { nullable: true, description: 'What the telecaller wrote down.' })
  notes!: string | null;

  @Field(() => DateTime, { description: "When the call began, by the phone's clock." })
  startedAt!: string;

  @Field(() => DateTime, { description: 'When it was logged.' })
  createdAt!: string;

  @Field(() => RecordingType, {
    nullable: true,
    simple: false,
    description: 'Null until there is one to tell of.',
  })
  recording?: RecordingType | null;

  /** Not in the schema: what the fields above are loaded by. */
  leadId!: string;
  telecallerId!: string;
  recordingId!: string | null;
}

export const CallLogConnectionType = connectionOf('CallLog', () => CallLogType);
