import type { IncomingMessage, ServerResponse } from 'node:http';
import { addAbortSignal } from 'node:stream';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LengthMismatch } from '../storage/storage.js';
import type { ByteRange } from '../storage/storage.js';
import { resolveRange } from './byte-range.js';
import { evaluatePreconditions, ifRangeHolds } from './conditional-request.js';

/** Bytes that a URL stands for. They never change behind that URL. */
export interface Representation {
  /** Exact. */
  byteSize: number;
  contentType: string;
  /** Strong, with its quotes. */
  etag: string;
  modifiedAt: Date;
  /** A Content-Disposition value, as `contentDisposition` makes it. */
  disposition: string;
  /** How long the client's own cache may answer without asking, in seconds; 0 or nothing: it asks each time. */
  maxAgeSeconds?: number | undefined;
  /** The bytes of the range, or all of them. `signal` is aborted when the client hangs up. */
  open(range: ByteRange | undefined, signal: AbortSignal): Promise<Readable>;
}

/**
 * Answers a GET or HEAD (anything else with 405) from a representation: 200, 206, 304, 412 or 416, as RFC 9110 sections
 * 13 and 14 say. Resolves when all is sent, or when the client has hung up, which is no error.
 *
 * Rejects when the source fails. Before its first byte nothing has been sent (`res.headersSent` is false), so that the
 * caller can still answer 503; after it the socket is destroyed already, so that a short body never looks complete.
 * A source that gives fewer or more bytes than announced fails with LengthMismatch.
 */
export async function sendBytes(
  req: Pick<IncomingMessage, 'method' | 'headers'>,
  res: ServerResponse,
  representation: Representation,
): Promise<void> {
  if (res.destroyed) return;
  const { byteSize } = representation;
  if (req.method !== 'GET' && req.method !== 'HEAD') return sendEmpty(res, 405, { Allow: 'GET, HEAD' });

  const precondition = evaluatePreconditions(req.headers, representation);
  if (precondition === 'failed') return sendEmpty(res, 412);
  if (precondition === 'not-modified') {
    res.writeHead(304, validatorHeaders(representation)).end();
    return;
  }

  const headers = bodyHeaders(representation);
  if (req.method === 'HEAD') {
    res.writeHead(200, { ...headers, 'Content-Length': byteSize }).end();
    return;
  }
  const rangeHeader = ifRangeHolds(req.headers, representation) ? req.headers.range : undefined;
  const resolved = resolveRange(rangeHeader, byteSize);
  if (resolved.kind === 'unsatisfiable') {
    return sendEmpty(res, 416, { 'Accept-Ranges': 'bytes', 'Content-Range': `bytes */${byteSize}` });
  }
  const range = resolved.kind === 'part' ? resolved.range : undefined;
  await sendBody(res, representation, range, headers);
}

type Headers = Record<string, string | number>;

/** For bytes that came from strangers: never a document of ours, whatever a browser takes them for. */
export const OF_STRANGERS = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; sandbox",
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'cross-origin',
} as const;

function validatorHeaders({ etag, modifiedAt, maxAgeSeconds }: Representation): Headers {
  if (!/^"[\x21\x23-\x7e]*"$/.test(etag)) throw new Error(`not a strong entity tag: ${etag}`);
  return {
    ETag: etag,
    'Last-Modified': modifiedAt.toUTCString(),
    // no-transform: an intermediary that compresses audio breaks its ranges.
    'Cache-Control': `private, no-transform, ${maxAgeSeconds ? `max-age=${maxAgeSeconds}` : 'no-cache'}`,
  };
}

function bodyHeaders(representation: Representation): Headers {
  return {
    ...validatorHeaders(representation),
    'Accept-Ranges': 'bytes',
    'Content-Type': representation.contentType,
    'Content-Disposition': representation.disposition,
    ...OF_STRANGERS,
  };
}

function sendEmpty(res: ServerResponse, status: number, headers: Headers = {}): void {
  res.writeHead(status, { ...headers, 'Cache-Control': 'no-store', 'Content-Length': 0 }).end();
}

async function sendBody(
  res: ServerResponse,
  representation: Representation,
  range: ByteRange | undefined,
  headers: Headers,
): Promise<void> {
  const { byteSize } = representation;
  const length = range ? range.last - range.first + 1 : byteSize;
  const writeHead = (): void => {
    const partHeaders = range && { 'Content-Range': `bytes ${range.first}-${range.last}/${byteSize}` };
    res.writeHead(range ? 206 : 200, { ...headers, ...partHeaders, 'Content-Length': length });
  };

  const hangUp = new AbortController();
  const onClose = (): void => hangUp.abort();
  res.once('close', onClose);
  try {
    const source = addAbortSignal(hangUp.signal, await representation.open(range, hangUp.signal));
    const chunks = exactly(source, length);
    // The head waits for the first byte: a source that fails at once can still be answered with an error.
    const first = await chunks.next();
    hangUp.signal.throwIfAborted();
    writeHead();
    await pipeline(async function* () {
      if (first.done) return;
      yield first.value;
      yield* chunks;
    }, res);
  } catch (error) {
    // A failing source closes the socket too, but only after this has run.
    const clientLeft = hangUp.signal.aborted;
    // Lets go of the source wherever we were.
    hangUp.abort();
    if (!clientLeft) throw error;
  } finally {
    res.off('close', onClose);
  }
}

/** Passes on `length` bytes, no more and no fewer. */
async function* exactly(source: Readable, length: number): AsyncGenerator<Buffer, void, undefined> {
  let sent = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    sent += chunk.length;
    if (sent > length) throw new LengthMismatch(length, sent);
    if (chunk.length > 0) yield chunk;
  }
  if (sent !== length) throw new LengthMismatch(length, sent);
}
