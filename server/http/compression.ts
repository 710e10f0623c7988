import { promisify } from 'node:util';
import zlib, { constants } from 'node:zlib';
import type { Transform } from 'node:stream';
import type { Request, Response } from 'express';

/** The fastest of each: a page of 50 calls takes 60 to 90 µs and becomes a third or less, which no higher level betters by much. */
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
const GZIP = { level: 1 };

interface Encoder {
  /** As Content-Encoding has it. */
  readonly name: string;
  now(text: string): Buffer;
  later(text: string): Promise<Buffer>;
  stream(): Transform;
}

/** Best first. */
const ENCODERS: readonly Encoder[] = [
  {
    name: 'zstd',
    now: (text) => zlib.zstdCompressSync(text, ZSTD),
    later: (text) => promisify(zlib.zstdCompress)(text, ZSTD),
    stream: () => zlib.createZstdCompress(ZSTD),
  },
  {
    name: 'br',
    now: (text) => zlib.brotliCompressSync(text, BROTLI),
    later: (text) => promisify(zlib.brotliCompress)(text, BROTLI),
    stream: () => zlib.createBrotliCompress(BROTLI),
  },
  {
    name: 'gzip',
    now: (text) => zlib.gzipSync(text, GZIP),
    later: (text) => promisify(zlib.gzip)(text, GZIP),
    stream: () => zlib.createGzip(GZIP),
  },
];

/** Shorter answers fit into a packet as they are. */
const MIN_LENGTH = 1024;
/** Handing text to a thread and back costs three times what compressing a page does; longer ones would hold all others up. */
const MAX_LENGTH_NOW = 128 * 1024;

/**
 * Sends text, compressed where the client takes that.
 *
 * BREACH is no danger here: it needs a browser that a strange page makes ask again and again as its user, with text of
 * that page in the answer. We know nobody by a cookie; who cannot read the token cannot ask as its owner.
 */
export async function sendText(req: Request, res: Response, text: string): Promise<void> {
  const encoder = chooseEncoder(req, res, text.length >= MIN_LENGTH);
  if (!encoder) res.send(text);
  else res.send(text.length <= MAX_LENGTH_NOW ? encoder.now(text) : await encoder.later(text));
}

/** What a body of unknown length goes through on its way out: nothing, or one stream that compresses it. */
export function compressing(req: Request, res: Response): Transform[] {
  const encoder = chooseEncoder(req, res, true);
  return encoder ? [encoder.stream()] : [];
}

/** The headers say what it chose, and to caches that others may get another answer. */
function chooseEncoder(req: Request, res: Response, isWorthIt: boolean): Encoder | undefined {
  res.vary('Accept-Encoding');
  if (!isWorthIt) return undefined;
  const accepted = req.acceptsEncodings();
  const encoder = ENCODERS.find(({ name }) => accepted.includes(name));
  if (encoder) res.setHeader('Content-Encoding', encoder.name);
  return encoder;
}
