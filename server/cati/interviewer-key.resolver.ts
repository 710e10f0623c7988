import { Arg, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { Scope } from '../scope.js';

@InputType('AssignInterviewerInput', { description: "Which interviewer a provider's agent is." })
class AssignInterviewerInput {
  @Field(() => String, { description: '`deepcall`, …' })
  provider!: string;

  @Field(() => String, {
    description:
      "The provider's name of its agent, as CatiCall.interviewerKey tells it. Case does not count.",
  })
  key!: string;

  @Field(() => ID, { nullable: true, description: 'The interviewer; null: nobody any more.' })
  userId?: string | null;
}

@ObjectType('AssignInterviewerPayload', { simpleResolvers: true, description: 'What has changed by it.' })
class AssignInterviewerPayload {
  @Field(() => Int, { description: 'Calls that now belong to somebody else than before.' })
  calls!: number;
}

@Resolver()
export class InterviewerKeyResolver {
  @Mutation(() => AssignInterviewerPayload, {
    description:
      "Says which interviewer a provider's agent is, for all of the agent's calls. Without it an agent is the interviewer whose e-mail address or id the provider names.",
  })
  async assignInterviewer(
    @Arg('input', () => AssignInterviewerInput, { description: 'Who is who.' }) input: AssignInterviewerInput,
    @Ctx() scope: Scope,
  ): Promise<AssignInterviewerPayload> {
    return { calls: await scope.interviewerKeyService.assign(input) };
  }
}
