import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { UserType } from '../auth/user.type.js';
import { connectionOf } from '../graphql/connection.type.js';
import { enumOf } from '../graphql/enums.js';
import { NodeType } from '../graphql/node.type.js';
import { DateTime } from '../graphql/scalars.js';
import { LEAD_STATUSES, type LeadStatus } from './lead.entity.js';

export const LeadStatusEnum = enumOf(LEAD_STATUSES);
registerEnumType(LeadStatusEnum, {
  name: 'LeadStatus',
  description: 'How far a lead has come.',
  valuesConfig: {
    NEW: { description: 'Nobody has called yet.' },
    CONTACTED: { description: 'Was reached at least once.' },
    INTERESTED: { description: 'Wants to hear more.' },
    NOT_INTERESTED: { description: 'Does not want to be called about this.' },
    ENROLLED: { description: 'Signed up.' },
    LOST: { description: 'Went elsewhere or cannot be reached.' },
  },
});

@ObjectType('Lead', {
  implements: NodeType,
  simpleResolvers: true,
  description: 'Somebody whom telecallers call.',
})
export class LeadType extends NodeType {
  @Field(() => String, { description: 'As it came in.' })
  name!: string;

  @Field(() => String, {
    description: 'All but the last four digits are masked for those who may not see it.',
  })
  phone!: string;

  @Field(() => String, { nullable: true, description: 'Where to write to, if known.' })
  email!: string | null;

  @Field(() => String, { nullable: true, description: 'Where they live, if known.' })
  city!: string | null;

  @Field(() => LeadStatusEnum, { description: 'How far it has come.' })
  status!: LeadStatus;

  @Field(() => UserType, { nullable: true, simple: false, description: 'Whose lead it is.' })
  telecaller?: UserType | null;

  @Field(() => Int, { description: 'How many calls were logged.' })
  callCount!: number;

  @Field(() => DateTime, { nullable: true, description: 'When the latest logged call began.' })
  lastContactedAt!: string | null;

  @Field(() => DateTime, { description: 'When it came in.' })
  createdAt!: string;

  /** Not in the schema: what the field `telecaller` is loaded by. */
  telecallerId!: string | null;
}

export const LeadConnectionType = connectionOf('Lead', () => LeadType);
