import { Field, ObjectType } from 'type-graphql';
import { MoneyType } from '../graphql/money.type.js';
import { SafeInt } from '../graphql/scalars.js';

@ObjectType('MonthUsage', {
  simpleResolvers: true,
  description: 'What was stored within a month and is still there.',
})
export class MonthUsageType {
  @Field(() => String, { description: '`2026-01`, in UTC.' })
  month!: string;

  @Field(() => SafeInt, { description: 'Recordings.' })
  objects!: number;

  @Field(() => SafeInt, { description: 'Bytes.' })
  bytes!: number;
}

@ObjectType('StorageUsage', { simpleResolvers: true, description: 'How much is stored.' })
export class StorageUsageType {
  @Field(() => SafeInt, { description: 'Recordings.' })
  objects!: number;

  @Field(() => SafeInt, { description: 'Bytes.' })
  bytes!: number;

  @Field(() => [MonthUsageType], { description: 'By the month of storing, oldest first.' })
  byMonth!: MonthUsageType[];

  @Field(() => MoneyType, { nullable: true, description: 'At the configured price; null without one.' })
  estimatedMonthlyCost!: MoneyType | null;
}
