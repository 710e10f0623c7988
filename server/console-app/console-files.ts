import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join, relative, sep } from 'node:path';

const SUFFIXES = { br: '.br', gzip: '.gz', identity: '' } as const;
export type Encoding = keyof typeof SUFFIXES;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** One file of the built console, as it goes over the wire. */
export interface ConsoleFile {
  readonly contentType: string;
  /** Its bytes never change under this name. */
  readonly immutable: boolean;
  readonly encodings: readonly Encoding[];
  /** Strong, with its quotes; each encoding has its own. */
  etag(encoding: Encoding): string;
  read(encoding: Encoding): Promise<Buffer>;
}

/** Where `npm run build` puts the console; the package is found from the sources and from dist alike. */
export function builtConsole(): string {
  const manifest = createRequire(import.meta.url).resolve('@earshot/console/package.json');
  return join(dirname(manifest), 'dist');
}

/** The one page. */
export const PAGE = 'index.html';

/**
 * The built files by their path below the folder. They are listed once for each build, so that no path of a stranger
 * ever reaches the disk; an empty map when the console was not built.
 */
export class ConsoleFiles {
  private builtAt: number | undefined;
  private listed: Promise<ReadonlyMap<string, ConsoleFile>> = Promise.resolve(new Map());

  constructor(private readonly folder: string) {}

  async all(): Promise<ReadonlyMap<string, ConsoleFile>> {
    const page = await stat(join(this.folder, PAGE)).catch(() => undefined);
    if (page?.mtimeMs !== this.builtAt) {
      this.builtAt = page?.mtimeMs;
      this.listed = list(this.folder);
    }
    return this.listed;
  }
}

async function list(folder: string): Promise<ReadonlyMap<string, ConsoleFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
  const known = new Set(names);
  const served = names.filter((name) => TYPES[extname(name)] !== undefined);
  return new Map(
    await Promise.all(served.map(async (name) => [name, await open(folder, name, known)] as const)),
  );
}

async function open(folder: string, name: string, known: ReadonlySet<string>): Promise<ConsoleFile> {
  const bytes = await readFile(join(folder, name));
  const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
  return {
    contentType: TYPES[extname(name)] ?? 'application/octet-stream',
    immutable: name.startsWith('assets/'),
    encodings: (['br', 'gzip', 'identity'] as const).filter((encoding) =>
      known.has(name + SUFFIXES[encoding]),
    ),
    etag: (encoding) => `"${hash}-${encoding}"`,
    read: (encoding) => readFile(join(folder, name + SUFFIXES[encoding])),
  };
}
