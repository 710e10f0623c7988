import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** A declaration of an emitted `.d.ts`, without its comments. */
export interface Declaration {
  readonly file: string;
  readonly name: string;
  readonly text: string;
}

/** Where a name of a module comes from; `*` is the whole module. */
interface Origin {
  readonly file: string;
  readonly name: string;
}

interface Module {
  readonly declarations: ReadonlyMap<string, string>;
  readonly imports: ReadonlyMap<string, Origin>;
  readonly exports: ReadonlyMap<string, Origin>;
  /** Whose every export it passes on. */
  readonly wholes: readonly string[];
}

const COMMENT = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;
const STATEMENT = /^(?=(?:export|import|declare|type|interface)\b)/m;
const DECLARED =
  /^(?:export )?(?:declare )?(?:abstract )?(?:type|interface|class|const|let|function) ([\w$]+)/;
const FROM = /^(import|export) (?:type )?(?:\{([^}]*)\}|\* as (\w+)) from '(\.[^']*)';?$/;
const WHOLE = /^export \* from '(\.[^']*)';?$/;
const OWN_EXPORTS = /^export (?:type )?\{([^}]*)\};?$/;
const PRIVATE_MEMBER = /^ +(?:#private|private )[^;]*;\n/gm;

/** `A, type B as C` → [A, A], [B, C]. */
function namesIn(list: string): [string, string][] {
  return list
    .split(',')
    .map((part) => part.trim().replace(/^type /, ''))
    .filter((part) => part !== '')
    .map((part) => {
      const [name = '', as = name] = part.split(' as ');
      return [name, as];
    });
}

/** What TypeScript emits is regular enough to be read without a parser: each statement begins its line. */
export class Declarations {
  readonly #modules = new Map<string, Module>();

  /** The exports of a module by name, each with the declaration that it leads to. */
  exportsOf(file: string): Map<string, Declaration> {
    const { exports, wholes } = this.#module(file);
    const found = new Map<string, Declaration>();
    for (const whole of wholes)
      for (const [name, declaration] of this.exportsOf(whole)) found.set(name, declaration);
    for (const [name, origin] of exports) {
      const declaration = this.#follow(origin);
      if (!declaration) throw new Error(`${file} exports ${name}, and it is declared nowhere.`);
      found.set(name, declaration);
    }
    return found;
  }

  /** The declarations that this one's text names. */
  namedBy({ file, name, text }: Declaration): Declaration[] {
    const { imports, declarations } = this.#module(file);
    const origins: Origin[] = [];
    for (const [, path = '', member = ''] of text.matchAll(/import\("(\.[^"]+)"\)\.(\w+)/g))
      origins.push({ file: fileAt(file, path), name: member });
    for (const [, first = '', member = ''] of text.matchAll(/\b([A-Za-z_$][\w$]*)(?:\.(\w+))?/g)) {
      const imported = imports.get(first);
      if (imported?.name === '*') origins.push({ file: imported.file, name: member });
      else if (imported) origins.push(imported);
      else if (declarations.has(first) && first !== name) origins.push({ file, name: first });
    }
    return origins.map((origin) => this.#follow(origin)).filter((one) => one !== undefined);
  }

  #follow({ file, name }: Origin): Declaration | undefined {
    const { declarations, exports, wholes } = this.#module(file);
    const text = declarations.get(name);
    if (text !== undefined) return { file, name, text };
    const origin = exports.get(name);
    if (origin) return this.#follow(origin);
    return wholes.map((whole) => this.#follow({ file: whole, name })).find((one) => one !== undefined);
  }

  #module(file: string): Module {
    const known = this.#modules.get(file);
    if (known) return known;
    const read = readModule(file);
    this.#modules.set(file, read);
    return read;
  }
}

const fileAt = (from: string, path: string): string => resolve(dirname(from), path.replace(/\.js$/, '.d.ts'));

function readModule(file: string): Module {
  const declarations = new Map<string, string>();
  const imports = new Map<string, Origin>();
  const exports = new Map<string, Origin>();
  const wholes: string[] = [];
  const text = readFileSync(file, 'utf8')
    .replaceAll(COMMENT, '')
    .replaceAll(/^\s*\n/gm, '');
  for (const statement of text.split(STATEMENT).map((one) => one.trim())) {
    const [, kind, list = '', whole, path] = FROM.exec(statement) ?? [];
    const [, own] = OWN_EXPORTS.exec(statement) ?? [];
    const [, name] = DECLARED.exec(statement) ?? [];
    if (path !== undefined) {
      const from = fileAt(file, path);
      const into = kind === 'import' ? imports : exports;
      if (whole !== undefined) into.set(whole, { file: from, name: '*' });
      for (const [there, here] of namesIn(list)) into.set(here, { file: from, name: there });
    } else if (own !== undefined) {
      for (const [here, as] of namesIn(own)) exports.set(as, imports.get(here) ?? { file, name: here });
    } else if (name !== undefined) {
      const earlier = declarations.get(name);
      const clean = statement.replaceAll(PRIVATE_MEMBER, '').replace(/^(?:export )?(?:declare )?/, '');
      declarations.set(name, earlier === undefined ? clean : `${earlier}\n${clean}`);
      if (statement.startsWith('export ')) exports.set(name, { file, name });
    } else {
      const [, passedOn] = WHOLE.exec(statement) ?? [];
      if (passedOn !== undefined) wholes.push(fileAt(file, passedOn));
    }
  }
  return { declarations, imports, exports, wholes };
}
