import type { Request, Response } from 'express';
import { errors } from '../errors.js';
import type { Scope } from '../scope.js';
import { requestBody } from './request-body.js';
import type { UploadLinks } from './upload-links.js';

/**
 * `PUT /uploads/:id?…`: the local store's presigned target. 201 when the file is stored, 412 when it was stored
 * before, as a PUT to S3 with `If-None-Match: *` answers: go on to finalizeUpload in both cases.
 */
export async function putUpload(
  links: UploadLinks,
  scope: Scope,
  req: Request,
  res: Response,
): Promise<void> {
  const { id = '' } = req.params as Record<string, string>;
  const byteSize = links.verify(id, new URL(req.originalUrl, 'http://localhost').searchParams);
  const declared = req.headers['content-length'];
  if (declared !== undefined && Number(declared) !== byteSize)
    throw errors.badInput('Content-Length', `This link is for exactly ${byteSize} bytes.`);
  const body = requestBody(req);
  try {
    const outcome = await scope.uploadService.put(id, body);
    res.status(outcome === 'already' ? 412 : 201).end();
  } finally {
    body.destroy();
  }
}
