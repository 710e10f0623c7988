import { Field, Float, InputType, ObjectType } from 'type-graphql';
import { UserType } from '../auth/user.type.js';
import { NodeType } from '../graphql/node.type.js';
import { DateTime } from '../graphql/scalars.js';

@ObjectType('SamplingRule', {
  implements: NodeType,
  simpleResolvers: true,
  description:
    "How many calls of a campaign are reviewed: so many in a hundred of each interviewer's calls, drawn by a hash of the call, which nobody can steer; where a day draws none of an interviewer's calls, one of them all the same.",
})
export class SamplingRuleType extends NodeType {
  @Field(() => String, { description: "The campaign's whole name." })
  campaign!: string;

  @Field(() => Float, { description: '0 to 100.' })
  percent!: number;

  @Field(() => DateTime, { description: 'When it was set last.' })
  updatedAt!: string;

  @Field(() => UserType, { nullable: true, simple: false, description: 'Who set it last.' })
  updatedBy?: UserType | null;

  /** Not in the schema: what the field above is loaded by. */
  updatedById!: string;
}

@ObjectType('SamplingRulePayload', { simpleResolvers: true, description: 'A rule that was set.' })
export class SamplingRulePayloadType {
  @Field(() => SamplingRuleType, { description: 'As it is now.' })
  samplingRule!: SamplingRuleType;
}

@InputType('SetSamplingRuleInput', { description: 'A campaign, and how many of its calls are reviewed.' })
export class SetSamplingRuleInput {
  @Field(() => String, { description: "The campaign's whole name." })
  campaign!: string;

  @Field(() => Float, { description: '0 to 100. 0: none, and those that wait are taken out of the queue.' })
  percent!: number;
}
