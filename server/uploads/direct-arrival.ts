import { errors } from '../errors.js';
import {
  PartsRefused,
  UploadMissing,
  type DirectTransfer,
  type UploadedPart,
} from '../storage/direct-transfer.js';
import { ObjectExists, type Storage } from '../storage/storage.js';
import type { Transaction } from '../unit-of-work.js';
import { assertClaimed, assertWhole, partsRefused, type ClaimedPart } from './direct-parts.js';
import { storeAnswers } from './store-answers.js';
import { UploadSession } from './upload-session.entity.js';
import type { UploadSessionType } from './upload.type.js';

/** Finds out what of an upload has arrived in the store itself: the store is asked, never the client believed. */
export class DirectArrival {
  constructor(
    private readonly transaction: Transaction,
    private readonly storage: Storage,
    private readonly direct: DirectTransfer,
  ) {}

  /** The parts of an upload that is under way, by number. */
  async uploadedParts({ objectKey, multipartId, status }: UploadSessionType): Promise<UploadedPart[]> {
    if (objectKey === null || multipartId === null || status !== 'OPEN') return [];
    return (await this.list(objectKey, multipartId)) ?? [];
  }

  /**
   * Resolves with the key of the whole object; UPLOAD_INCOMPLETE where there is none yet. Safe to call again, at once or
   * after a lost answer: once the parts are put together, the object itself is the proof.
   */
  async whole(upload: UploadSessionType, claimed: readonly ClaimedPart[] | undefined): Promise<string> {
    const { objectKey, multipartId, byteSize } = upload;
    if (objectKey === null) throw errors.uploadIncomplete(0, byteSize);
    if (await this.isThere(objectKey, byteSize)) return objectKey;
    if (upload.strategy === 'PUT' || multipartId === null) throw errors.uploadIncomplete(0, byteSize);
    const stored = await this.list(objectKey, multipartId);
    if (!stored) return this.afterAll(upload, objectKey);
    if (claimed) assertClaimed(claimed, stored, byteSize);
    assertWhole(stored, byteSize);
    return this.complete(upload, objectKey, multipartId, stored);
  }

  private async complete(
    upload: UploadSessionType,
    objectKey: string,
    multipartId: string,
    parts: readonly UploadedPart[],
  ): Promise<string> {
    try {
      await storeAnswers(this.direct.completeMultipart(objectKey, multipartId, parts));
      return objectKey;
    } catch (error) {
      // Somebody else has finalized it meanwhile: nothing but the parts of this upload ever makes this object.
      if (error instanceof UploadMissing || error instanceof ObjectExists)
        return this.afterAll(upload, objectKey);
      if (error instanceof PartsRefused)
        throw partsRefused(
          'The store does not take the parts as they are. Ask for uploadedParts, send again what differs, and finalize again.',
        );
      throw error;
    }
  }

  /** The parts are gone: into the object, or for good. Then the next ones that are asked for begin anew. */
  private async afterAll(
    { id, byteSize, multipartId }: UploadSessionType,
    objectKey: string,
  ): Promise<string> {
    if (await this.isThere(objectKey, byteSize)) return objectKey;
    await this.transaction((em) =>
      em.nativeUpdate(
        UploadSession,
        { id, status: 'OPEN', multipartId },
        { objectKey: null, multipartId: null },
      ),
    );
    throw partsRefused(
      'The store has given up the parts of this upload. Send all of them again, and finalize again.',
    );
  }

  /** An object of another length can only come from a store that does not check what was signed: it is removed. */
  private async isThere(objectKey: string, byteSize: number): Promise<boolean> {
    const found = await storeAnswers(this.storage.head(objectKey));
    if (found && found.byteSize !== byteSize) await storeAnswers(this.storage.delete(objectKey));
    return found?.byteSize === byteSize;
  }

  /** Undefined: the store knows nothing of it, any more. */
  private async list(objectKey: string, multipartId: string): Promise<UploadedPart[] | undefined> {
    const parts: UploadedPart[] = [];
    try {
      for await (const part of this.direct.listParts(objectKey, multipartId)) parts.push(part);
      return parts;
    } catch (error) {
      if (error instanceof UploadMissing) return undefined;
      return storeAnswers(Promise.reject(error));
    }
  }
}
