import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { RecordingMoves } from '../recordings/recording-moves.js';
import type { RecordingSchema } from '../recordings/recording.entity.js';
import { parseStoredPath } from '../recordings/stored-path.js';
import type { Tables } from '../rows.js';
import { ObjectMissing, type Storage } from '../storage/storage.js';
import type { Transaction } from '../unit-of-work.js';

/** Whether a stored recording is what was stored: the same length, the same SHA-256. */
export class StoredCopyCheck {
  constructor(
    private readonly transaction: Transaction,
    private readonly storage: Storage,
  ) {}

  /**
   * `intact`: there is nothing to do. `copy`: nothing is stored, or it was damaged and waits for a copy now.
   * Throws StorageUnavailable: that says nothing of the copy.
   */
  async check(recordingId: string, signal: AbortSignal): Promise<'intact' | 'copy'> {
    const stored = await this.transaction((em) =>
      em
        .getKysely<Tables<typeof RecordingSchema>>()
        .selectFrom('recordings')
        .select(['recording_path', 'byte_size', 'sha256'])
        .where('id', '=', recordingId)
        .where('status', '=', 'UPLOADED')
        .executeTakeFirst(),
    );
    if (!stored?.recording_path) return 'copy';
    const { key } = parseStoredPath(stored.recording_path);
    const found = await this.read(key, signal);
    if (found?.byteSize === stored.byte_size && found?.sha256 === stored.sha256) return 'intact';
    await this.transaction((em) =>
      new RecordingMoves(em).markDamaged(recordingId, stored.recording_path ?? ''),
    );
    return 'copy';
  }

  /** Undefined: there is no such object. */
  private async read(
    key: string,
    signal: AbortSignal,
  ): Promise<{ byteSize: number; sha256: string } | undefined> {
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
