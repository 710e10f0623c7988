import type { Request, Response } from 'express';
import { errors } from '../errors.js';
import { builtConsole, ConsoleFiles, PAGE, type ConsoleFile } from './console-files.js';

const ONE_YEAR = 'public, max-age=31536000, immutable';

export interface ConsoleAppOptions {
  /** Of every page; asked when it is sent, as the server's own address is known only then. */
  readonly policy: () => string;
  /** Where the built files are. */
  readonly folder?: string;
}

/**
 * The web console: one page and its assets, as `npm run build` made them. Anybody may load it; what it shows comes from
 * the API with the token of whoever signs in. An address below `/console/` that is no file is a page of the console's
 * own, so it is answered with the page; an asset that is not there, as after an update, is missing.
 */
export class ConsoleApp {
  private readonly files: ConsoleFiles;

  constructor(private readonly options: ConsoleAppOptions) {
    this.files = new ConsoleFiles(options.folder ?? builtConsole());
  }

  readonly page = async (req: Request, res: Response): Promise<void> =>
    this.send((await this.files.all()).get(PAGE), req, res);

  readonly file = async (req: Request, res: Response): Promise<void> => {
    const segments: unknown = req.params['path'];
    const name = Array.isArray(segments) ? segments.join('/') : '';
    const files = await this.files.all();
    const isAsset = name.startsWith('assets/') || files.has(name);
    await this.send(files.get(isAsset ? name : PAGE), req, res);
  };

  private async send(file: ConsoleFile | undefined, req: Request, res: Response): Promise<void> {
    if (!file) throw errors.notFound('page');
    const encoding =
      file.encodings.find((known) => known === req.acceptsEncodings(...file.encodings)) ?? 'identity';
    res.setHeader('Content-Type', file.contentType);
    res.setHeader('Cache-Control', file.immutable ? ONE_YEAR : 'no-cache');
    res.setHeader('ETag', file.etag(encoding));
    res.vary('Accept-Encoding');
    if (encoding !== 'identity') res.setHeader('Content-Encoding', encoding);
    if (!file.immutable) res.setHeader('Content-Security-Policy', this.options.policy());
    res.send(await file.read(encoding));
  }
}
