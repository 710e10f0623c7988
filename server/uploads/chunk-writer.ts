import { pipeline, type Readable } from 'node:stream';

import { sql } from 'kysely';
import { newId } from '../entity.js';
import { errors, type EarshotError } from '../errors.js';
import type { Storage } from '../storage/storage.js';
import { IncomingBytes } from '../recordings/incoming-bytes.js';
import { MAX_CHUNKS } from './limits.js';
import { storeChunk } from './store-chunk.js';
import { chunkKey } from './upload-keys.js';
import type { Chunk, UploadReader, UploadTables } from './upload.reader.js';
import type { Transaction } from '../unit-of-work.js';
import type { UploadSessionType } from './upload.type.js';

export interface ChunkOptions {
  offset: number;
  /** The largest that this chunk may be, in bytes. */
  limit: number;
  /** Named in errors. */
  field: string;
  /** One chunk must be the whole file. */
  whole?: boolean;
  /** Lower-case hex, as the sender gives it. */
  sha256?: string | undefined;
  /** Seconds that the upload stays open after this chunk. */
  expiry: number;
}

/**
 * Puts chunks behind each other. Each chunk is an object of its own, so that chunk k may reach another process than
 * chunk k + 1. No lock is held while bytes stream: a writer takes a number (epoch) when it begins, and only the
 * newest writer may commit. A stalled connection that comes back to life thus changes nothing.
 */
export class ChunkWriter {
  constructor(
    private readonly transaction: Transaction,
    private readonly reader: UploadReader,
    private readonly storage: Storage,
  ) {}

  /** Stores one chunk, or throws and leaves everything as it was. The source is always consumed or destroyed. */
  async append(upload: UploadSessionType, source: Readable, options: ChunkOptions): Promise<void> {
    const { offset } = options;
    if (offset < upload.receivedBytes) return this.compare(upload, source, options);
    if (offset > upload.receivedBytes) throw errors.offsetMismatch(upload.receivedBytes);
    const epoch = await this.begin(upload, offset);
    const chunk = await this.store(upload, source, options);
    try {
      if (options.whole && chunk.byteSize !== upload.byteSize)
        throw errors.uploadIncomplete(0, upload.byteSize);
      await this.commit(upload.id, epoch, chunk, options.expiry);
    } catch (error) {
      await this.storage.delete(chunk.key);
      throw error;
    }
  }

  /** A chunk that is there already is answered as done when it is the same, and changes nothing in any case. */
  private async compare(
    upload: UploadSessionType,
    source: Readable,
    { offset }: ChunkOptions,
  ): Promise<void> {
    const stored = await this.reader.chunkAt(upload.id, offset);
    const mismatch = () => errors.offsetMismatch(upload.receivedBytes);
    if (!stored) throw mismatch();
    const sent = new IncomingBytes(stored.byteSize, mismatch);
    pipeline(source, sent, () => undefined);
    for await (const _bytes of sent);
    if (sent.byteSize !== stored.byteSize) throw mismatch();
    if (sent.digest() !== stored.sha256) throw errors.chunkDiffers(offset);
  }

  private async begin(upload: UploadSessionType, offset: number): Promise<number> {
    const row = await this.transaction((em) =>
      em
        .getKysely<UploadTables>()
        .updateTable('upload_sessions')
        .set({ epoch: sql`epoch + 1` })
        .where('id', '=', upload.id)
        .where('status', '=', 'OPEN')
        .where('received_bytes', '=', offset)
        .where('chunk_count', '<', MAX_CHUNKS)
        .returning('epoch')
        .executeTakeFirst(),
    );
    if (!row) throw await this.refusal(upload.id, offset);
    return row.epoch;
  }

  private async store(upload: UploadSessionType, source: Readable, options: ChunkOptions): Promise<Chunk> {
    const { offset, field, sha256 } = options;
    const limit = Math.min(options.limit, upload.byteSize - offset);
    const key = chunkKey(upload.id, offset, newId());
    const place = offset > 0 ? 'later' : 'beginning';
    const fileSize = upload.byteSize;
    return {
      firstByte: offset,
      key,
      ...(await storeChunk(this.storage, key, source, { limit, field, sha256, place, fileSize })),
    };
  }

  private async commit(uploadId: string, epoch: number, chunk: Chunk, expiry: number): Promise<void> {
    const committed = await this.transaction(async (em) => {
      const db = em.getKysely<UploadTables>();
      const { numUpdatedRows } = await db
        .updateTable('upload_sessions')
        .set({
          received_bytes: chunk.firstByte + chunk.byteSize,
          chunk_count: sql`chunk_count + 1`,
          expires_at: sql`now() + make_interval(secs => ${expiry})`,
        })
        .where('id', '=', uploadId)
        .where('status', '=', 'OPEN')
        .where('epoch', '=', epoch)
        .where('received_bytes', '=', chunk.firstByte)
        .executeTakeFirst();
      if (numUpdatedRows !== 1n) return false;
      await db
        .insertInto('upload_chunks')
        .values({
          upload_id: uploadId,
          first_byte: chunk.firstByte,
          byte_size: chunk.byteSize,
          sha256: chunk.sha256,
          key: chunk.key,
        })
        .execute();
      return true;
    });
    if (!committed) throw await this.refusal(uploadId, chunk.firstByte);
  }

  /** Why the upload takes no chunk at this offset, as it stands now. */
  private async refusal(uploadId: string, offset: number): Promise<EarshotError> {
    const now = await this.reader.find(uploadId);
    if (!now) return errors.notFound('upload');
    if (now.status !== 'OPEN') return notOpen(now);
    if (now.receivedBytes === offset) {
      const count = (await this.reader.chunks(uploadId)).length;
      if (count >= MAX_CHUNKS)
        return errors.badInput('chunk', `An upload has at most ${MAX_CHUNKS} chunks. Send larger ones.`, {
          limit: MAX_CHUNKS,
        });
    }
    return errors.offsetMismatch(now.receivedBytes);
  }
}

/** The refusal of an upload that takes no more bytes. */
export function notOpen({ status }: Pick<UploadSessionType, 'status'>): EarshotError {
  if (status === 'EXPIRED') return errors.expired('This upload has expired. Request a new one.');
  return errors.conflict(`This upload is ${status}: it takes no more bytes.`);
}
