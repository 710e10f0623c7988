import { Arg, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import { UserType } from '../auth/user.type.js';
import { AtMost } from '../graphql/list-size.js';
import type { Scope } from '../scope.js';
import { MAX_RULES } from './sampling.service.js';
import { SamplingRulePayloadType, SamplingRuleType, SetSamplingRuleInput } from './sampling.type.js';

@Resolver(() => SamplingRuleType)
export class SamplingResolver {
  @AtMost(MAX_RULES)
  @Query(() => [SamplingRuleType], { description: 'By campaign, at most 1,000.' })
  samplingRules(@Ctx() scope: Scope): Promise<SamplingRuleType[]> {
    return scope.samplingService.rules();
  }

  @Mutation(() => SamplingRulePayloadType, {
    description: 'How many calls of a campaign are reviewed: those of the last 30 days, and all to come.',
  })
  async setSamplingRule(
    @Arg('input', () => SetSamplingRuleInput, { description: 'The rule.' }) input: SetSamplingRuleInput,
    @Ctx() scope: Scope,
  ): Promise<SamplingRulePayloadType> {
    return { samplingRule: await scope.samplingService.set(input) };
  }

  @FieldResolver(() => UserType, { nullable: true })
  updatedBy(@Root() rule: SamplingRuleType, @Ctx() scope: Scope): Promise<UserType | null> {
    return scope.userReader.byId.load(rule.updatedById);
  }
}
