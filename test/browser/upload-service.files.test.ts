import { randomUUID } from 'node:crypto';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchChromium } from '../support/chromium.js';
import { bundlePage } from './page-bundle.js';
import { servePages } from './page-server.js';

const HOUR_MS = 3_600_000;

let browser: Browser;
let context: BrowserContext;
let pages: Awaited<ReturnType<typeof servePages>>;

beforeAll(async () => {
  browser = await launchChromium();
  const script = await bundlePage('files-page.ts');
  pages = await servePages((path) =>
    path === '/page.js'
      ? { contentType: 'text/javascript; charset=utf-8', body: script }
      : { contentType: 'text/html; charset=utf-8', body: '<script type="module" src="/page.js"></script>' },
  );
}, 60_000);
beforeEach(async () => {
  context = await browser.newContext();
});
afterEach(() => context.close());
afterAll(async () => {
  await browser.close();
  await pages[Symbol.asyncDispose]();
});

/** Opens the page so many hours from now. */
async function open(hours = 0): Promise<Page> {
  const page = await context.newPage();
  await page.addInitScript(`{ const { now } = Date; Date.now = () => now() + ${hours * HOUR_MS}; }`);
  await page.goto(pages.origin);
  await page.waitForFunction('globalThis.filesPage');
  return page;
}

type Files = Record<'job' | 'remembered' | 'lost', string>;
const fill = (page: Page) => page.evaluate<Files>(`filesPage.fill('${randomUUID()}')`);

/** The names of the files that are still there. */
async function left(page: Page, files: Files): Promise<string[]> {
  const names: string[] = [];
  for (const [name, uri] of Object.entries(files))
    if (await page.evaluate(`filesPage.isThere('${uri}')`)) names.push(name);
  return names;
}

it('a file that was kept and never enqueued is removed at a start a day later', async () => {
  const first = await open();
  const files = await fill(first);
  await first.close();
  const sooner = await open(23);
  expect(await left(sooner, files)).toEqual(['job', 'remembered', 'lost']);
  await sooner.close();
  expect(await left(await open(25), files)).toEqual(['job', 'remembered']);
});

it('a file that had a job is never swept away, also when the job is forgotten', async () => {
  const first = await open();
  const files = await fill(first);
  expect(await first.evaluate('filesPage.forget()')).toBe(0);
  await first.close();
  expect(await left(await open(25), files)).toEqual(['job', 'remembered']);
});
