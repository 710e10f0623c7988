import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { Scope } from '../scope.js';
import { RecordingType, RecordingUrlArgs, SignedUrlType } from './recording.type.js';

@Resolver(() => RecordingType)
export class RecordingResolver {
  @Query(() => RecordingType, { nullable: true, description: 'One recording.' })
  recording(@Arg('id', () => ID) id: string, @Ctx() scope: Scope): Promise<RecordingType> {
    return scope.recordingReader.get(id);
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
  ): SignedUrlType | null {
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
