import type { Readable } from 'node:stream';
import type { Viewer } from '../auth/viewer.js';
import { EarshotError, errors } from '../errors.js';
import { requireId, sha256Hex } from '../graphql/inputs.js';
import type { Transaction } from '../unit-of-work.js';
import type { Begun } from './chunk-rows.js';
import { notOpen, type ChunkWriter } from './chunk-writer.js';
import type { DirectArrival } from './direct-arrival.js';
import type { DirectLinks } from './direct-links.js';
import type { ClaimedPart } from './direct-parts.js';
import type { FinalizeUpload } from './finalize-upload.js';
import { MAX_CHUNK_BYTES } from './limits.js';
import type { RequestUpload } from './request-upload.js';
import type { SimpleUpload } from './simple-upload.js';
import { UploadSession } from './upload-session.entity.js';
import type { UploadTargets } from './upload-target.js';
import type {
  AppendChunkInput,
  FinalizeUploadInput,
  RequestUploadInput,
  UploadRecordingInput,
} from './upload.inputs.js';
import { sees, type UploadReader } from './upload.reader.js';
import type { UploadLinks } from './upload-links.js';
import type {
  PresignedPartType,
  PresignedRequestType,
  UploadedPartType,
  UploadSessionType,
} from './upload.type.js';

export interface DirectUpload {
  readonly links: DirectLinks;
  readonly arrival: DirectArrival;
}

/** What a viewer does with uploads, from the request to the finalized file. */
export class UploadService {
  constructor(
    private readonly viewer: () => Viewer,
    private readonly reader: UploadReader,
    private readonly targets: UploadTargets,
    private readonly requests: RequestUpload,
    private readonly chunks: ChunkWriter,
    private readonly finalizer: FinalizeUpload,
    private readonly simple: SimpleUpload,
    private readonly links: UploadLinks,
    /** Where clients exchange bytes with the store itself. */
    private readonly direct: DirectUpload | undefined,
    private readonly transaction: Transaction,
    private readonly expiry: number,
  ) {}

  get(id: string): Promise<UploadSessionType> {
    return this.reader.get(id, this.viewer());
  }

  async request(input: RequestUploadInput): Promise<UploadSessionType> {
    const target = await this.targets.find(input);
    return this.get(await this.requests.request(input, target));
  }

  /** The signed request of an open PUT; null for the other strategies, and once the bytes are there. */
  async presigned(upload: UploadSessionType): Promise<PresignedRequestType | null> {
    const waits = upload.strategy === 'PUT' && upload.status === 'OPEN' && upload.receivedBytes === 0;
    if (!waits) return null;
    return upload.objectKey === null
      ? this.links.request(upload)
      : this.directOf().links.put(upload, upload.objectKey);
  }

  /** Signed part targets: only an upload by MULTIPART has them. */
  async parts(upload: UploadSessionType, numbers: readonly number[]): Promise<PresignedPartType[]> {
    if (upload.strategy !== 'MULTIPART')
      throw errors.badInput('numbers', `This upload goes by ${upload.strategy}: it has no parts.`);
    return this.directOf().links.parts(upload, numbers);
  }

  /** What the store has of an open upload by MULTIPART; nothing for the other strategies. */
  async uploadedParts(upload: UploadSessionType): Promise<UploadedPartType[]> {
    return upload.strategy === 'MULTIPART' ? this.directOf().arrival.uploadedParts(upload) : [];
  }

  async append({ uploadId, offset, chunk, sha256 }: AppendChunkInput): Promise<UploadSessionType> {
    const source = (await chunk).createReadStream();
    try {
      const hash = sha256Hex('sha256', sha256);
      const begun = await this.begin(uploadId, offset);
      const upload = begun?.upload ?? (await this.open(uploadId));
      if (upload.strategy !== 'CHUNKED')
        throw errors.badInput('uploadId', `This upload goes by ${upload.strategy}, not by chunks.`);
      if (offset < 0) throw errors.badInput('offset', 'offset must be 0 or more.');
      const progress = await this.chunks.append(upload, source, {
        offset,
        limit: MAX_CHUNK_BYTES,
        field: 'chunk',
        sha256: hash,
        expiry: this.expiry,
        epoch: begun?.epoch,
      });
      return Object.assign(upload, progress);
    } finally {
      source.destroy();
    }
  }

  /** The viewer's own upload, with the number of a writer that goes on at `offset`; undefined: it must be looked at. */
  async begin(id: string, offset: number): Promise<Begun | undefined> {
    const viewer = this.viewer();
    const begun = await this.chunks.beginOwn(requireId('upload', id), offset, viewer.id);
    return begun && sees(viewer, begun.upload) ? begun : undefined;
  }

  /** The local store's presigned PUT: the whole file at once; its signed link has said who sends it. */
  async put(uploadId: string, source: Readable): Promise<'stored' | 'already'> {
    const upload = await this.reader.find(requireId('upload', uploadId));
    if (upload?.strategy !== 'PUT' || upload.objectKey !== null) throw errors.notFound('upload');
    const over = upload.status === 'CANCELLED' || upload.status === 'EXPIRED';
    if (upload.receivedBytes === upload.byteSize && !over) return 'already';
    if (upload.status !== 'OPEN') throw notOpen(upload);
    try {
      await this.chunks.append(upload, source, {
        offset: 0,
        limit: upload.byteSize,
        field: 'body',
        whole: true,
        expiry: this.expiry,
      });
      return 'stored';
    } catch (error) {
      // The same PUT, sent again, was faster.
      if (error instanceof EarshotError && error.details.expectedOffset === upload.byteSize) return 'already';
      throw error;
    }
  }

  async uploadWhole(input: UploadRecordingInput): Promise<UploadSessionType> {
    return this.get(await this.simple.upload(input));
  }

  async finalize({ uploadId, sha256, parts }: FinalizeUploadInput): Promise<UploadSessionType> {
    const upload = await this.get(uploadId);
    if (parts != null && upload.strategy !== 'MULTIPART')
      throw errors.badInput('parts', `This upload goes by ${upload.strategy}: it has no parts.`);
    const hash = sha256Hex('sha256', sha256);
    // Whoever lost the lead meanwhile may not attach to its calls any more.
    if (upload.status === 'OPEN') await this.targets.find(upload);
    await this.finalizer.finalize(upload.id, hash, await this.arrived(upload, parts ?? undefined));
    return this.get(uploadId);
  }

  /** The whole object of an upload that went to the store itself; undefined for one that came through the server. */
  private async arrived(
    upload: UploadSessionType,
    parts: readonly ClaimedPart[] | undefined,
  ): Promise<string | undefined> {
    const isDirect = upload.strategy === 'MULTIPART' || upload.objectKey !== null;
    return isDirect && upload.status === 'OPEN' ? this.directOf().arrival.whole(upload, parts) : undefined;
  }

  private directOf(): DirectUpload {
    if (this.direct) return this.direct;
    throw errors.conflict('This upload was begun on another store. Cancel it and request a new one.');
  }

  async cancel(uploadId: string): Promise<UploadSessionType> {
    const { id } = await this.get(uploadId);
    await this.transaction((em) =>
      em.nativeUpdate(UploadSession, { id, status: 'OPEN' }, { status: 'CANCELLED' }),
    );
    const upload = await this.get(uploadId);
    if (upload.status === 'CANCELLED') return upload;
    if (upload.status === 'EXPIRED') throw notOpen(upload);
    throw errors.conflict(`This upload is ${upload.status}: it is too late to cancel it.`);
  }

  private async open(uploadId: string): Promise<UploadSessionType> {
    const upload = await this.get(uploadId);
    if (upload.status !== 'OPEN') throw notOpen(upload);
    return upload;
  }
}
