import { Field, ID, InputType, registerEnumType } from 'type-graphql';
import { enumOf } from '../graphql/enums.js';
import { SortDirectionEnum, type SortDirection } from '../graphql/ordering.js';
import { DateTime } from '../graphql/scalars.js';
import type { LeadStatus } from './lead.entity.js';
import { LeadStatusEnum } from './lead.type.js';

export const LEAD_ORDER_FIELDS = ['CREATED_AT', 'LAST_CONTACTED_AT', 'NAME'] as const;
export type LeadOrderField = (typeof LEAD_ORDER_FIELDS)[number];

const LeadOrderFieldEnum = enumOf(LEAD_ORDER_FIELDS);
registerEnumType(LeadOrderFieldEnum, {
  name: 'LeadOrderField',
  description: 'What a list of leads is ordered by.',
  valuesConfig: {
    CREATED_AT: { description: 'When the lead came in.' },
    LAST_CONTACTED_AT: { description: 'The latest call; leads never called count as the oldest.' },
    NAME: { description: 'By name, as the database collates it.' },
  },
});

@InputType('LeadFilter', { description: 'All that is given must hold.' })
export class LeadFilter {
  @Field(() => [LeadStatusEnum], { nullable: true, description: 'One of these.' })
  status?: LeadStatus[] | null;

  @Field(() => ID, { nullable: true, description: "This telecaller's." })
  telecallerId?: string | null;

  @Field(() => String, { nullable: true, description: 'Part of the name or of the phone number.' })
  search?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether a call of theirs has an UPLOADED recording.',
  })
  hasRecording?: boolean | null;

  @Field(() => DateTime, { nullable: true, description: 'At or after.' })
  createdAfter?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Before.' })
  createdBefore?: Date | null;
}

@InputType('LeadOrder', { description: 'How leads are ordered; equal ones by id.' })
export class LeadOrder {
  @Field(() => LeadOrderFieldEnum, { description: 'What decides.' })
  field!: LeadOrderField;

  @Field(() => SortDirectionEnum, { defaultValue: 'DESC', description: 'Which end comes first.' })
  direction!: SortDirection;
}
