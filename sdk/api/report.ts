import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Declarations, type Declaration } from './declarations.js';

const root = fileURLToPath(new URL('../', import.meta.url));

type PackageJson = { readonly exports: Readonly<Record<string, string | { readonly types: string }>> };

/** What the package promises, as it was last built: for each entry a file of names and signatures. */
export function apiReports(): Map<string, string> {
  const { exports } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as PackageJson;
  const declarations = new Declarations();
  /** What an entry before tells of already. */
  const told = new Set<string>();
  const reports = new Map<string, string>();
  for (const [entry, target] of Object.entries(exports)) {
    if (typeof target === 'string') continue;
    const name = entry === '.' ? 'core' : entry.slice(2);
    const exported = declarations.exportsOf(`${root}${target.types}`);
    reports.set(`${name}.txt`, report(`@earshot/sdk${entry.slice(1)}`, exported, declarations, told));
  }
  return reports;
}

const keyOf = ({ file, name }: Declaration): string => `${file} ${name}`;
const byText = (a: string, b: string): number => (a < b ? -1 : 1);

function report(
  title: string,
  exported: ReadonlyMap<string, Declaration>,
  declarations: Declarations,
  told: Set<string>,
): string {
  const lines: string[] = [];
  const reached: Declaration[] = [...exported.values()];
  const isPublic = new Set(reached.map(keyOf));
  for (const [name, declaration] of [...exported].toSorted(([a], [b]) => byText(a, b))) {
    const as = name === declaration.name ? '' : `// as ${name}\n`;
    lines.push(told.has(keyOf(declaration)) ? `// ${name}: told by an entry before` : as + declaration.text);
  }
  const behind = new Map<string, string>();
  const seen = new Set(isPublic);
  for (const declaration of reached) {
    if (told.has(keyOf(declaration))) continue;
    for (const next of declarations.namedBy(declaration)) {
      const key = keyOf(next);
      if (seen.has(key) || told.has(key)) continue;
      seen.add(key);
      reached.push(next);
      behind.set(key, next.text);
    }
  }
  for (const key of seen) told.add(key);
  const hidden = [...behind].toSorted(([a], [b]) => byText(a, b)).map(([, text]) => text);
  const sections = [`# ${title}`, ...lines];
  if (hidden.length > 0) sections.push('# named by these', ...hidden);
  return `${sections.join('\n\n')}\n`;
}
