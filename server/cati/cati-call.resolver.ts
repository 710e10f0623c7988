import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { UserType } from '../auth/user.type.js';
import { ConnectionArgs, type Connection } from '../graphql/connection.type.js';
import { RecordingType } from '../recordings/recording.type.js';
import type { Scope } from '../scope.js';
import { CatiCallFilter, CatiCallOrder } from './cati-call.inputs.js';
import { CatiCallConnectionType, CatiCallType } from './cati-call.type.js';

@Resolver(() => CatiCallType)
export class CatiCallResolver {
  @Query(() => CatiCallType, { nullable: true, description: 'One CATI call: exactly one of id and callId.' })
  catiCall(
    @Arg('id', () => ID, { nullable: true, description: 'Our id.' }) id: string | undefined,
    @Arg('callId', () => String, { nullable: true, description: "The provider's id." })
    callId: string | undefined,
    @Ctx() scope: Scope,
  ): Promise<CatiCallType> {
    return scope.catiCallReader.find({
      ...(id !== undefined && { id }),
      ...(callId !== undefined && { callId }),
    });
  }

  @Query(() => CatiCallConnectionType, {
    description: 'CATI calls, newest call first unless ordered otherwise.',
  })
  catiCalls(
    @Args(() => ConnectionArgs) page: ConnectionArgs,
    @Arg('filter', () => CatiCallFilter, { nullable: true, description: 'Only these.' })
    filter: CatiCallFilter | undefined,
    @Arg('orderBy', () => CatiCallOrder, { nullable: true, description: 'In this order.' })
    orderBy: CatiCallOrder | undefined,
    @Ctx() scope: Scope,
  ): Promise<Connection<CatiCallType>> {
    return scope.catiCallReader.page(page, filter, orderBy);
  }

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
