import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { Scope } from '../scope.js';
import { contentDisposition } from '../http/content-disposition.js';
import { compressing } from '../http/compression.js';
import type { ReportLinks } from './report-links.js';

const CONTENT_TYPE = {
  CSV: 'text/csv; charset=utf-8; header=present',
  NDJSON: 'application/x-ndjson',
} as const;

/** `GET|HEAD /reports/:id/:name?…`: whoever holds the signed link may read the report. Streamed, whatever its length. */
export async function streamReport(
  links: ReportLinks,
  scope: Scope,
  req: Request,
  res: Response,
): Promise<void> {
  const { id = '', name = '' } = req.params as Record<string, string>;
  const format = links.verify(id, name, new URL(req.originalUrl, 'http://localhost').searchParams);
  await scope.reportReader.assertExists(id);
  res.status(200).set({
    'Content-Type': CONTENT_TYPE[format],
    'Content-Disposition': contentDisposition('attachment', `migration-${id}.${format.toLowerCase()}`),
    'Cache-Control': 'private, no-store',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  });
  const compression = compressing(req, res);
  if (req.method === 'HEAD') {
    res.end();
    return;
  }
  await pipeline([Readable.from(scope.reportReader.lines(id, format)), ...compression, res]);
}
