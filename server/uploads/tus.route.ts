import type { Request, Response } from 'express';
import { errors } from '../errors.js';
import type { Scope } from '../scope.js';
import type { Progress } from './chunk-rows.js';
import { BodyPieces } from './tus/body-pieces.js';
import { parseChecksum } from './tus/tus-checksum.js';
import { formatMetadata, parseMetadata } from './tus/tus-metadata.js';
import {
  assertVersion,
  bytesOf,
  declaredLength,
  hasBytes,
  OFFSET_STREAM,
  TUS_PATH,
} from './tus/tus-protocol.js';
import type { TusBody } from './tus/tus.service.js';

type ScopeHandler = (scope: Scope, req: Request, res: Response) => Promise<void>;

/** `HEAD /tus/:id`: how far the upload has come. */
export const tusStatus = speaking(async (scope, req, res) => {
  const upload = await scope.tusService.find(idOf(req));
  res.setHeader('Cache-Control', 'no-store');
  if (upload.lengthDeferred) res.setHeader('Upload-Defer-Length', '1');
  else res.setHeader('Upload-Length', String(upload.byteSize));
  res.setHeader('Upload-Metadata', formatMetadata(upload));
  tell(res, upload).status(200).end();
});

/** `PATCH /tus/:id`: the bytes from Upload-Offset on; what arrived before a cut is kept. */
export const tusAppend = speaking(async (scope, req, res) => {
  if (!hasBytes(req)) throw errors.unsupportedMediaType(`Send the bytes as ${OFFSET_STREAM}.`);
  const offset = bytesOf(req, 'Upload-Offset');
  if (offset === undefined)
    throw errors.badInput('Upload-Offset', 'Say where the bytes begin: send the header Upload-Offset.');
  const length = bytesOf(req, 'Upload-Length');
  const now = await withBody(req, (body) => scope.tusService.append(idOf(req), offset, length, body));
  tell(res, now).status(204).end();
});

/** `POST /tus`: opens an upload for the call of the metadata, or answers the one that is open; with its first bytes, or without. */
export const tusCreate =
  (publicUrl: () => string): ScopeHandler =>
  (scope, req, res) =>
    speaking(async () => {
      const metadata = parseMetadata(req.get('Upload-Metadata'));
      const upload = await scope.tusService.create(lengthOf(req), metadata);
      const base = new URL(publicUrl()).pathname.replace(/\/$/, '');
      res.setHeader('Location', `${base}${TUS_PATH}/${upload.id}`);
      // An upload that was answered again may have bytes already: the client learns how many, and sends the rest.
      const isFresh = upload.receivedBytes === 0;
      const now =
        hasBytes(req) && isFresh
          ? await withBody(req, (body) => scope.tusService.write(upload, body))
          : upload;
      tell(res, now).status(201).end();
    })(scope, req, res);

/** `DELETE /tus/:id`: gives the upload up. */
export const tusTerminate = speaking(async (scope, req, res) => {
  await scope.tusService.terminate(idOf(req));
  res.status(204).end();
});

function speaking(handler: ScopeHandler): ScopeHandler {
  return async (scope, req, res) => {
    assertVersion(req, res);
    await handler(scope, req, res);
  };
}

function idOf(req: Request): string {
  const { id = '' } = req.params as Record<string, string>;
  return id;
}

/** Undefined where the client defers it. */
function lengthOf(req: Request): number | undefined {
  const length = bytesOf(req, 'Upload-Length');
  const deferred = req.get('Upload-Defer-Length');
  if (deferred !== undefined && deferred !== '1')
    throw errors.badInput('Upload-Defer-Length', 'Upload-Defer-Length can only be 1.');
  if ((length === undefined) === (deferred === undefined))
    throw errors.badInput('Upload-Length', 'Send exactly one of Upload-Length and Upload-Defer-Length.');
  return length;
}

function tell(res: Response, { receivedBytes, expiresAt }: Progress): Response {
  res.setHeader('Upload-Offset', String(receivedBytes));
  res.setHeader('Upload-Expires', new Date(expiresAt).toUTCString());
  return res;
}

async function withBody<T>(req: Request, use: (body: TusBody) => Promise<T>): Promise<T> {
  const checksum = parseChecksum(req.get('Upload-Checksum'));
  const byteSize = declaredLength(req);
  const pieces = new BodyPieces(req);
  try {
    const result = await use({ pieces, byteSize, checksum });
    if (pieces.isCut) throw errors.badRequest('The connection ended before the body did.');
    return result;
  } finally {
    pieces.giveUp();
  }
}
