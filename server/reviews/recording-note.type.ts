import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { UserType } from '../auth/user.type.js';
import { NodeType } from '../graphql/node.type.js';
import { DateTime } from '../graphql/scalars.js';

@ObjectType('RecordingNote', {
  implements: NodeType,
  simpleResolvers: true,
  description: 'What somebody noted at a moment of a recording.',
})
export class RecordingNoteType extends NodeType {
  @Field(() => Int, { description: 'Milliseconds from the beginning.' })
  atMs!: number;

  @Field(() => String, { description: 'What was noted.' })
  text!: string;

  @Field(() => UserType, {
    nullable: true,
    simple: false,
    description: 'Who noted it.',
  })
  author?: UserType | null;

  @Field(() => DateTime, { description: 'When it was noted.' })
  createdAt!: string;

  /** Not in the schema: what the field above is loaded by. */
  authorId!: string;
}

@ObjectType('RecordingNotePayload', {
  simpleResolvers: true,
  description: 'A note that was added or deleted.',
})
export class RecordingNotePayloadType {
  @Field(() => RecordingNoteType, { description: 'The note.' })
  note!: RecordingNoteType;
}

@InputType('AddRecordingNoteInput', { description: 'A note, and where it belongs.' })
export class AddRecordingNoteInput {
  @Field(() => ID, { description: 'A recording.' })
  recordingId!: string;

  @Field(() => Int, { description: 'Milliseconds from the beginning, inside the recording.' })
  atMs!: number;

  @Field(() => String, { description: 'At most 2,000 characters.' })
  text!: string;
}

@InputType('DeleteRecordingNoteInput', { description: 'Which note.' })
export class DeleteRecordingNoteInput {
  @Field(() => ID, { description: "The note's id." })
  noteId!: string;
}
