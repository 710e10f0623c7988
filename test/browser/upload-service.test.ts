import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchChromium } from '../support/chromium.js';
import { BadWorld } from '../sdk/uploads/bad-world.js';
import { roughRoad, stored } from '../sdk/uploads/upload-service.steps.js';
import { bundlePage } from './page-bundle.js';
import { servePages } from './page-server.js';

const COUNT = 100;
/** A minute where nothing else runs; other browsers may run beside it. */
const PATIENCE = 600_000;

let world: BadWorld;
let browser: Browser;
let context: BrowserContext;
let pageServer: Awaited<ReturnType<typeof servePages>>;

/** The page's own functions, called by name: the page is another program. */
const call = <T>(page: Page, name: string, argument: unknown = null): Promise<T> =>
  page.evaluate(`uploadPage.${name}(${JSON.stringify(argument)})`);

beforeAll(async () => {
  world = await BadWorld.start();
  browser = await launchChromium();
  context = await browser.newContext();
  const script = await bundlePage('upload-page.ts');
  const html = `<!doctype html><title>Uploads</title><script type="module">${script}</script>`;
  pageServer = await servePages(() => ({ contentType: 'text/html; charset=utf-8', body: html }));
}, PATIENCE);

afterAll(async () => {
  await browser.close();
  await pageServer[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const isHeld = `((phases) =>
  phases.includes('held') && phases.every((phase) => phase === 'held' || phase === 'uploaded')
)(uploadPage.phases())`;

/** No network for a while: each tab holds whatever is not uploaded. */
async function outage(pages: readonly Page[]): Promise<void> {
  await context.setOffline(true);
  for (const page of pages) await page.waitForFunction(isHeld);
  await context.setOffline(false);
}

interface Shown {
  id: string;
  sentBytes: number;
  state: { phase: string };
}

it(
  `brings ${COUNT} of ${COUNT} recordings home from tabs that are closed, over a rough road`,
  async () => {
    const direct = world.caller.client;
    const uriToCall = new Map<string, string>();
    const early: string[] = [];
    const setbacks: string[] = [];
    const most = new Map<string, number>();
    const seen: { uploaded: number; tell: () => unknown } = { uploaded: 0, tell: () => undefined };
    await context.exposeFunction('removing', async (uri: string) => {
      const { recording } = await direct.callLog(uriToCall.get(uri) ?? '');
      if (recording?.status !== 'UPLOADED') early.push(uri);
    });
    await context.exposeBinding('shown', ({ page }, jobs: Shown[]) => {
      for (const { id, sentBytes } of jobs) {
        // Tabs tell of what they know; each by itself never goes back.
        const key = `${pages.indexOf(page)} ${id}`;
        if (sentBytes < (most.get(key) ?? 0)) setbacks.push(`${key} ${most.get(key)} → ${sentBytes}`);
        most.set(key, sentBytes);
      }
      seen.uploaded = Math.max(seen.uploaded, jobs.filter(({ state }) => state.phase === 'uploaded').length);
      seen.tell();
    });
    const reaches = (goal: number) =>
      new Promise<void>((resolve) => {
        seen.tell = () => seen.uploaded >= goal && resolve();
        seen.tell();
      });
    const pages: Page[] = [];
    const open = async (): Promise<Page> => {
      const page = await context.newPage();
      pages.push(page);
      await page.goto(pageServer.origin);
      await page.waitForFunction('globalThis.uploadPage');
      await call(page, 'start', { url: world.network.url, token: world.caller.token });
      return page;
    };

    let page = await open();
    const calls: { callLogId: string; byteSize: number }[] = [];
    for (let i = 0; i < COUNT; i += 1)
      calls.push({
        callLogId: await world.caller.call(),
        byteSize: i % 20 === 0 ? 2_300_000 : 8000 + i * 331,
      });
    const made = await call<Record<string, { sha256: string; uri: string }>>(page, 'fill', calls);
    for (const [callLogId, { uri }] of Object.entries(made)) uriToCall.set(uri, callLogId);

    world.network.plan = roughRoad;
    await call(page, 'go');
    // A second tab from the beginning; then, time and again, the first is closed at whatever it is.
    let second = await open();
    for (let goal = 9; goal < COUNT; goal += 12) {
      await reaches(goal);
      if (goal === 45) await outage([page, second]);
      await page.close();
      [page, second] = [second, await open()];
    }
    const all = `uploadPage.phases().length === ${COUNT} && uploadPage.phases().every((phase) => phase === 'uploaded')`;
    await page.waitForFunction(all, null, { timeout: PATIENCE });

    const found = await stored(direct);
    for (const [callLogId, { sha256 }] of Object.entries(made))
      expect(found.get(callLogId)).toEqual({ status: 'UPLOADED', sha256 });
    const sessions = await world.app.database.query<{ count: string }>(
      "select count(*) from upload_sessions where status = 'COMPLETED'",
    );
    expect(sessions).toEqual([{ count: String(COUNT) }]);
    expect(setbacks).toEqual([]);
    expect(early).toEqual([]);
    const kept: boolean[] = [];
    for (const { uri } of Object.values(made)) kept.push(await call(page, 'keeps', uri));
    expect(kept).not.toContain(true);
    expect(pages.length).toBe(10);
  },
  PATIENCE,
);
