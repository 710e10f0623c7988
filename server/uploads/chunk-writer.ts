import type { Readable } from 'node:stream';
import type { EntityManager } from '@mikro-orm/postgresql';
import { newId } from '../entity.js';
import { errors, type EarshotError } from '../errors.js';
import type { Storage } from '../storage/storage.js';
import { IncomingBytes } from '../recordings/incoming-bytes.js';
import { ChunkRows, type Begun, type Progress } from './chunk-rows.js';
import { MAX_CHUNKS } from './limits.js';
import { discardRefused, storeChunk } from './store-chunk.js';
import { chunkKey } from './upload-keys.js';
import type { Chunk, UploadReader } from './upload.reader.js';
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
  /** The number of a writer that has begun; without it one is taken. */
  epoch?: number | undefined;
}

/**
 * Puts chunks behind each other. Each chunk is an object of its own, so that chunk k may reach another process than
 * chunk k + 1. No lock is held while bytes stream: a writer takes a number (epoch) when it begins, and only the
 * newest writer may commit. A stalled connection that comes back to life thus changes nothing.
 */
export class ChunkWriter {
  private readonly rows: ChunkRows;

  constructor(
    em: EntityManager,
    private readonly reader: UploadReader,
    private readonly storage: Storage,
  ) {
    this.rows = new ChunkRows(em);
  }

  /** What a viewer's own chunk at this offset goes on with; undefined: look at the upload for why not. */
  beginOwn(uploadId: string, offset: number, viewerId: string): Promise<Begun | undefined> {
    return this.rows.begin(uploadId, offset, viewerId);
  }

  /** Stores one chunk, or throws and leaves everything as it was. The source is always consumed or destroyed. */
  async append(upload: UploadSessionType, source: Readable, options: ChunkOptions): Promise<Progress> {
    const { offset } = options;
    if (offset < upload.receivedBytes) {
      await this.compare(upload, source, options);
      return upload;
    }
    if (offset > upload.receivedBytes) throw errors.offsetMismatch(upload.receivedBytes);
    const epoch = options.epoch ?? (await this.begin(upload, offset));
    const chunk = await this.store(upload, source, options);
    try {
      if (options.whole && chunk.byteSize !== upload.byteSize)
        throw errors.uploadIncomplete(0, upload.byteSize);
      return await this.commit(upload.id, epoch, chunk, options.expiry);
    } catch (error) {
      await discardRefused(this.storage, chunk.key, error);
      throw error;
    }
  }

  /** A chunk that is there already is answered as done when it is the same, and changes nothing in any case. */
  private async compare(
    upload: UploadSessionType,
    source: Readable,
    { offset, sha256 }: ChunkOptions,
  ): Promise<void> {
    const stored = await this.reader.chunkAt(upload.id, offset);
    const mismatch = () => errors.offsetMismatch(upload.receivedBytes);
    if (!stored) throw mismatch();
    const sent = new IncomingBytes(source, stored.byteSize, mismatch);
    for await (const _bytes of sent);
    const digest = sent.digest();
    // Broken on the way: the same chunk again may be whole.
    if (sha256 !== undefined && sha256 !== digest) throw errors.checksumMismatch();
    if (sent.byteSize !== stored.byteSize) throw mismatch();
    if (digest !== stored.sha256) throw errors.chunkDiffers(offset);
  }

  private async begin(upload: UploadSessionType, offset: number): Promise<number> {
    const begun = await this.rows.begin(upload.id, offset);
    if (!begun) throw await this.refusal(upload.id, offset);
    return begun.epoch;
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

  private async commit(uploadId: string, epoch: number, chunk: Chunk, expiry: number): Promise<Progress> {
    const progress = await this.rows.commit(uploadId, epoch, chunk, expiry);
    if (!progress) throw await this.refusal(uploadId, chunk.firstByte);
    return progress;
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
