import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** One import of production code: `from` and `to` are paths below the project, or `to` is a package. */
export interface Import {
  readonly from: string;
  readonly to: string;
}

const SOURCE = /\.tsx?$/;
const LEFT_OUT = /\.test\.tsx?$|(^|\/)(node_modules|dist|generated)\//;
const SPECIFIER = /(?:\bfrom|\bimport\(|^import)\s*'([^']+)'/gm;

/** Every import that the production code of these folders says, types included. */
export function importsOf(...folders: string[]): Import[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((path) => SOURCE.test(path) && !LEFT_OUT.test(path))
      .flatMap((from) =>
        [...readFileSync(from, 'utf8').matchAll(SPECIFIER)].map(([, specifier = '']) => ({
          from,
          to: specifier.startsWith('.')
            ? normalize(join(dirname(from), specifier)).replace(/\.js$/, '.ts')
            : specifier,
        })),
      ),
  );
}

/** The folder of the server that a path lies in, or the module that lies beside them. */
export function partOf(path: string): string {
  const [, first = '', ...rest] = path.split('/');
  return rest.length > 0 ? first : first.replace(/\.ts$/, '');
}

/** What a file of a feature is, by its name: `lead.reader.ts` is a reader. */
export function kindOf(path: string): string | undefined {
  return /\.(entity|type|inputs|filter|reader|service|resolver|route|job)\.ts$/.exec(path)?.[1];
}

/** As one line of a failure. */
export const told = ({ from, to }: Import): string => `${from} imports ${to}`;
