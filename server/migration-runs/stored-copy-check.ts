import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { STORE_IS_DOWN } from '../cati/copy-outcome.js';
import { RecordingMoves } from '../recordings/recording-moves.js';
import type { RecordingSchema } from '../recordings/recording.entity.js';
import { formatStoredPath, parseStoredPath } from '../recordings/stored-path.js';
import type { Tables } from '../rows.js';
import { ObjectMissing, StorageUnavailable, type Storage } from '../storage/storage.js';
import type { Transaction } from '../unit-of-work.js';

export type Checked =
  /** Intact, or kept in a store of another kind, of which nothing can be said. */
  | { readonly kind: 'leave' }
  /** Nothing is stored, or it was damaged and waits for a copy now. */
  | { readonly kind: 'copy' }
  /** The store is away, or does not look like the one that the recordings were stored in. */
  | { readonly kind: 'doubtful'; readonly reason: string };

/** Other recordings that are looked for before an object counts as missing. */
const SAMPLE = 20;
/** Seconds after which the sweep takes up what was found damaged, should the run not. */
const LEFT_TO_RUN = 3600;

const ANOTHER_STORE =
  'None of the stored recordings that were looked for is there: this may be another store, or one that is not all there.';

interface Found {
  readonly byteSize: number;
  readonly sha256: string;
}

/** Whether a stored recording is what was stored: the same length, the same SHA-256. */
export class StoredCopyCheck {
  /** Something that was stored has been found. */
  private isOurs = false;

  constructor(
    private readonly transaction: Transaction,
    private readonly storage: Storage,
  ) {}

  async check(recordingId: string, signal: AbortSignal): Promise<Checked> {
    try {
      return await this.compare(recordingId, signal);
    } catch (error) {
      if (error instanceof StorageUnavailable) return { kind: 'doubtful', reason: STORE_IS_DOWN };
      throw error;
    }
  }

  private async compare(recordingId: string, signal: AbortSignal): Promise<Checked> {
    const stored = await this.transaction((em) =>
      em
        .getKysely<Tables<typeof RecordingSchema>>()
        .selectFrom('recordings')
        .select(['recording_path', 'byte_size', 'sha256'])
        .where('id', '=', recordingId)
        .where('status', '=', 'UPLOADED')
        .executeTakeFirst(),
    );
    if (!stored?.recording_path) return { kind: 'copy' };
    const { storage, key } = parseStoredPath(stored.recording_path);
    if (storage !== this.storage.kind) return { kind: 'leave' };
    const found = await this.read(key, signal);
    if (found) this.isOurs = true;
    if (found?.byteSize === stored.byte_size && found?.sha256 === stored.sha256) return { kind: 'leave' };
    if (!found && !(await this.isKnownStore(recordingId))) return { kind: 'doubtful', reason: ANOTHER_STORE };
    await this.planCopy(recordingId, stored.recording_path);
    return { kind: 'copy' };
  }

  /** Should this run end before it copies it, it is due by itself. */
  private planCopy(recordingId: string, path: string): Promise<void> {
    return this.transaction(async (em) => {
      const moves = new RecordingMoves(em);
      if (await moves.markDamaged(recordingId, path)) await moves.defer(recordingId, LEFT_TO_RUN);
    });
  }

  /** Whether any other recording lies where it was stored; also where there is none to look for. */
  private async isKnownStore(exceptId: string): Promise<boolean> {
    if (this.isOurs) return true;
    const others = await this.transaction((em) =>
      em
        .getKysely<Tables<typeof RecordingSchema>>()
        .selectFrom('recordings')
        .select('recording_path')
        .where('status', '=', 'UPLOADED')
        .where('recording_path', 'like', `${formatStoredPath({ storage: this.storage.kind, key: '' })}%`)
        .where('id', '<>', exceptId)
        .limit(SAMPLE)
        .execute(),
    );
    for (const { recording_path: path } of others) {
      if (path === null || !(await this.storage.head(parseStoredPath(path).key))) continue;
      this.isOurs = true;
      return true;
    }
    return others.length === 0;
  }

  /** Undefined: there is no such object. */
  private async read(key: string, signal: AbortSignal): Promise<Found | undefined> {
    const hash = createHash('sha256');
    let byteSize = 0;
    try {
      await pipeline(await this.storage.get(key, { signal }), async (chunks: AsyncIterable<Uint8Array>) => {
        for await (const chunk of chunks) {
          byteSize += chunk.length;
          hash.update(chunk);
        }
      });
    } catch (error) {
      if (error instanceof ObjectMissing) return undefined;
      throw error;
    }
    return { byteSize, sha256: hash.digest('hex') };
  }
}
