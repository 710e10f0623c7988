import { Arg, Args, Ctx, Field, ID, InputType, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { ConnectionArgs, type Connection } from '../graphql/connection.type.js';
import type { Scope } from '../scope.js';
import { CatiCallType } from './cati-call.type.js';
import { ProviderStateType } from './provider-state.type.js';
import {
  WebhookEventConnectionType,
  WebhookEventFilter,
  type WebhookEventType,
} from './webhook-event.type.js';

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
  @Query(() => WebhookEventConnectionType, {
    description: 'What providers sent, latest first: also what could not be applied.',
  })
  webhookEvents(
    @Args(() => ConnectionArgs) page: ConnectionArgs,
    @Arg('filter', () => WebhookEventFilter, { nullable: true, description: 'Only these.' })
    filter: WebhookEventFilter | undefined,
    @Ctx() scope: Scope,
  ): Promise<Connection<WebhookEventType>> {
    return scope.webhookEventReader.page(page, filter);
  }

  @Query(() => [ProviderStateType], {
    description: 'The telephony providers, and whether recordings are copied from them at present.',
  })
  providerStates(@Ctx() scope: Scope): Promise<ProviderStateType[]> {
    return scope.providerStateReader.all();
  }

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
