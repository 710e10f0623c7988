import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import type { Scope } from '../scope.js';
import type { ChangedRecording, WatchTarget } from './recording-watch.js';
import { RecordingType, RecordingUrlArgs, SignedUrlType } from './recording.type.js';

@ArgsType()
class RecordingChangedArgs implements WatchTarget {
  @Field(() => ID, { nullable: true, description: 'A recording.' })
  id?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The recording of this call log, also one that it does not have yet.',
  })
  callLogId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The recording of this CATI call, also one that it does not have yet.',
  })
  catiCallId?: string | null;
}

@Resolver(() => RecordingType)
export class RecordingResolver {
  @Query(() => RecordingType, { nullable: true, description: 'One recording.' })
  recording(
    @Arg('id', () => ID, { description: "The recording's id." }) id: string,
    @Ctx() scope: Scope,
  ): Promise<RecordingType> {
    return scope.recordingReader.get(id);
  }

  @Subscription(() => RecordingType, {
    description:
      'A recording at each of its changes. Exactly one argument. Ends when the viewer may not see it any more.',
    subscribe: ({ args, context }) => (context as Scope).recordingWatch.watch(args as RecordingChangedArgs),
  })
  recordingChanged(
    @Root() changed: ChangedRecording,
    @Args(() => RecordingChangedArgs) _target: RecordingChangedArgs,
    @Ctx() scope: Scope,
  ): Promise<RecordingType> {
    return scope.recordingReader.get(changed.id);
  }

  @FieldResolver(() => SignedUrlType, {
    nullable: true,
    description:
      'Null when there is nothing to play. PLAYBACK is the copy that plays everywhere where one was made, else the original.',
  })
  url(
    @Root() recording: RecordingType,
    @Args(() => RecordingUrlArgs) args: RecordingUrlArgs,
    @Ctx() scope: Scope,
  ): SignedUrlType | Promise<SignedUrlType> | null {
    return scope.recordingService.url(recording, args);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'Where it is stored: `s3:recordings/…` or `local:recordings/…` (a key, never a path of the server). Admins only, null for others.',
  })
  path(@Root() recording: RecordingType, @Ctx() scope: Scope): string | null {
    return scope.recordingService.path(recording);
  }
}
