import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { bundle } from '@swc/core';

const CORE = 'sdk/core/index.ts';
const BUDGET_BYTES = 12_000;
const SOCKETS = 'graphql-ws/client';

interface Bundle {
  /** Minified, gzipped. */
  bytes: number;
  /** The files that went in. */
  modules: string[];
  /** What is left to be loaded. */
  imports: string[];
}

async function bundleOf(entry: string): Promise<Bundle> {
  const { app } = await bundle({
    mode: 'production',
    target: 'browser',
    entry: { app: `${process.cwd()}/${entry}` },
    output: { path: '/', name: 'app' },
    module: {},
    externalModules: [SOCKETS],
    options: {
      minify: true,
      sourceMaps: true,
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript' },
        minify: { compress: true, mangle: { toplevel: true } },
      },
    },
  });
  const { code, map } = app!;
  return {
    bytes: gzipSync(code, { level: 9 }).length,
    modules: (JSON.parse(map!) as { sources: string[] }).sources,
    imports: [...code.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']/g)].map((found) => found[1]!),
  };
}

/** The file that bundlers take for an import of graphql-ws. */
function fileOf(entry: '.' | './client'): string {
  const root = 'node_modules/graphql-ws';
  const { exports } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as {
    exports: Record<string, { import: { default: string } }>;
  };
  return `${root}/${exports[entry]!.import.default}`;
}

const parsers = ({ modules }: Bundle) => modules.filter((file) => file.includes('/node_modules/graphql/'));

describe("the SDK's core in a bundle", () => {
  it(`weighs at most ${BUDGET_BYTES} bytes, and loads the socket protocol only when it is needed`, async () => {
    const core = await bundleOf(CORE);
    expect(core.bytes).toBeLessThanOrEqual(BUDGET_BYTES);
    expect(core.imports).toEqual([SOCKETS]);
    expect(core.modules.filter((file) => !file.includes('/sdk/core/'))).toEqual([]);
  });

  it('brings no GraphQL parser, neither does the socket protocol', async () => {
    const sockets = await bundleOf(fileOf('./client'));
    expect(parsers(sockets)).toEqual([]);
    // The package's other entry is where the bundler stumbles over the parser.
    await expect(bundleOf(fileOf('.'))).rejects.toThrow('graphql');
  });

  it('pins the protocol that the server is tested with', () => {
    const versionIn = (file: string) =>
      (JSON.parse(readFileSync(file, 'utf8')) as { dependencies: Record<string, string> }).dependencies[
        'graphql-ws'
      ];
    expect(versionIn('sdk/package.json')).toBe(versionIn('package.json'));
  });
});
