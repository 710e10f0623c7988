import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { accessOf } from '../auth/policy.js';
import type { Viewer } from '../auth/viewer.js';
import { newId } from '../entity.js';
import { errors } from '../errors.js';
import { boundedText } from '../graphql/inputs.js';
import type { RecordingReader } from '../recordings/recording.reader.js';
import type { Transaction } from '../unit-of-work.js';
import { MAX_NOTES, type NoteTables, type RecordingNoteReader } from './recording-note.reader.js';
import type { AddRecordingNoteInput, RecordingNoteType } from './recording-note.type.js';
import { MAX_NOTE } from './review-form.js';

/** What reviewers note at moments of recordings. */
export class RecordingNoteService {
  constructor(
    private readonly viewer: () => Viewer,
    private readonly transaction: Transaction,
    private readonly reader: RecordingNoteReader,
    private readonly recordings: RecordingReader,
  ) {}

  /** In the order of the recording. NOT_FOUND where the viewer may not see it. */
  async list(recordingId: string): Promise<RecordingNoteType[]> {
    const { id } = await this.recordings.get(recordingId);
    return this.reader.ofRecording.load(id);
  }

  async add({ recordingId, atMs, text }: AddRecordingNoteInput): Promise<RecordingNoteType> {
    const { id: recording, durationMs } = await this.recordings.get(recordingId);
    const noted = boundedText('text', text, MAX_NOTE);
    if (noted === undefined) throw errors.badInput('text', 'Write something.');
    if (atMs < 0 || (durationMs !== null && atMs > durationMs))
      throw errors.badInput('atMs', 'atMs must lie inside the recording.', {
        limit: durationMs ?? 2 ** 31 - 1,
      });
    const id = await this.transaction((em) => this.write(em, recording, atMs, noted));
    this.reader.ofRecording.clear(recording);
    return this.reader.get(id);
  }

  /** One's own; people in charge delete anybody's. */
  async remove(noteId: string): Promise<RecordingNoteType> {
    const note = await this.reader.get(noteId);
    const viewer = this.viewer();
    if (note.authorId !== viewer.id && accessOf(viewer, 'notes.deleteAny') === 'none')
      throw errors.forbidden('Only who wrote a note may delete it.');
    await this.transaction((em) =>
      em
        .getKysely<NoteTables>()
        .updateTable('recording_notes')
        .set({ deleted_at: sql<string>`now()`, deleted_by_id: viewer.id })
        .where('id', '=', note.id)
        .where('deleted_at', 'is', null)
        .execute(),
    );
    this.reader.ofRecording.clear(note.recordingId);
    return note;
  }

  private async write(em: EntityManager, recordingId: string, atMs: number, text: string): Promise<string> {
    const db = em.getKysely<NoteTables>();
    const { count } = await db
      .selectFrom('recording_notes')
      .select(sql<number>`count(*)`.as('count'))
      .where('recording_id', '=', recordingId)
      .where('deleted_at', 'is', null)
      .executeTakeFirstOrThrow();
    if (count >= MAX_NOTES)
      throw errors.conflict(`A recording has at most ${MAX_NOTES} notes. Delete some first.`);
    const id = newId();
    const author = { author_id: this.viewer().id, inserted_at: sql<string>`now()` };
    await db
      .insertInto('recording_notes')
      .values({ id, recording_id: recordingId, at_ms: atMs, text, ...author })
      .execute();
    return id;
  }
}
