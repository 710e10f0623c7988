import type { EntityManager } from '@mikro-orm/postgresql';
import { pipeline } from 'node:stream';
import { errors } from '../../errors.js';
import type { Progress } from '../chunk-rows.js';
import { notOpen, type ChunkWriter } from '../chunk-writer.js';
import type { UploadService } from '../upload.service.js';
import type { UploadTables } from '../upload.reader.js';
import type { UploadSessionType } from '../upload.type.js';
import type { BodyPieces } from './body-pieces.js';
import { ChecksummedBytes, type Checksum } from './tus-checksum.js';
import type { TusMetadata } from './tus-metadata.js';

/** Bytes of a body that are kept together: the most that a killed server loses of what it had received. */
export const PIECE_BYTES = 8 * 1024 * 1024;

export interface TusBody {
  pieces: BodyPieces;
  /** Bytes to come, where the client says so. */
  byteSize: number | undefined;
  checksum: Checksum | undefined;
}

export interface TusLimits {
  /** Bytes of the largest file. */
  maxBytes: number;
  /** Seconds that an upload without a new byte stays open. */
  expiry: number;
}

/** What tus asks of uploads that go by chunks; rules, quota and verifying are theirs. */
export class TusService {
  constructor(
    private readonly uploads: UploadService,
    private readonly chunks: ChunkWriter,
    private readonly em: EntityManager,
    private readonly limits: TusLimits,
  ) {}

  /** Undefined: the client tells the length later; until then the largest file is reserved. */
  async create(byteSize: number | undefined, metadata: TusMetadata): Promise<UploadSessionType> {
    const { filetype, ...facts } = metadata;
    const upload = await this.uploads.request({
      ...facts,
      ...(filetype !== undefined && { contentType: filetype }),
      byteSize: byteSize ?? this.limits.maxBytes,
      strategy: 'CHUNKED',
    });
    if (byteSize === undefined && !upload.lengthDeferred) {
      await this.open(upload).set({ length_deferred: true }).execute();
      upload.lengthDeferred = true;
    }
    return upload;
  }

  /** An upload that is there for tus. What was finalized and not told for lack of a connection is made up for. */
  async find(id: string): Promise<UploadSessionType> {
    const upload = await this.live(id);
    await this.finish(upload);
    return upload;
  }

  /** Stores the body at `offset`, and verifies the file once it is whole. */
  async append(id: string, offset: number, length: number | undefined, body: TusBody): Promise<Progress> {
    const begun = length === undefined ? await this.uploads.begin(id, offset) : undefined;
    if (begun) return this.write(begun.upload, body, begun.epoch);
    const upload = await this.live(id);
    if (length !== undefined) await this.declare(upload, length);
    if (offset !== upload.receivedBytes) throw errors.offsetMismatch(upload.receivedBytes);
    return this.write(upload, body);
  }

  /** Stores the body behind what is there. `epoch`: the number of a writer that has begun. */
  async write(upload: UploadSessionType, body: TusBody, epoch?: number): Promise<Progress> {
    const left = upload.byteSize - upload.receivedBytes;
    if (body.byteSize !== undefined && body.byteSize > left) throw errors.tooLarge('body', left);
    for (let next = epoch; await body.pieces.more(); next = undefined) {
      if (upload.status !== 'OPEN') throw notOpen(upload);
      Object.assign(upload, await this.store(upload, body, next));
    }
    await this.finish(upload);
    return upload;
  }

  async terminate(id: string): Promise<void> {
    await this.uploads.cancel((await this.live(id)).id);
  }

  /** With a checksum the rest of the body counts whole or not at all; without, each piece counts when it is there. */
  private store(
    upload: UploadSessionType,
    { pieces, checksum }: TusBody,
    epoch: number | undefined,
  ): Promise<Progress> {
    const left = upload.byteSize - upload.receivedBytes;
    const bytes = pieces.take(checksum || left <= PIECE_BYTES ? Infinity : PIECE_BYTES);
    const source = checksum ? pipeline(bytes, new ChecksummedBytes(checksum), () => undefined) : bytes;
    return this.chunks.append(upload, source, {
      offset: upload.receivedBytes,
      limit: left,
      field: 'body',
      expiry: this.limits.expiry,
      epoch,
    });
  }

  /** What tus may see of uploads: those that go by chunks, 410 once nothing can come of them. */
  private async live(id: string): Promise<UploadSessionType> {
    const upload = await this.uploads.get(id);
    if (upload.strategy !== 'CHUNKED')
      throw errors.conflict(`This upload goes by ${upload.strategy}. Request one with strategy CHUNKED.`);
    const { status } = upload;
    if (status === 'CANCELLED' || status === 'EXPIRED' || status === 'FAILED')
      throw errors.expired(`This upload is ${status}. Create a new one.`);
    return upload;
  }

  /** Sets the length that was deferred, once. */
  private async declare(upload: UploadSessionType, length: number): Promise<void> {
    if (!upload.lengthDeferred) {
      if (length === upload.byteSize) return;
      throw errors.badInput(
        'Upload-Length',
        `The length of this upload is ${upload.byteSize} bytes already.`,
      );
    }
    if (length > this.limits.maxBytes) throw errors.tooLarge('Upload-Length', this.limits.maxBytes);
    if (length < Math.max(1, upload.receivedBytes))
      throw errors.badInput('Upload-Length', `${upload.receivedBytes} bytes have arrived already.`);
    const { numUpdatedRows } = await this.open(upload)
      .set({ byte_size: length, length_deferred: false })
      .where('length_deferred', '=', true)
      .where('received_bytes', '<=', length)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n)
      throw errors.conflict('Another request was faster. Ask how far the upload is.');
    Object.assign(upload, { byteSize: length, lengthDeferred: false });
  }

  private open({ id }: UploadSessionType) {
    return this.em
      .getKysely<UploadTables>()
      .updateTable('upload_sessions')
      .where('id', '=', id)
      .where('status', '=', 'OPEN');
  }

  private async finish(upload: UploadSessionType): Promise<void> {
    const isWhole = !upload.lengthDeferred && upload.receivedBytes === upload.byteSize;
    if (isWhole && upload.status === 'OPEN') await this.uploads.finalize({ uploadId: upload.id });
  }
}
