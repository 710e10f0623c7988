import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { UserType } from '../auth/user.type.js';
import { RecordingType } from '../recordings/recording.type.js';
import type { Scope } from '../scope.js';
import { CatiCallType } from './cati-call.type.js';

@Resolver(() => CatiCallType)
export class CatiCallResolver {
  @FieldResolver(() => UserType, { nullable: true })
  interviewer(@Root() call: CatiCallType, @Ctx() scope: Scope): UserType | null | Promise<UserType | null> {
    if (call.interviewerId === null) return null;
    return call.interviewer ?? scope.userReader.byId.load(call.interviewerId);
  }

  @FieldResolver(() => RecordingType, { nullable: true })
  recording(
    @Root() call: CatiCallType,
    @Ctx() scope: Scope,
  ): RecordingType | null | Promise<RecordingType | null> {
    if (call.recordingId === null) return null;
    return call.recording ?? scope.recordingReader.ofVisibleOwner.load(call.recordingId);
  }
}

@Resolver(() => RecordingType)
export class RecordingCatiCallResolver {
  @FieldResolver(() => CatiCallType, {
    nullable: true,
    description: 'The CATI call that owns it, if one does.',
  })
  catiCall(@Root() recording: RecordingType, @Ctx() scope: Scope): Promise<CatiCallType | null> {
    return scope.catiCallReader.ofRecording.load(recording.id);
  }
}
