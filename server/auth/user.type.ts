import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { enumOf } from '../graphql/enums.js';
import { NodeType } from '../graphql/node.type.js';
import { ROLES, type Role } from './user.entity.js';

export const RoleEnum = enumOf(ROLES);
registerEnumType(RoleEnum, {
  name: 'Role',
  description: 'What a user may see and do.',
  valuesConfig: {
    TELECALLER: { description: 'Calls leads: sees their own leads, calls and recordings.' },
    INTERVIEWER: { description: 'Interviews respondents: sees their own CATI calls.' },
    QUALITY_AGENT: { description: 'Listens to and reviews CATI calls.' },
    MANAGER: { description: 'Reads everything.' },
    ADMIN: { description: 'May do everything.' },
  },
});

@ObjectType('User', { implements: NodeType, simpleResolvers: true, description: 'Somebody who signs in.' })
export class UserType extends NodeType {
  @Field(() => String, { description: 'As colleagues know them.' })
  name!: string;

  @Field(() => String, { description: 'In lower case; what they sign in with.' })
  email!: string;

  @Field(() => RoleEnum, { description: 'What they may see and do.' })
  role!: Role;
}
