import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { UserType } from '../auth/user.type.js';
import { connectionOf } from '../graphql/connection.type.js';
import { enumOf } from '../graphql/enums.js';
import { NodeType } from '../graphql/node.type.js';
import { DateTime } from '../graphql/scalars.js';
import { CALL_STATUSES, type CallStatus } from '../providers/provider.js';
import { RecordingType } from '../recordings/recording.type.js';

export const CatiCallStatusEnum = enumOf(CALL_STATUSES);
registerEnumType(CatiCallStatusEnum, {
  name: 'CatiCallStatus',
  description: 'How far an interview call came, derived from what the provider says.',
  valuesConfig: {
    INITIATED: { description: 'The provider was asked to call.' },
    RINGING: { description: 'It rings.' },
    ANSWERED: { description: 'Somebody answered; the call goes on.' },
    COMPLETED: { description: 'Was answered, and has ended.' },
    BUSY: { description: 'The line was busy.' },
    NO_ANSWER: { description: 'It rang, and nobody answered.' },
    FAILED: { description: 'It could not be connected.' },
    CANCELLED: { description: 'Given up before anybody answered.' },
  },
});

@ObjectType('CatiCall', {
  implements: NodeType,
  simpleResolvers: true,
  description: 'One interview call by telephone (CATI).',
})
export class CatiCallType extends NodeType {
  @Field(() => String, { description: 'The telephony provider: `deepcall`, …' })
  provider!: string;

  @Field(() => String, { description: "The provider's own id of the call." })
  callId!: string;

  @Field(() => CatiCallStatusEnum, { description: 'How far it came.' })
  status!: CallStatus;

  @Field(() => String, { nullable: true, description: "The provider's own word or number for the status." })
  statusCode!: string | null;

  @Field(() => String, { nullable: true, description: 'The survey it belongs to.' })
  campaign!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The provider's own name for the interviewer (its agent), in lower case.",
  })
  interviewerKey!: string | null;

  @Field(() => UserType, {
    nullable: true,
    simple: false,
    description: 'Who interviewed, where that is known.',
  })
  interviewer?: UserType | null;

  @Field(() => String, { nullable: true, description: 'Masked for those who may not see phone numbers.' })
  fromNumber!: string | null;

  @Field(() => String, { nullable: true, description: 'Masked for those who may not see phone numbers.' })
  toNumber!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When it began, as the provider says.' })
  startedAt!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When it ended, as the provider says.' })
  endedAt!: string | null;

  @Field(() => Int, { nullable: true, description: 'Seconds of talk, as the provider measured them.' })
  talkSeconds!: number | null;

  @Field(() => RecordingType, {
    nullable: true,
    simple: false,
    description: 'Null until there is one to tell of.',
  })
  recording?: RecordingType | null;

  /** Not in the schema: what the fields above are loaded by. */
  interviewerId!: string | null;
  recordingId!: string | null;
}

export const CatiCallConnectionType = connectionOf('CatiCall', () => CatiCallType);
