import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Page, Request } from 'playwright-core';
import { eventually } from '../../support/eventually.js';
import { TestApp } from '../../support/test-app.js';
import { ConsoleBrowser, PATIENCE, type ConsoleTab } from './console-steps.js';
import { demoPerson } from './people.js';

let app: TestApp;
let browser: ConsoleBrowser;
let tab: ConsoleTab;

beforeAll(async () => {
  app = await TestApp.start({ env: { EARSHOT_DEMO: '1' } });
  browser = await ConsoleBrowser.launch(app);
  tab = await browser.as(await demoPerson(app, 'admin@example.com'));
}, PATIENCE);

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await app[Symbol.asyncDispose]();
});

/** Where the recordings lie. */
function root(): string {
  const { storage } = app.services.config;
  if (storage.kind !== 'local') throw new Error('The recordings lie elsewhere.');
  return storage.root;
}

/** The first answer to `question`, as it stands now, arrives only behind the answer to `change`. */
async function holdBack(page: Page, question: string, change: string): Promise<void> {
  const isOf = (name: string, request: Request) => request.headers()['x-apollo-operation-name'] === name;
  const changed = page.waitForResponse((response) => isOf(change, response.request()));
  let held = false;
  await page.route('**/graphql', async (route) => {
    if (held || !isOf(question, route.request())) return route.fallback();
    held = true;
    const response = await route.fetch();
    await changed;
    await route.fulfill({ response });
  });
}

it(
  'a sweep shows what is missing, what is strange, and the days to expiry',
  async () => {
    const { page } = tab;
    const [lost] = await app.database.query<{ recording_path: string }>(
      `select recording_path from recordings where status = 'UPLOADED' order by id limit 1`,
    );
    const { storage } = app.services;
    await storage.delete((lost?.recording_path ?? '').replace('local:', ''));
    const strange = 'recordings/strange-thing.bin';
    await storage.put(strange, Readable.from([Buffer.from('what is this')]));
    // What is young may have its row on the way.
    await utimes(join(root(), strange), new Date(0), new Date(0));
    await holdBack(page, 'StorageHealth', 'SweepStorage');
    await tab.go('/storage');
    await page.getByRole('table', { name: 'By month' }).waitFor();
    await tab.press('Sweep, only looking');
    await page.getByRole('table', { name: 'By state' }).waitFor();
    const expiry = page.getByRole('table', {
      name: 'Days until the provider deletes what is not stored yet',
    });
    expect(await expiry.getByRole('row').count()).toBeGreaterThan(2);
    const findings = page.getByRole('table', { name: 'Findings' });
    await findings.getByText('Missing').waitFor();
    await findings.getByText(strange).waitFor();
    expect(tab.faults).toEqual([]);
  },
  PATIENCE,
);

it(
  'the trail tells who listened when, and leads to the call',
  async () => {
    const { page } = tab;
    const agent = await browser.as(await demoPerson(app, 'agent@example.com'));
    await agent.go('/cati-calls?storage=%5B%22UPLOADED%22%5D');
    const link = agent.page.locator('main a[href*="/cati-calls/"]').nth(2);
    const path = (await link.getAttribute('href')) ?? '';
    await link.click();
    await agent.page.getByRole('slider').waitFor();
    await agent.page.keyboard.press('k');
    await agent.audioIs('audio.currentTime > 0.3');
    // Listening is written behind the answer's back.
    const played = "select id from audit_events where kind = 'RECORDING_PLAYED'";
    await eventually(async () => (await app.database.query(played)).length > 0);
    await tab.go('/audit?kind=%5B%22RECORDING_PLAYED%22%5D');
    const row = page
      .getByRole('table', { name: 'Audit' })
      .getByRole('row')
      .filter({ hasText: 'Anita Agent' });
    await row.getByText('Opened a recording').waitFor();
    await row.getByRole('button', { name: 'Anita Agent' }).click();
    await page.getByRole('button', { name: 'Remove the filter Who: Anita Agent' }).waitFor();
    await row.getByRole('button', { name: 'Open the call' }).click();
    await tab.until(`location.pathname === '${path}'`);
    await tab.heading(/^Call of/);
  },
  PATIENCE,
);

it(
  'CATI calls are found by storage state, flag, days to expiry and reason',
  async () => {
    const { page } = tab;
    const rows = (): Promise<number> => page.locator('main tbody tr').count();
    const count = (expected: number) =>
      tab.until(`document.querySelectorAll('main tbody tr').length === ${expected}`);
    await tab.go('/cati-calls');
    await count(40);
    await tab.press('Storage');
    await page.getByRole('menuitemcheckbox', { name: 'Failed' }).click();
    await page.keyboard.press('Escape');
    await count(10);
    await tab.press('Reason');
    await page.getByRole('menuitemcheckbox', { name: 'Provider unreachable' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Remove the filter Reason: Provider unreachable' }).waitFor();
    await count(10);
    await page.getByRole('combobox', { name: 'Expires within' }).selectOption({ label: 'Within 14 days' });
    await page.getByRole('button', { name: 'Remove the filter Expires within: 14 days' }).waitFor();
    await tab.until(`document.querySelectorAll('main tbody tr').length < 10`);
    expect(await rows()).toBeGreaterThan(0);
    await page.getByRole('combobox', { name: 'Order' }).selectOption({ label: 'Expiring first' });
    await page.reload();
    await tab.heading('CATI calls');
    await page.getByRole('button', { name: 'Remove the filter Expires within: 14 days' }).waitFor();
    await tab.press('Clear all');
    await tab.until(`document.querySelectorAll('main tbody tr').length >= 20`);
    expect(tab.faults).toEqual([]);
  },
  PATIENCE,
);
