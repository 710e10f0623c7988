import { copyFile, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { servePages } from '../browser/page-server.js';
import { launchChromium } from '../support/chromium.js';
import { fixture, sha256 } from '../support/fixtures.js';
import { TestApp } from '../support/test-app.js';
import { Caller } from '../support/upload-steps.js';
import { Consumer } from './consumer/installed.js';
import { PAGE, SCRIPT } from './consumer/programs.js';

const PATIENCE = 300_000;
/** Sentences of the parser, which no minifier takes away. */
const PARSER = ['Unterminated string.', 'Syntax Error: '];

/** Needs a package registry or npm's cache, dist/ and Chromium. */
if (process.env['EARSHOT_TEST_HEAVY'] === '1') {
  let app: TestApp;
  let caller: Caller;
  let consumer: Consumer;
  let bytes: Buffer;
  beforeAll(async () => {
    app = await TestApp.start();
    caller = await Caller.create(app);
    consumer = await Consumer.install();
    bytes = await fixture('call.m4a');
  }, PATIENCE);
  afterAll(async () => {
    await consumer[Symbol.asyncDispose]();
    await app[Symbol.asyncDispose]();
  });

  it(
    'a script in Node compiles by the published types, asks, uploads and hears of it',
    async () => {
      await consumer.link('@types/node');
      await consumer.link('undici-types');
      await consumer.write('script.ts', SCRIPT);
      expect(await consumer.compile('script.ts', { lib: ['es2023'], types: ['node'] })).toBe('');
      await copyFile('test/fixtures/call.m4a', join(consumer.folder, 'call.m4a'));
      const callLogId = await caller.call();
      const said = await consumer.node(
        'out/script.js',
        `${app.url}/graphql`,
        caller.token,
        callLogId,
        'call.m4a',
      );
      expect(JSON.parse(said)).toEqual({
        me: 'TELECALLER',
        watch: 'live',
        subscription: 'UPLOADED',
        sha256: sha256(bytes),
        reason: null,
        missing: true,
        rest: ['idle', 'function', 'function'],
      });
      expect(await consumer.node('node_modules/.bin/earshot', '--help')).toContain(
        'Usage: earshot <command>',
      );
      await expect(consumer.node('node_modules/.bin/earshot', 's3', 'check')).rejects.toMatchObject({
        code: 2,
        stderr: expect.stringContaining('call it in the folder of that server') as string,
      });
    },
    PATIENCE,
  );

  it(
    'a Vite app compiles by the published types, bundles no GraphQL parser, and does the same in a browser',
    async () => {
      await consumer.write('page.ts', PAGE);
      await consumer.write('index.html', '<!doctype html><script type="module" src="/page.ts"></script>');
      const bundler = { lib: ['es2023', 'dom', 'dom.iterable'], types: [], module: 'esnext' };
      expect(await consumer.compile('page.ts', { ...bundler, moduleResolution: 'bundler' })).toBe('');
      await consumer.vite();
      const chunks = await scriptsIn(join(consumer.folder, 'dist/assets'));
      const parser = await Promise.all(
        ['lexer', '../error/syntaxError'].map((name) =>
          readFile(join(consumer.folder, `node_modules/graphql/language/${name}.mjs`), 'utf8'),
        ),
      );
      for (const sentence of PARSER) {
        expect(parser.filter((code) => code.includes(sentence))).not.toEqual([]);
        for (const [name, code] of chunks) expect(`${name} ${code.includes(sentence)}`).toBe(`${name} false`);
      }
      for (const [name, code] of chunks)
        console.info(`${name}: ${code.length} bytes, ${gzipSync(code, { level: 9 }).length} gzipped`);

      const callLogId = await caller.call();
      const said = await inBrowser(await readFile(join(consumer.folder, 'dist/index.html'), 'utf8'), chunks, [
        `${app.url}/graphql`,
        caller.token,
        callLogId,
        [...bytes],
      ]);
      expect(said).toEqual({ me: 'TELECALLER', watch: 'live', sha256: sha256(bytes) });
    },
    PATIENCE,
  );
} else {
  it('a consumer is not tried: EARSHOT_TEST_HEAVY is not set', () => {
    console.info('The packed SDK was not installed: EARSHOT_TEST_HEAVY=1 does');
    expect(process.env['EARSHOT_TEST_HEAVY']).not.toBe('1');
  });
}

async function scriptsIn(folder: string): Promise<Map<string, string>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.js'));
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)),
  );
}

/** Serves what Vite built, and calls the page's `run`. */
async function inBrowser(
  html: string,
  scripts: ReadonlyMap<string, string>,
  args: readonly unknown[],
): Promise<unknown> {
  await using pages = await servePages((path) => {
    if (path === '/') return { contentType: 'text/html; charset=utf-8', body: html };
    const body = scripts.get(basename(path));
    return body === undefined ? undefined : { contentType: 'text/javascript; charset=utf-8', body };
  });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.goto(pages.origin);
    await page.waitForFunction('globalThis.run');
    return await page.evaluate(`run(...${JSON.stringify(args)})`);
  } finally {
    await browser.close();
  }
}
