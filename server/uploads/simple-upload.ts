import { newId } from '../entity.js';
import { sha256Hex } from '../graphql/inputs.js';
import type { Storage } from '../storage/storage.js';
import type { Transaction } from '../unit-of-work.js';
import type { FinalizeUpload } from './finalize-upload.js';
import type { RequestUpload, UploadFacts } from './request-upload.js';
import { discardRefused, storeChunk } from './store-chunk.js';
import { chunkKey } from './upload-keys.js';
import type { UploadTargets } from './upload-target.js';
import type { UploadRecordingInput } from './upload.inputs.js';

/** A whole file in one GraphQL request: its size is known only when it is here, so its session is opened behind it. */
export class SimpleUpload {
  constructor(
    private readonly targets: UploadTargets,
    private readonly requests: RequestUpload,
    private readonly finalizer: FinalizeUpload,
    private readonly transaction: Transaction,
    private readonly storage: Storage,
    private readonly maxBytes: number,
  ) {}

  /** Answers the upload's id; its bytes are being verified. */
  async upload(input: UploadRecordingInput): Promise<string> {
    const file = await input.file;
    const source = file.createReadStream();
    try {
      const sha256 = sha256Hex('sha256', input.sha256);
      const target = await this.targets.find(input);
      const id = newId();
      const key = chunkKey(id, 0, newId());
      const stored = await storeChunk(this.storage, key, source, {
        limit: this.maxBytes,
        field: 'file',
        sha256,
        place: 'beginning',
      });
      const filename = plainName(file.filename);
      const facts: UploadFacts = {
        byteSize: stored.byteSize,
        strategy: 'PUT',
        contentType: null,
        filename,
        sha256: stored.sha256,
        idempotencyKey: null,
      };
      await this.transaction(async (em) => {
        const session = await this.requests.openFor(em, { ...stored, firstByte: 0, key }, facts, target, id);
        await this.finalizer.finalizeIn(em, session, undefined);
      }).catch(async (error: unknown) => {
        await discardRefused(this.storage, key, error);
        throw error;
      });
      return id;
    } finally {
      source.destroy();
    }
  }
}

/** A name for people: what a database or a page could stumble over is left out, and its end if it is long. */
function plainName(filename: string): string | null {
  const name = filename
    .replaceAll(/\p{Cc}/gu, '')
    .slice(0, 255)
    .toWellFormed();
  return name === '' ? null : name;
}
