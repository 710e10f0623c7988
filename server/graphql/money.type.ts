import { Field, Float, ObjectType } from 'type-graphql';

@ObjectType('Money', { simpleResolvers: true, description: 'An amount in a currency.' })
export class MoneyType {
  @Field(() => Float, { description: 'In whole units of the currency, with its fraction.' })
  amount!: number;

  @Field(() => String, { description: 'ISO 4217: `USD`.' })
  currency!: string;
}
