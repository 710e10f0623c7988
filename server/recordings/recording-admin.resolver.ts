import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { Scope } from '../scope.js';
import { RecordingType } from './recording.type.js';

@InputType('RetryRecordingInput', { description: 'Which recording is tried again.' })
class RetryRecordingInput {
  @Field(() => ID, { description: "The recording's id." })
  recordingId!: string;
}

@InputType('DeleteRecordingInput', { description: 'Which recording is deleted, and why.' })
class DeleteRecordingInput {
  @Field(() => ID, { description: "The recording's id." })
  recordingId!: string;

  @Field(() => String, { description: 'Why, for those who ask later: 1 to 500 characters.' })
  reason!: string;
}

@ObjectType('RecordingPayload', { simpleResolvers: true, description: 'What became of a recording.' })
class RecordingPayload {
  @Field(() => RecordingType, { description: 'The recording as it is now.' })
  recording!: RecordingType;
}

@Resolver()
export class RecordingAdminResolver {
  @Mutation(() => RecordingPayload, {
    description: 'Tries again at once to store a recording that failed, or was gone at its source.',
  })
  async retryRecording(
    @Arg('input', () => RetryRecordingInput, { description: 'Which recording.' }) input: RetryRecordingInput,
    @Ctx() scope: Scope,
  ): Promise<RecordingPayload> {
    return { recording: await scope.recordingAdmin.retry(input.recordingId) };
  }

  @Mutation(() => RecordingPayload, {
    description: 'Deletes a recording for good: who, when and why stay on record, its bytes do not.',
  })
  async deleteRecording(
    @Arg('input', () => DeleteRecordingInput, { description: 'Which recording, and why.' })
    input: DeleteRecordingInput,
    @Ctx() scope: Scope,
  ): Promise<RecordingPayload> {
    return { recording: await scope.recordingAdmin.remove(input.recordingId, input.reason) };
  }
}
