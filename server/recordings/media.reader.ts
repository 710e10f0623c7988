import { buffer } from 'node:stream/consumers';
import type { EntityManager } from '@mikro-orm/postgresql';
import DataLoader from 'dataloader';
import { sql } from 'kysely';
import { errors } from '../errors.js';
import { decodePeaks, MAX_PEAKS_BYTES } from '../media/peaks.js';
import type { Tables } from '../rows.js';
import { ObjectMissing, type Storage } from '../storage/storage.js';
import type { PeaksType, SilenceSpanType } from './media.type.js';
import type { RecordingSchema } from './recording.entity.js';
import { parseStoredPath } from './stored-path.js';

type DB = Tables<typeof RecordingSchema>;

/** Waveforms that one request may read: each is an object of its own, of up to 40 kB. */
const MAX_PEAKS = 50;

interface Media {
  peaksPath: string | null;
  silences: number[] | null;
  loudness: number | null;
}

/** What was made of recordings that the viewer sees already. */
export class MediaReader {
  /** One statement for a whole page. */
  private readonly ofRecording = new DataLoader<string, Media | null>((ids) => this.load(ids));
  /** Each is read once and counts once, however often it is asked for. */
  private readonly peaksOf = new Map<string, Promise<PeaksType | null>>();

  constructor(
    private readonly em: EntityManager,
    private readonly storage: Storage,
  ) {}

  async peaks(recordingId: string): Promise<PeaksType | null> {
    const media = await this.ofRecording.load(recordingId);
    if (!media || media.peaksPath === null) return null;
    const known = this.peaksOf.get(recordingId);
    if (known) return known;
    if (this.peaksOf.size >= MAX_PEAKS)
      throw errors.queryTooComplex(
        `Ask for the peaks of at most ${MAX_PEAKS} recordings at once.`,
        MAX_PEAKS,
      );
    const reading = this.readPeaks(media.peaksPath);
    this.peaksOf.set(recordingId, reading);
    return reading;
  }

  async silences(recordingId: string): Promise<SilenceSpanType[] | null> {
    const { silences = null } = (await this.ofRecording.load(recordingId)) ?? {};
    if (!silences) return null;
    return Array.from({ length: silences.length / 2 }, (_, span) => ({
      startMs: silences[span * 2] ?? 0,
      endMs: silences[span * 2 + 1] ?? 0,
    }));
  }

  async loudness(recordingId: string): Promise<number | null> {
    return (await this.ofRecording.load(recordingId))?.loudness ?? null;
  }

  private async readPeaks(path: string): Promise<PeaksType | null> {
    const peaks = decodePeaks(await this.bytes(parseStoredPath(path).key));
    if (!peaks) return null;
    return { ...peaks, data: Buffer.from(peaks.data).toString('base64') };
  }

  /** Nothing where the object is gone: a waveform is no reason to fail. */
  private async bytes(key: string): Promise<Buffer> {
    try {
      const { byteSize = 0 } = (await this.storage.head(key)) ?? {};
      if (byteSize === 0 || byteSize > MAX_PEAKS_BYTES) return Buffer.alloc(0);
      return await buffer(await this.storage.get(key));
    } catch (error) {
      if (error instanceof ObjectMissing) return Buffer.alloc(0);
      throw errors.unavailable('The waveform cannot be read at the moment. Try again.', { cause: error });
    }
  }

  private async load(ids: readonly string[]): Promise<(Media | null)[]> {
    const rows = await this.em
      .getKysely<DB>()
      .selectFrom('recordings')
      .select(['id', 'peaks_path as peaksPath', 'silences', 'loudness'])
      .where('id', '=', sql<string>`any(${ids}::uuid[])`)
      .where('status', '=', 'UPLOADED')
      .execute();
    const found = new Map(rows.map(({ id, ...media }) => [id, media]));
    return ids.map((id) => found.get(id) ?? null);
  }
}
