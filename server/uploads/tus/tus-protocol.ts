import type { NextFunction, Request, Response } from 'express';
import { EarshotError, errors, type ErrorCode } from '../../errors.js';

/** The path below which tus clients find their uploads. */
export const TUS_PATH = '/tus';

/** The tus resumable upload protocol, as https://tus.io/protocols/resumable-upload describes it. */
export const TUS_VERSION = '1.0.0';
const EXTENSIONS = 'creation,creation-with-upload,creation-defer-length,expiration,checksum,termination';

/** The media type of every body with bytes of a file. */
export const OFFSET_STREAM = 'application/offset+octet-stream';

/** What some proxies only let through as POST. */
const OVERRIDABLE = ['PATCH', 'DELETE', 'HEAD'];

/** A refusal that tus answers with a status of its own. */
export class TusRefusal extends EarshotError {
  override readonly status: number;

  constructor(status: number, code: ErrorCode, message: string) {
    super(code, message);
    this.status = status;
  }
}

/** What every answer tells, also a refusal and a preflight: stands in front of all that could answer. */
export function tusProtocol(maxBytes: number, algorithms: readonly string[]) {
  return (req: Request, res: Response, next: NextFunction): void => {
    res.setHeader('Tus-Resumable', TUS_VERSION);
    if (req.method === 'OPTIONS') {
      res.setHeader('Tus-Version', TUS_VERSION);
      res.setHeader('Tus-Extension', EXTENSIONS);
      res.setHeader('Tus-Max-Size', String(maxBytes));
      res.setHeader('Tus-Checksum-Algorithm', algorithms.join(','));
    }
    const meant = req.get('X-HTTP-Method-Override')?.toUpperCase() ?? '';
    if (req.method === 'POST' && OVERRIDABLE.includes(meant)) req.method = meant;
    next();
  };
}

/** 412 unless the client speaks our version. */
export function assertVersion(req: Request, res: Response): void {
  if (req.get('Tus-Resumable') === TUS_VERSION) return;
  res.setHeader('Tus-Version', TUS_VERSION);
  throw new TusRefusal(412, 'BAD_REQUEST', `Send the header Tus-Resumable: ${TUS_VERSION}.`);
}

/** A header that counts bytes; undefined where there is none. */
export function bytesOf(req: Request, header: string): number | undefined {
  const text = req.get(header);
  if (text === undefined) return undefined;
  const bytes = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(bytes))
    throw errors.badInput(header, `${header} must be a number of bytes, 0 or more.`);
  return bytes;
}

/** Bytes that the client says it will send; undefined where it does not know. */
export function declaredLength(req: Request): number | undefined {
  return req.get('Transfer-Encoding') === undefined ? (bytesOf(req, 'Content-Length') ?? 0) : undefined;
}

/** Whether the body is bytes of the file: anything else is no part of this protocol. */
export function hasBytes(req: Request): boolean {
  return req.get('Content-Type')?.split(';')[0]?.trim().toLowerCase() === OFFSET_STREAM;
}
