import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

/** Smaller files gain nothing. */
const MIN_BYTES = 1024;
/** One step below the best: a tenth of its time, a few hundred bytes more. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } };

/** Writes `name.br` and `name.gz` beside each script, style and page, so that the server compresses nothing. */
export function precompressed(): Plugin {
  return {
    name: 'precompressed',
    apply: 'build',
    generateBundle: {
      order: 'post',
      async handler(_options, bundle) {
        for (const [name, item] of Object.entries(bundle)) {
          const bytes = Buffer.from(item.type === 'chunk' ? item.code : item.source);
          if (!/\.(js|css|html|svg)$/.test(name) || bytes.length < MIN_BYTES) continue;
          const [br, gz] = await Promise.all([
            promisify(brotliCompress)(bytes, BROTLI),
            promisify(gzip)(bytes),
          ]);
          this.emitFile({ type: 'asset', fileName: `${name}.br`, source: br });
          this.emitFile({ type: 'asset', fileName: `${name}.gz`, source: gz });
        }
      },
    },
  };
}
