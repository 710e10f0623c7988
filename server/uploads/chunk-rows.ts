import type { EntityManager } from '@mikro-orm/postgresql';
import { CompiledQuery } from 'kysely';
import { isoTime } from '../rows.js';
import { BEGIN_CHUNK, COMMIT_CHUNK } from './chunk-statements.js';
import { toUpload, type Chunk, type UploadRow } from './upload.reader.js';
import type { UploadSessionType } from './upload.type.js';

/** How far an upload has come. */
export type Progress = Pick<UploadSessionType, 'receivedBytes' | 'expiresAt'>;

/** An upload as a writer found it when it began, and the number that it took. */
export interface Begun {
  upload: UploadSessionType;
  epoch: number;
}

/** What a chunk does to the rows of its upload. */
export class ChunkRows {
  constructor(private readonly em: EntityManager) {}

  /**
   * Takes the next number of an open upload that goes on at `offset`; undefined where there is none. With `userId`,
   * only where it is theirs and goes by chunks.
   */
  async begin(uploadId: string, offset: number, userId?: string): Promise<Begun | undefined> {
    const row = await this.one<UploadRow>(BEGIN_CHUNK, [uploadId, offset, userId ?? null]);
    return row && { upload: toUpload(row), epoch: row.epoch };
  }

  /** Undefined: another writer began meanwhile, or the upload takes no more bytes. `expiry`: seconds. */
  async commit(
    uploadId: string,
    epoch: number,
    { firstByte, byteSize, sha256, key }: Chunk,
    expiry: number,
  ): Promise<Progress | undefined> {
    const row = await this.one<Pick<UploadRow, 'expires_at'>>(COMMIT_CHUNK, [
      uploadId,
      epoch,
      firstByte,
      byteSize,
      sha256,
      key,
      expiry,
    ]);
    return row && { receivedBytes: firstByte + byteSize, expiresAt: isoTime(row.expires_at) };
  }

  private async one<Row>(text: string, values: unknown[]): Promise<Row | undefined> {
    const query = CompiledQuery.raw(text, values);
    const { rows } = await this.em.getKysely().executeQuery<Row>(query);
    return rows[0];
  }
}
