import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { connectionOf } from '../graphql/connection.type.js';
import { enumOf } from '../graphql/enums.js';
import { NodeType } from '../graphql/node.type.js';
import { DateTime } from '../graphql/scalars.js';
import { WEBHOOK_OUTCOMES, type WebhookOutcome } from './webhook-event.entity.js';

const WebhookOutcomeEnum = enumOf(WEBHOOK_OUTCOMES);
registerEnumType(WebhookOutcomeEnum, {
  name: 'WebhookOutcome',
  description: 'What became of an event of a provider.',
  valuesConfig: {
    APPLIED: { description: 'It told of calls, which are up to date with it.' },
    IGNORED: { description: 'It carried nothing that could be applied. It is kept.' },
    UNREADABLE: { description: 'It could not be read at all. It is kept.' },
  },
});

@ObjectType('WebhookEvent', {
  implements: NodeType,
  simpleResolvers: true,
  description: 'One event of a provider, kept as it came. What it holds, phone numbers too, is not shown.',
})
export class WebhookEventType extends NodeType {
  @Field(() => String, { description: 'Who sent it: `deepcall`, …' })
  provider!: string;

  @Field(() => DateTime, { description: 'When it came first.' })
  receivedAt!: string;

  @Field(() => DateTime, { description: 'When it was last applied, or judged.' })
  processedAt!: string;

  @Field(() => WebhookOutcomeEnum, { description: 'What became of it.' })
  outcome!: WebhookOutcome;

  @Field(() => String, {
    nullable: true,
    description:
      'Why all or a part of it was not applied: EMPTY, UNREADABLE, NO_CALL_ID or TOO_MANY, separated by commas.',
  })
  reason!: string | null;

  @Field(() => [String], { description: "The provider's ids of the first 20 calls that it tells of." })
  callIds!: string[];

  @Field(() => Int, { description: 'Of how many calls it tells.' })
  callCount!: number;

  @Field(() => Int, { description: 'The bytes of its body.' })
  byteSize!: number;
}

export const WebhookEventConnectionType = connectionOf('WebhookEvent', () => WebhookEventType);

@InputType('WebhookEventFilter', { description: 'All that is given must hold.' })
export class WebhookEventFilter {
  @Field(() => String, { nullable: true, description: '`deepcall`, …' })
  provider?: string | null;

  @Field(() => [WebhookOutcomeEnum], { nullable: true, description: 'One of these.' })
  outcome?: WebhookOutcome[] | null;

  @Field(() => ID, { nullable: true, description: "It tells of the call with this id of the provider's." })
  callId?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'Came at or after.' })
  receivedAfter?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Came before.' })
  receivedBefore?: Date | null;
}
