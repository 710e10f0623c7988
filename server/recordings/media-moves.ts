import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { inSeconds, type Tables } from '../rows.js';
import type { RecordingFlag, RecordingSchema } from './recording.entity.js';

type DB = Tables<typeof RecordingSchema>;

/** Seconds after which a job that should have made what players need counts as lost. */
export const MEDIA_SECONDS = 900;
/** Tries to decode a recording: afterwards it is left alone. */
const MAX_TRIES = 3;
/** Hours before a recording that could not be decoded is tried again, for each try so far. */
const HOURS_BETWEEN = 6;
/** Recordings that one turn of a chore looks after. */
const BATCH = 50;

/** A stored recording, and what was made of it so far. */
export interface MediaWork {
  readonly id: string;
  readonly recording_path: string;
  readonly content_type: string | null;
  readonly codec: string | null;
  readonly byte_size: number | null;
  readonly duration_ms: number | null;
  readonly flags: RecordingFlag[];
  readonly playback_path: string | null;
  readonly playback_byte_size: number | null;
  readonly peaks_path: string | null;
  readonly media_made_at: string | null;
  readonly media_tries: number;
}

/** What a turn made; what stands as it was is given again. */
export interface MediaFacts {
  readonly playbackPath: string | null;
  readonly playbackByteSize: number | null;
  readonly peaksPath: string | null;
  readonly silences: number[] | null;
  readonly loudness: number | null;
  readonly durationMs: number | null;
  readonly flags: RecordingFlag[];
  /** What the bytes could not be decoded for. */
  readonly error: string | null;
}

/** What the database keeps of the media of recordings. Due again is whatever its worker died over. */
export class MediaMoves {
  constructor(private readonly em: EntityManager) {}

  /** Undefined: it is not stored, or everything that can be made of it was made. */
  async begin(id: string, decodes: boolean): Promise<MediaWork | undefined> {
    const work = await this.update(id)
      .set({ media_due_at: inSeconds(MEDIA_SECONDS) })
      .where('status', '=', 'UPLOADED')
      .returning([
        'id',
        'recording_path',
        'content_type',
        'codec',
        'byte_size',
        'duration_ms',
        'flags',
        'playback_path',
        'playback_byte_size',
        'peaks_path',
        'media_made_at',
        'media_tries',
      ])
      .executeTakeFirst();
    if (!work || work.recording_path === null) return undefined;
    const wanted =
      work.media_made_at === null || (decodes && work.peaks_path === null && work.media_tries < MAX_TRIES);
    if (wanted) return { ...work, recording_path: work.recording_path };
    await this.update(id).set({ media_due_at: null }).execute();
    return undefined;
  }

  /** False: the recording is another one by now, or gone, and so is what was made of it. */
  async finish({ id, recording_path, media_tries }: MediaWork, facts: MediaFacts): Promise<boolean> {
    const { numUpdatedRows } = await this.update(id)
      .set({
        playback_path: facts.playbackPath,
        playback_byte_size: facts.playbackByteSize,
        peaks_path: facts.peaksPath,
        silences: facts.silences,
        loudness: facts.loudness,
        duration_ms: facts.durationMs,
        flags: facts.flags,
        media_error: facts.error?.slice(0, 200) ?? null,
        media_tries: facts.error === null ? media_tries : media_tries + 1,
        media_made_at: sql<string>`now()`,
        media_due_at: null,
      })
      .where('status', '=', 'UPLOADED')
      .where('recording_path', '=', recording_path)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  /** The objects that count as made of it. */
  async paths(id: string): Promise<string[]> {
    const row = await this.em
      .getKysely<DB>()
      .selectFrom('recordings')
      .select(['playback_path', 'peaks_path'])
      .where('id', '=', id)
      .executeTakeFirst();
    return [row?.playback_path, row?.peaks_path].filter((path) => path != null);
  }

  /** Every try failed, and the bytes were not to blame: hours later it is due again. */
  async putOff(id: string): Promise<void> {
    await this.update(id)
      .set({ media_due_at: inSeconds(HOURS_BETWEEN * 3600) })
      .where('status', '=', 'UPLOADED')
      .execute();
  }

  /** Takes recordings whose time has come; nobody else gets them for a while. */
  async takeDue(): Promise<string[]> {
    const { rows } = await sql<{ id: string }>`
      update recordings set media_due_at = ${inSeconds(MEDIA_SECONDS)} where id in (
        select id from recordings where media_due_at is not null and media_due_at <= now()
        order by media_due_at limit ${BATCH} for update skip locked)
      returning id`.execute(this.em.getKysely());
    return rows.map(({ id }) => id);
  }

  /** Makes due what was never decoded: there was no ffmpeg, or it failed a while ago. Answers how many. */
  async planDecoding(): Promise<number> {
    const { numAffectedRows = 0n } = await sql`
      update recordings set media_due_at = now() where id in (
        select id from recordings where media_made_at is not null and peaks_path is null
          and media_tries < ${sql.lit(MAX_TRIES)} and media_due_at is null and status = 'UPLOADED'
          and media_made_at <= now() - make_interval(hours => media_tries * ${HOURS_BETWEEN})
        order by media_made_at limit ${BATCH} for update skip locked)`.execute(this.em.getKysely());
    return Number(numAffectedRows);
  }

  private update(id: string) {
    return this.em.getKysely<DB>().updateTable('recordings').where('id', '=', id);
  }
}
