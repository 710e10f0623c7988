import { newId } from '../entity.js';
import { errors } from '../errors.js';
import { MAX_SIGNED_PARTS, type DirectTransfer, type SignedRequest } from '../storage/direct-transfer.js';
import type { Transaction } from '../unit-of-work.js';
import { notOpen } from './chunk-writer.js';
import { partsOf } from './direct-parts.js';
import { LINK_SECONDS } from './limits.js';
import { storeAnswers } from './store-answers.js';
import { directKey } from './upload-keys.js';
import { UNKNOWN_TYPE } from './upload-links.js';
import { UploadSession } from './upload-session.entity.js';
import type { UploadReader } from './upload.reader.js';
import type {
  HttpHeaderType,
  PresignedPartType,
  PresignedRequestType,
  UploadSessionType,
} from './upload.type.js';

interface Transfer {
  objectKey: string;
  multipartId: string;
}

/** Signed targets in the store itself, for a file as a whole or by parts. */
export class DirectLinks {
  constructor(
    private readonly transaction: Transaction,
    private readonly reader: UploadReader,
    private readonly direct: DirectTransfer,
    /** Seconds that an upload stays open after somebody asked where to send its parts. */
    private readonly expiry: number,
  ) {}

  /** For an upload by PUT. */
  async put(upload: UploadSessionType, objectKey: string): Promise<PresignedRequestType> {
    const { byteSize, contentType, sha256 } = upload;
    const signed = await storeAnswers(
      this.direct.signPut(objectKey, {
        byteSize,
        contentType: contentType ?? UNKNOWN_TYPE,
        sha256: sha256 ?? undefined,
        expiresInSeconds: LINK_SECONDS,
      }),
    );
    return { ...signed, headers: headersOf(signed) };
  }

  /** For an upload by parts: those with these numbers. The first ones that are asked for begin it in the store. */
  async parts(upload: UploadSessionType, numbers: readonly number[]): Promise<PresignedPartType[]> {
    if (upload.status !== 'OPEN') throw notOpen(upload);
    const all = partsOf(upload.byteSize);
    if (numbers.length > MAX_SIGNED_PARTS)
      throw errors.badInput('numbers', `Ask for at most ${MAX_SIGNED_PARTS} parts at a time.`, {
        limit: MAX_SIGNED_PARTS,
      });
    const wanted = numbers.map((number) => {
      if (number < 1 || number > all.count)
        throw errors.badInput('numbers', `This upload has parts 1 to ${all.count}.`, { limit: all.count });
      return { number, byteSize: all.byteSizeOf(number) };
    });
    if (wanted.length === 0) return [];
    const { objectKey, multipartId } = await this.begun(upload);
    await this.keepOpen(upload);
    const signed = await storeAnswers(this.direct.signParts(objectKey, multipartId, wanted, LINK_SECONDS));
    return signed.map((part) => {
      const { number, url, expiresAt } = part;
      return { number, url, expiresAt, headers: headersOf(part) };
    });
  }

  private async keepOpen({ id }: UploadSessionType): Promise<void> {
    const expiresAt = new Date(Date.now() + this.expiry * 1000);
    await this.transaction((em) => em.nativeUpdate(UploadSession, { id, status: 'OPEN' }, { expiresAt }));
  }

  /** Of two that begin at once, one is given up. */
  private async begun(upload: UploadSessionType): Promise<Transfer> {
    if (upload.objectKey !== null && upload.multipartId !== null)
      return { objectKey: upload.objectKey, multipartId: upload.multipartId };
    const objectKey = directKey(upload.id, newId());
    const contentType = upload.contentType ?? UNKNOWN_TYPE;
    const multipartId = await storeAnswers(this.direct.createMultipart(objectKey, { contentType }));
    const begun = await this.transaction((em) =>
      em.nativeUpdate(
        UploadSession,
        { id: upload.id, status: 'OPEN', multipartId: null },
        { objectKey, multipartId },
      ),
    );
    if (begun === 1) return { objectKey, multipartId };
    await storeAnswers(this.direct.abortMultipart(objectKey, multipartId));
    const now = await this.reader.find(upload.id);
    if (!now) throw errors.notFound('upload');
    if (now.status !== 'OPEN') throw notOpen(now);
    return this.begun(now);
  }
}

function headersOf({ headers }: SignedRequest): HttpHeaderType[] {
  return Object.entries(headers).map(([name, value]) => ({ name, value }));
}
