import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchChromium } from '../support/chromium.js';
import { TestApp } from '../support/test-app.js';
import { bundlePage } from './page-bundle.js';
import { servePages, type PageFile } from './page-server.js';

/** Chromium shares the machine with the server. */
const WAIT_MS = 30_000;
export const PATIENCE = 180_000;

/** The page around the components. A local host counts as secure: Web Locks and hashing are there. */
const PAGE = `<!doctype html><title>Earshot</title><style>
  html, body, main { margin: 0; height: 100% }
  html.dark, .dark body { color-scheme: dark; background: #16181d; color: #eceef2 }
  main { display: flex; flex-direction: column }
  h1 { margin: 0; font-size: 20px }
  #root { flex: 1; min-height: 0; display: flex; flex-direction: column; overflow: auto }
</style>
<main><h1>Earshot</h1><div id="root"></div></main>
<script>
  const query = new URLSearchParams(location.search);
  document.documentElement.className = query.get('theme');
  document.documentElement.lang = query.get('language');
</script>
<script type="module" src="/page.js"></script>`;

export interface Shown {
  screen?: string;
  token: string;
  theme?: 'light' | 'dark';
  language?: 'en' | 'hi';
  id?: string;
}

/** A server, a browser and one of the pages, each test with a profile of its own. */
export class Stage implements AsyncDisposable {
  private contexts: BrowserContext[] = [];
  private readonly faults: string[] = [];

  private constructor(
    readonly app: TestApp,
    private readonly browser: Browser,
    private readonly pages: Awaited<ReturnType<typeof servePages>>,
    private readonly axe: string,
  ) {}

  static async open(script: string, env: Record<string, string> = {}): Promise<Stage> {
    const body = await bundlePage(script);
    const files: Readonly<Record<string, PageFile>> = {
      '/': { contentType: 'text/html; charset=utf-8', body: PAGE },
      '/page.js': { contentType: 'text/javascript; charset=utf-8', body },
    };
    const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
    return new Stage(
      await TestApp.start({ env }),
      await launchChromium(),
      await servePages((path) => files[path]),
      await readFile(axe, 'utf8'),
    );
  }

  async show({ theme = 'light', language = 'en', ...shown }: Shown): Promise<Page> {
    const context = await this.browser.newContext({ viewport: { width: 390, height: 780 } });
    this.contexts.push(context);
    context.setDefaultTimeout(WAIT_MS);
    const page = await context.newPage();
    page.on('pageerror', (error) => this.faults.push(error.message));
    const query = new URLSearchParams({ ...shown, theme, language, url: this.app.url });
    await page.goto(`${this.pages.origin}/?${query.toString()}`);
    return page;
  }

  /** What axe finds, whatever its weight: each rule with the elements that break it. */
  async violations(page: Page): Promise<string[]> {
    await page.evaluate(this.axe);
    const found = (await page.evaluate('axe.run().then(({ violations }) => violations)')) as {
      id: string;
      nodes: { html: string }[];
    }[];
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  }

  /** At the end of each test: closes its pages, and throws when something went wrong in one of them. */
  async leave(): Promise<void> {
    for (const context of this.contexts.splice(0)) await context.close();
    const faults = this.faults.splice(0);
    if (faults.length > 0) throw new Error(`In the page: ${faults.join('; ')}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
    await this.pages[Symbol.asyncDispose]();
    await this.app[Symbol.asyncDispose]();
  }
}

export const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });

/** Until the player of the page is in this phase, at this second or later. */
export async function untilPlayer(page: Page, phase: string, from = 0): Promise<void> {
  const is = `globalThis.earshotPage?.state().state.phase === '${phase}' && earshotPage.state().state.position >= ${from}`;
  await page.waitForFunction(is);
}

export interface PlayerShown {
  state: { phase: string; position: number; duration: number; isLocal: boolean };
  rate: number;
}

export const playerOf = (page: Page): Promise<PlayerShown> => page.evaluate('earshotPage.state()');

/** A recording made on the device of the page. */
export async function record(page: Page, callLogId: string, bytes: Buffer, name: string): Promise<string> {
  await page.waitForFunction('globalThis.earshotPage');
  return page.evaluate(
    `earshotPage.record(${JSON.stringify(callLogId)}, '${bytes.toString('base64')}', '${name}')`,
  );
}

/** The server refuses every new upload, until the result is called. */
export async function refuseUploads(page: Page): Promise<() => Promise<void>> {
  const body = JSON.stringify({
    errors: [{ message: 'Refused by the test.', extensions: { code: 'BAD_REQUEST' } }],
  });
  const graphql = '**/graphql';
  await page.route(graphql, async (route) => {
    const isUpload = (route.request().postData() ?? '').includes('mutation RequestUpload');
    if (!isUpload) return route.continue();
    await route.fulfill({
      body,
      contentType: 'application/json',
      headers: { 'access-control-allow-origin': '*' },
    });
  });
  return () => page.unroute(graphql);
}
