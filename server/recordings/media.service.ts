import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { newId } from '../entity.js';
import type { JobContext } from '../jobs/job.js';
import type { Logger } from '../logger.js';
import type { Ffmpeg } from '../media/ffmpeg.js';
import type { Measured } from '../media/pcm-meter.js';
import { encodePeaks } from '../media/peaks.js';
import { withTemporaryFolder } from '../media/temporary-folder.js';
import type { PutOptions, Storage } from '../storage/storage.js';
import type { Transaction } from '../unit-of-work.js';
import { MediaMaker, type MadeFile, type MadeMedia } from './media-maker.js';
import { MediaMoves, type MediaFacts, type MediaWork } from './media-moves.js';
import { COPY_EXTENSION, COPY_TYPE } from './recording-variant.js';
import type { RecordingFlag } from './recording.entity.js';
import { SHORT_MS } from './store-attempt.js';
import { attemptKey, formatStoredPath, parseStoredPath } from './stored-path.js';

const PEAKS_TYPE = 'application/octet-stream';
const PEAKS_EXTENSION = 'dat';

/**
 * From a stored recording to what players need of it: peaks, silences, loudness, a copy that plays everywhere. Safe to
 * run twice: what is made counts only while the recording is still the same, and lies under keys of its own.
 */
export class MediaService {
  private readonly maker: MediaMaker;

  constructor(
    private readonly transaction: Transaction,
    private readonly storage: Storage,
    private readonly ffmpeg: Ffmpeg | undefined,
    private readonly logger: Logger,
  ) {
    this.maker = new MediaMaker(storage, ffmpeg);
  }

  /** Throws what another try may mend; what the bytes are to blame for is written down and is no exception. */
  async make(recordingId: string, { signal }: Pick<JobContext, 'signal'>): Promise<void> {
    const decodes = this.ffmpeg !== undefined;
    const work = await this.transaction((em) => new MediaMoves(em).begin(recordingId, decodes));
    if (!work) return;
    await withTemporaryFolder(async (folder) => {
      const source = { path: work.recording_path, contentType: work.content_type, codec: work.codec };
      const made = await this.maker.make(source, work.playback_path === null, folder, signal);
      if (made.error !== null)
        this.logger.warn({ recordingId, why: made.error }, 'recording could not be decoded');
      await this.keep(work, made, signal);
    });
  }

  /** Every try failed. */
  async giveUp(recordingId: string): Promise<void> {
    await this.transaction((em) => new MediaMoves(em).putOff(recordingId));
  }

  /** Objects first: what a kill in between leaves is collected by a sweep. */
  private async keep(
    work: MediaWork,
    { measured, copy, error }: MadeMedia,
    signal: AbortSignal,
  ): Promise<void> {
    const keys: string[] = [];
    try {
      const copyKey = copy && (await this.putCopy(work.id, copy, keys, signal));
      const peaksKey = measured && (await this.putPeaks(work.id, measured, keys, signal));
      const facts: MediaFacts = {
        playbackPath: copyKey === undefined ? work.playback_path : this.pathOf(copyKey),
        playbackByteSize: copy?.byteSize ?? work.playback_byte_size,
        peaksPath: peaksKey === undefined ? null : this.pathOf(peaksKey),
        silences: measured?.silences.flatMap(({ startMs, endMs }) => [startMs, endMs]) ?? null,
        loudness: measured?.loudness ?? null,
        durationMs: work.duration_ms ?? measured?.durationMs ?? null,
        flags: flagsOf(work, measured),
        error,
      };
      if (await this.transaction((em) => new MediaMoves(em).finish(work, facts))) return;
    } catch (fault) {
      // The commit may have succeeded and only its answer been lost.
      if (await this.isKept(work.id, keys)) return;
      await this.remove(keys);
      throw fault;
    }
    await this.remove(keys);
  }

  private putCopy(id: string, { file, byteSize }: MadeFile, keys: string[], signal: AbortSignal) {
    const options = { byteSize, contentType: COPY_TYPE, signal };
    return this.put(id, COPY_EXTENSION, createReadStream(file), options, keys);
  }

  private putPeaks(id: string, { peaks }: Measured, keys: string[], signal: AbortSignal) {
    const bytes = encodePeaks(peaks);
    const options = { byteSize: bytes.length, contentType: PEAKS_TYPE, signal };
    return this.put(id, PEAKS_EXTENSION, Readable.from([bytes]), options, keys);
  }

  /** The key is noted among `keys` before anything is written. */
  private async put(
    id: string,
    extension: string,
    body: Readable,
    options: PutOptions,
    keys: string[],
  ): Promise<string> {
    const key = attemptKey(id, newId(), extension);
    keys.push(key);
    await this.storage.put(key, body, options);
    return key;
  }

  private async isKept(id: string, keys: readonly string[]): Promise<boolean> {
    const paths = await this.transaction((em) => new MediaMoves(em).paths(id));
    return paths.some((path) => keys.includes(parseStoredPath(path).key));
  }

  private async remove(keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.storage.delete(key);
  }

  private pathOf(key: string): string {
    return formatStoredPath({ storage: this.storage.kind, key });
  }
}

/** What the sound says replaces what an earlier look said; where nobody could look, that stands. */
function flagsOf({ flags, duration_ms }: MediaWork, measured: Measured | undefined): RecordingFlag[] {
  if (!measured) return flags;
  const kept: RecordingFlag[] = flags.filter((flag) => flag !== 'SILENT');
  if (measured.silent) kept.push('SILENT');
  if (duration_ms === null && measured.durationMs < SHORT_MS) kept.push('SHORT');
  return kept;
}
