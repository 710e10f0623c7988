import type { Readable } from 'node:stream';
import type { Viewer } from '../auth/viewer.js';
import { EarshotError, errors } from '../errors.js';
import { requireId, sha256Hex } from '../graphql/inputs.js';
import type { Transaction } from '../unit-of-work.js';
import { notOpen, type ChunkWriter } from './chunk-writer.js';
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
import type { UploadReader } from './upload.reader.js';
import type { UploadLinks } from './upload-links.js';
import type { PresignedRequestType, UploadSessionType } from './upload.type.js';

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
  presigned(upload: UploadSessionType): PresignedRequestType | null {
    const waits = upload.strategy === 'PUT' && upload.status === 'OPEN' && upload.receivedBytes === 0;
    return waits ? this.links.request(upload) : null;
  }

  /** Signed part targets: only an upload by MULTIPART has them. */
  parts({ strategy }: UploadSessionType): never {
    throw errors.badInput('numbers', `This upload goes by ${strategy}: it has no parts.`);
  }

  async append({ uploadId, offset, chunk, sha256 }: AppendChunkInput): Promise<UploadSessionType> {
    const source = (await chunk).createReadStream();
    try {
      const upload = await this.open(uploadId);
      if (upload.strategy !== 'CHUNKED')
        throw errors.badInput('uploadId', `This upload goes by ${upload.strategy}, not by chunks.`);
      if (offset < 0) throw errors.badInput('offset', 'offset must be 0 or more.');
      const hash = sha256Hex('sha256', sha256);
      await this.chunks.append(upload, source, {
        offset,
        limit: MAX_CHUNK_BYTES,
        field: 'chunk',
        sha256: hash,
        expiry: this.expiry,
      });
    } finally {
      source.destroy();
    }
    return this.get(uploadId);
  }

  /** The local store's presigned PUT: the whole file at once; its signed link has said who sends it. */
  async put(uploadId: string, source: Readable): Promise<'stored' | 'already'> {
    const upload = await this.reader.find(requireId('upload', uploadId));
    if (!upload || upload.strategy !== 'PUT') throw errors.notFound('upload');
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
    // Whoever lost the lead meanwhile may not attach to its calls any more.
    if (upload.status === 'OPEN') await this.targets.find(upload);
    await this.finalizer.finalize(upload.id, sha256Hex('sha256', sha256));
    return this.get(uploadId);
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
