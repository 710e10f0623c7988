import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { CompressedFile } from './compressed-file.js';
import { GRAPHIQL_SCRIPT, GRAPHIQL_STYLE } from './graphiql.script.js';
import { SANDBOX_SCRIPT, SANDBOX_STYLE } from './sandbox.script.js';
import { SESSION_SCRIPT } from './session.script.js';

const SCRIPT = 'text/javascript; charset=utf-8';
const STYLE = 'text/css; charset=utf-8';

/** GraphiQL and its workers: 9 MB of text, imported when somebody first opens it. */
const graphiql = () => import('@graphql-yoga/render-graphiql/graphiql');

const SOURCES: Readonly<Record<string, readonly [type: string, text: () => string | Promise<string>]>> = {
  'session.js': [SCRIPT, () => SESSION_SCRIPT],
  'start-sandbox.js': [SCRIPT, () => SANDBOX_SCRIPT],
  'sandbox.css': [STYLE, () => SANDBOX_STYLE],
  'start-graphiql.js': [SCRIPT, () => GRAPHIQL_SCRIPT],
  'graphiql.js': [SCRIPT, async () => (await graphiql()).js],
  'graphiql.css': [STYLE, async () => (await graphiql()).css + GRAPHIQL_STYLE],
  'editor.worker.js': [SCRIPT, async () => (await graphiql()).editorWorkerService],
  'json.worker.js': [SCRIPT, async () => (await graphiql()).jsonWorker],
  'graphql.worker.js': [SCRIPT, async () => (await graphiql()).graphqlWorker],
  'graphql-ws.js': [SCRIPT, graphqlWs],
};

/** What the pages load from `/explorer/…`, each made when it is first asked for. */
export class ExplorerFiles {
  private readonly made = new Map<string, Promise<CompressedFile>>();

  /** Undefined: there is no such file. */
  get(name: string): Promise<CompressedFile> | undefined {
    const source = Object.hasOwn(SOURCES, name) ? SOURCES[name] : undefined;
    if (!source) return undefined;
    const file = this.made.get(name) ?? make(...source);
    this.made.set(name, file);
    return file;
  }
}

async function make(type: string, text: () => string | Promise<string>): Promise<CompressedFile> {
  return new CompressedFile(type, await text());
}

/** The client of the subscription protocol, in the build that its package has for pages: sets `graphqlWs`. */
function graphqlWs(): Promise<string> {
  const root = dirname(createRequire(import.meta.url).resolve('graphql-ws/package.json'));
  return readFile(join(root, 'umd', 'graphql-ws.min.js'), 'utf8');
}
