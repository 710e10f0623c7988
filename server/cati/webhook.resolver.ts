import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { Scope } from '../scope.js';
import { CatiCallType } from './cati-call.type.js';

@InputType('ReplayWebhookInput', { description: 'Which event of a provider is applied again.' })
class ReplayWebhookInput {
  @Field(() => ID, { description: "The event's id." })
  eventId!: string;
}

@ObjectType('ReplayWebhookPayload', { simpleResolvers: true, description: 'What an event was applied to.' })
class ReplayWebhookPayload {
  @Field(() => CatiCallType, {
    nullable: true,
    description: 'The first call that the event tells of; null when it tells of none.',
  })
  catiCall!: CatiCallType | null;
}

@Resolver()
export class WebhookResolver {
  @Mutation(() => ReplayWebhookPayload, {
    description: 'Applies an event of a provider again, as if it came now.',
  })
  async replayWebhook(
    @Arg('input', () => ReplayWebhookInput, { description: 'Which event.' }) input: ReplayWebhookInput,
    @Ctx() scope: Scope,
  ): Promise<ReplayWebhookPayload> {
    const id = await scope.webhookService.replay(input.eventId);
    return { catiCall: id === undefined ? null : await scope.catiCallReader.get(id) };
  }
}
