import { Ctx, FieldResolver, Float, Resolver, Root } from 'type-graphql';
import { AtMost } from '../graphql/list-size.js';
import { MAX_SPANS } from '../media/silence-finder.js';
import type { Scope } from '../scope.js';
import { PeaksType, SilenceSpanType } from './media.type.js';
import { RecordingType } from './recording.type.js';

@Resolver(() => RecordingType)
export class RecordingMediaResolver {
  @FieldResolver(() => PeaksType, {
    nullable: true,
    description: 'Null until they were made, and where they cannot be. At most 50 of them in one request.',
  })
  peaks(@Root() recording: RecordingType, @Ctx() scope: Scope): Promise<PeaksType | null> {
    return scope.mediaReader.peaks(recording.id);
  }

  @AtMost(MAX_SPANS)
  @FieldResolver(() => [SilenceSpanType], {
    nullable: true,
    description: `In order, at most ${MAX_SPANS}: of more, the shortest are left out. Null as peaks are.`,
  })
  silences(@Root() recording: RecordingType, @Ctx() scope: Scope): Promise<SilenceSpanType[] | null> {
    return scope.mediaReader.silences(recording.id);
  }

  @FieldResolver(() => Float, {
    nullable: true,
    description: 'Integrated loudness in LUFS (ITU-R BS.1770). Null as peaks are, and for silence.',
  })
  loudness(@Root() recording: RecordingType, @Ctx() scope: Scope): Promise<number | null> {
    return scope.mediaReader.loudness(recording.id);
  }
}
