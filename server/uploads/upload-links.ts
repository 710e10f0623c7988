import { errors } from '../errors.js';
import { windowedExpiry, type UrlSigner } from '../http/signed-url.js';
import { LINK_SECONDS } from './limits.js';
import type { PresignedRequestType, UploadSessionType } from './upload.type.js';

/** For bytes whose sender names no type. */
export const UNKNOWN_TYPE = 'application/octet-stream';

/** The local store's presigned target. A link for uploading is none for listening, and the length is signed. */
export class UploadLinks {
  constructor(
    private readonly signer: UrlSigner,
    private readonly publicUrl: () => string,
  ) {}

  request(
    { id, byteSize, contentType }: Pick<UploadSessionType, 'id' | 'byteSize' | 'contentType'>,
    now = new Date(),
  ): PresignedRequestType {
    const expiresAt = windowedExpiry(now, LINK_SECONDS);
    const query = this.signer.sign(fields(id, byteSize), expiresAt);
    query.set('size', String(byteSize));
    return {
      method: 'PUT',
      url: `${this.publicUrl()}/uploads/${id}?${query.toString()}`,
      headers: [{ name: 'Content-Type', value: contentType ?? UNKNOWN_TYPE }],
      expiresAt,
    };
  }

  /** FORBIDDEN when anything was changed, EXPIRED when it was good once. Answers the signed length in bytes. */
  verify(id: string, query: URLSearchParams): number {
    const size = query.get('size') ?? '';
    if (!/^[1-9]\d{0,15}$/.test(size)) throw errors.forbidden('This link is not valid. Ask for a new one.');
    this.signer.verify(fields(id, Number(size)), query);
    return Number(size);
  }
}

function fields(upload: string, byteSize: number): Record<string, string> {
  return { purpose: 'upload', methods: 'PUT', upload, size: String(byteSize) };
}
