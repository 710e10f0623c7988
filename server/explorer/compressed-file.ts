import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Request, Response } from 'express';

const ENCODINGS = ['br', 'gzip', 'identity'] as const;
type Encoding = (typeof ENCODINGS)[number];

/** Half a second for the largest file; the best quality would take half a minute to save a tenth. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };

const compress: Readonly<Record<Encoding, (bytes: Buffer) => Promise<Buffer>>> = {
  br: (bytes) => promisify(brotliCompress)(bytes, BROTLI),
  gzip: (bytes) => promisify(gzip)(bytes),
  identity: (bytes) => Promise.resolve(bytes),
};

/** A file that never changes while the process runs: compressed once for each encoding, when it is first asked for. */
export class CompressedFile {
  private readonly bytes: Buffer;
  private readonly hash: string;
  private readonly encoded = new Map<Encoding, Promise<Buffer>>();

  constructor(
    private readonly contentType: string,
    text: string,
  ) {
    this.bytes = Buffer.from(text);
    this.hash = createHash('sha256').update(this.bytes).digest('base64url').slice(0, 22);
  }

  async send(req: Request, res: Response): Promise<void> {
    const encoding = ENCODINGS.find((name) => name === req.acceptsEncodings(...ENCODINGS)) ?? 'identity';
    res.setHeader('Content-Type', this.contentType);
    res.setHeader('Cache-Control', 'no-cache');
    res.setHeader('ETag', `"${this.hash}-${encoding}"`);
    res.vary('Accept-Encoding');
    if (encoding !== 'identity') res.setHeader('Content-Encoding', encoding);
    res.send(await this.in(encoding));
  }

  private in(encoding: Encoding): Promise<Buffer> {
    const known = this.encoded.get(encoding) ?? compress[encoding](this.bytes);
    this.encoded.set(encoding, known);
    return known;
  }
}
