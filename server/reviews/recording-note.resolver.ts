import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { AtMost } from '../graphql/list-size.js';
import { UserType } from '../auth/user.type.js';
import { RecordingType } from '../recordings/recording.type.js';
import type { Scope } from '../scope.js';
import { MAX_NOTES } from './recording-note.reader.js';
import {
  AddRecordingNoteInput,
  DeleteRecordingNoteInput,
  RecordingNotePayloadType,
  RecordingNoteType,
} from './recording-note.type.js';

const IN_ORDER = `In the order of the recording, at most ${MAX_NOTES}. For those who review calls.`;

@Resolver(() => RecordingNoteType)
export class RecordingNoteResolver {
  @AtMost(MAX_NOTES)
  @Query(() => [RecordingNoteType], { nullable: true, description: IN_ORDER })
  recordingNotes(
    @Arg('recordingId', () => ID, { description: 'A recording.' }) recordingId: string,
    @Ctx() scope: Scope,
  ): Promise<RecordingNoteType[]> {
    return scope.recordingNoteService.list(recordingId);
  }

  @Mutation(() => RecordingNotePayloadType, { description: 'Notes something at a moment of a recording.' })
  async addRecordingNote(
    @Arg('input', () => AddRecordingNoteInput, { description: 'What, and where.' })
    input: AddRecordingNoteInput,
    @Ctx() scope: Scope,
  ): Promise<RecordingNotePayloadType> {
    return { note: await scope.recordingNoteService.add(input) };
  }

  @Mutation(() => RecordingNotePayloadType, {
    description: "Deletes a note of one's own; managers and admins anybody's.",
  })
  async deleteRecordingNote(
    @Arg('input', () => DeleteRecordingNoteInput, { description: 'Which one.' })
    input: DeleteRecordingNoteInput,
    @Ctx() scope: Scope,
  ): Promise<RecordingNotePayloadType> {
    return { note: await scope.recordingNoteService.remove(input.noteId) };
  }

  @FieldResolver(() => UserType, { nullable: true })
  author(@Root() note: RecordingNoteType, @Ctx() scope: Scope): Promise<UserType | null> {
    return scope.userReader.byId.load(note.authorId);
  }
}

@Resolver(() => RecordingType)
export class RecordingNotesResolver {
  @AtMost(MAX_NOTES)
  @FieldResolver(() => [RecordingNoteType], { description: IN_ORDER })
  notes(@Root() recording: RecordingType, @Ctx() scope: Scope): Promise<RecordingNoteType[]> {
    return scope.recordingNoteReader.ofRecording.load(recording.id);
  }
}
