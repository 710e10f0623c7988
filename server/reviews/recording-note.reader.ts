import type { EntityManager } from '@mikro-orm/postgresql';
import DataLoader from 'dataloader';
import { sql, type SelectQueryBuilder } from 'kysely';
import { accessOf } from '../auth/policy.js';
import type { Viewer } from '../auth/viewer.js';
import { errors } from '../errors.js';
import { NOTHING } from '../graphql/conditions.js';
import { requireId } from '../graphql/inputs.js';
import { isoTime, type Tables } from '../rows.js';
import type { RecordingNoteSchema } from './recording-note.entity.js';
import { RecordingNoteType } from './recording-note.type.js';

export type NoteTables = Tables<typeof RecordingNoteSchema>;

/** Notes that a recording may have: all of them are read at once. */
export const MAX_NOTES = 500;

const COLUMNS = ['id', 'inserted_at', 'recording_id', 'author_id', 'at_ms', 'text'] as const;

/** Notes, for those whose role may see them. */
export class RecordingNoteReader {
  /** In the order of the recording; one statement for a whole page of recordings. */
  readonly ofRecording = new DataLoader<string, RecordingNoteType[]>((ids) => this.load(ids));

  constructor(
    private readonly em: EntityManager,
    private readonly viewer: () => Viewer,
  ) {}

  async get(id: string): Promise<RecordingNoteType & { recordingId: string }> {
    const row = await this.visible()
      .select(COLUMNS)
      .where('id', '=', requireId('note', id))
      .executeTakeFirst();
    if (!row) throw errors.notFound('note');
    return Object.assign(toNote(row), { recordingId: row.recording_id });
  }

  private visible(): SelectQueryBuilder<NoteTables, 'recording_notes', object> {
    const query = this.em
      .getKysely<NoteTables>()
      .selectFrom('recording_notes')
      .where('deleted_at', 'is', null);
    return accessOf(this.viewer(), 'reviews.read') === 'all' ? query : query.where(NOTHING);
  }

  private async load(ids: readonly string[]): Promise<RecordingNoteType[][]> {
    const rows = await this.visible()
      .select(COLUMNS)
      .where('recording_id', '=', sql<string>`any(${ids}::uuid[])`)
      .orderBy('recording_id')
      .orderBy('at_ms')
      .orderBy('id')
      .execute();
    const found = new Map<string, RecordingNoteType[]>();
    for (const row of rows) {
      const notes = found.get(row.recording_id) ?? [];
      found.set(row.recording_id, notes);
      notes.push(toNote(row));
    }
    return ids.map((id) => found.get(id) ?? []);
  }
}

function toNote(row: {
  id: string;
  inserted_at: string;
  author_id: string;
  at_ms: number;
  text: string;
}): RecordingNoteType {
  return Object.assign(new RecordingNoteType(), {
    id: row.id,
    atMs: row.at_ms,
    text: row.text,
    createdAt: isoTime(row.inserted_at),
    authorId: row.author_id,
  });
}
