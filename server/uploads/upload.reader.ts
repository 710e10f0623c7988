import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type Selectable } from 'kysely';
import { errors } from '../errors.js';
import { accessOf } from '../auth/policy.js';
import type { Viewer } from '../auth/viewer.js';
import { requireId } from '../graphql/inputs.js';
import { toFailure } from '../recordings/recording.reader.js';
import { isoTime, type Tables } from '../rows.js';
import { partSize } from '../storage/direct-transfer.js';
import { UPLOAD_COLUMNS } from './chunk-statements.js';
import { CHUNK_SIZE } from './limits.js';
import type { UploadChunkSchema } from './upload-chunk.entity.js';
import type { UploadSessionSchema } from './upload-session.entity.js';
import { UploadSessionType } from './upload.type.js';

export type UploadTables = Tables<typeof UploadSessionSchema | typeof UploadChunkSchema>;

export type UploadRow = Pick<Selectable<UploadTables['upload_sessions']>, (typeof UPLOAD_COLUMNS)[number]>;

export interface Chunk {
  firstByte: number;
  byteSize: number;
  sha256: string;
  key: string;
}

export class UploadReader {
  constructor(private readonly em: EntityManager) {}

  /** An upload is for those who may upload for such a call: their own, or all; for others it does not exist. */
  async get(id: string, viewer: Viewer): Promise<UploadSessionType> {
    const upload = await this.find(requireId('upload', id));
    if (!upload || !sees(viewer, upload)) throw errors.notFound('upload');
    return upload;
  }

  async find(id: string): Promise<UploadSessionType | undefined> {
    const row = await this.em
      .getKysely<UploadTables>()
      .selectFrom('upload_sessions')
      .select(UPLOAD_COLUMNS)
      .where('id', '=', id)
      .executeTakeFirst();
    return row && toUpload(row);
  }

  /** The chunks that arrived, in order. */
  chunks(uploadId: string): Promise<Chunk[]> {
    return this.em
      .getKysely<UploadTables>()
      .selectFrom('upload_chunks')
      .select(['first_byte as firstByte', 'byte_size as byteSize', 'sha256', 'key'])
      .where('upload_id', '=', uploadId)
      .orderBy('first_byte')
      .execute();
  }

  chunkAt(uploadId: string, firstByte: number): Promise<Chunk | undefined> {
    return this.em
      .getKysely<UploadTables>()
      .selectFrom('upload_chunks')
      .select(['first_byte as firstByte', 'byte_size as byteSize', 'sha256', 'key'])
      .where('upload_id', '=', uploadId)
      .where('first_byte', '=', firstByte)
      .executeTakeFirst();
  }

  /** The bytes that this user's uploads of the last 24 hours hold. What was given up or refused does not count. */
  async quotaUsed(userId: string): Promise<number> {
    const { used } = await this.em
      .getKysely<UploadTables>()
      .selectFrom('upload_sessions')
      .select(sql<number>`coalesce(sum(byte_size), 0)::bigint`.as('used'))
      .where('user_id', '=', userId)
      .where('status', 'in', ['OPEN', 'FINALIZING', 'COMPLETED'])
      .where('inserted_at', '>', sql<string>`now() - interval '24 hours'`)
      .executeTakeFirstOrThrow();
    return used;
  }
}

export function toUpload(row: UploadRow): UploadSessionType {
  return Object.assign(new UploadSessionType(), {
    id: row.id,
    status: row.status,
    strategy: row.strategy,
    byteSize: row.byte_size,
    lengthDeferred: row.length_deferred,
    receivedBytes: row.received_bytes,
    chunkSize: row.strategy === 'MULTIPART' ? partSize(row.byte_size) : CHUNK_SIZE,
    expiresAt: isoTime(row.expires_at),
    error: toFailure(row.error_code, row.error_message, row.error_at),
    userId: row.user_id,
    callLogId: row.call_log_id,
    catiCallId: row.cati_call_id,
    recordingId: row.recording_id,
    objectKey: row.object_key,
    multipartId: row.multipart_id,
    contentType: row.content_type,
    filename: row.filename,
    sha256: row.sha256,
  });
}

/** Those who may upload for such a call: their own, or all. */
export function sees(viewer: Viewer, { userId, callLogId }: UploadSessionType): boolean {
  const access = accessOf(viewer, callLogId === null ? 'catiCalls.upload' : 'callLogs.upload');
  return access === 'all' || (access === 'own' && userId === viewer.id);
}
