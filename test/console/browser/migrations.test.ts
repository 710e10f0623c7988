import { readFile } from 'node:fs/promises';
import type { User } from '../../../server/auth/user.entity.js';
import { seedProviderCalls } from '../../support/provider-calls.js';
import { ProviderApp } from '../../support/provider-app.js';
import { ConsoleBrowser, PATIENCE, type ConsoleTab } from './console-steps.js';

const CALLS = 500;

let provider: ProviderApp;
let browser: ConsoleBrowser;
let admin: User;
let tab: ConsoleTab;

beforeAll(async () => {
  // Every fiftieth is a login page, whoever asks for it.
  provider = await ProviderApp.start(
    {},
    {
      fallback: (callId) => (/(00|50)$/.test(callId) ? { kind: 'html' } : { kind: 'audio' }),
      latency: () => 20,
    },
  );
  await seedProviderCalls(provider.app.database, provider.fake, { count: CALLS });
  browser = await ConsoleBrowser.launch(provider.app);
  admin = await provider.app.make.user('ADMIN', { name: 'Asha' });
  tab = await browser.as(admin);
}, PATIENCE);

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await provider.app[Symbol.asyncDispose]();
  await provider.fake.stop();
});

const fact = (name: string): Promise<string> =>
  tab.page
    .locator('dt', { hasText: new RegExp(`^${name}$`) })
    .locator('xpath=following-sibling::dd')
    .first()
    .innerText();

const shownStatus = (name: string): Promise<void> =>
  tab.page.locator('main').getByText(name, { exact: true }).first().waitFor();

const done = (): Promise<number> =>
  tab.page.getByRole('progressbar', { name: 'Progress' }).getAttribute('aria-valuenow').then(Number);

it(
  'a call that is not copied yet is heard from its provider',
  async () => {
    const [call] = await provider.app.database.query<{ id: string }>(
      "select id from cati_calls where call_id !~ '(00|50)$' limit 1",
    );
    await tab.go(`/cati-calls/${call?.id}`);
    await tab.text('The recording has not arrived yet.');
    await tab.press('Play');
    await tab.audioIs('audio.currentTime > 0.3');
  },
  PATIENCE,
);

it(
  'a run of 500 calls: dry run, start, live figures, limits, pause, resume, reasons, report, history',
  async () => {
    const { page } = tab;
    await tab.go('/migrations');
    await page.getByText('No run yet.').waitFor();
    expect(await page.getByRole('button', { name: 'Start the run' }).count()).toBe(0);
    await page.getByLabel('Copies at once').fill('4');
    await tab.press('Dry run');
    await page.getByRole('heading', { name: 'What the run would do' }).waitFor();
    expect(await fact('Calls to copy')).toBe('500');
    expect(await fact('Already stored')).toBe('0');
    expect(await fact('From')).toBe('127.0.0.1 (500)');
    expect(await provider.app.database.query(`select id from recordings where status <> 'EXPECTED'`)).toEqual(
      [],
    );
    await tab.press('Start the run');

    await tab.heading('Migration run');
    await page.getByRole('status', { name: 'Connection' }).getByText('Live', { exact: true }).waitFor();
    await tab.until(
      `Number(document.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow')) > 0`,
    );
    await tab.press(/^Pause$/);
    await shownStatus('Paused');
    const paused = await done();
    expect(await tab.axe()).toEqual([]);
    expect(paused).toBeLessThan(CALLS);
    // Somebody else's change meanwhile stands.
    const client = await provider.app.client(admin);
    const runId = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    await page.getByLabel('Copies at once').fill('12');
    await client.updateMigrationLimits({ id: runId, batchSize: 77 });
    await tab.press('Apply');
    await page.getByText('The limits are in force.').waitFor();
    await page.reload();
    await shownStatus('Paused');
    expect(await page.getByLabel('Copies at once').inputValue()).toBe('12');
    expect(await page.getByLabel('Calls in a batch').inputValue()).toBe('77');
    await tab.press('Resume');

    const seen = new Set<number>();
    while ((await page.locator('main').getByText('Done', { exact: true }).count()) === 0)
      seen.add(await done());
    expect([...seen]).toEqual([...seen].toSorted((a, b) => a - b));
    expect(seen.size).toBeGreaterThan(3);
    expect([await fact('Stored'), await fact('Failed'), await fact('Still to do')]).toEqual([
      '490',
      '10',
      '0',
    ]);
    expect(await fact('Copied')).not.toBe('0 B');

    const reasons = page.getByRole('table', { name: 'Failures by reason' });
    expect(await reasons.getByRole('row').nth(1).innerText()).toMatch(/Not audio\s+10/);
    await page.getByRole('button', { name: 'Show: Not audio' }).click();
    await page.getByRole('button', { name: 'Remove the filter Reason: Not audio' }).waitFor();
    expect(await page.getByRole('table', { name: 'Failed calls' }).getByRole('link').count()).toBe(10);
    for (const scheme of ['light', 'dark'] as const)
      for (const width of [1440, 390]) {
        const shown = await browser.as(admin, { scheme, width });
        await shown.go(new URL(page.url()).pathname.replace('/console', ''));
        await shown.page.locator('main a[href*="/cati-calls/"]').first().waitFor();
        expect(await shown.axe()).toEqual([]);
        await shown.close();
      }
    const download = page.waitForEvent('download');
    await tab.press('Download the report (CSV)');
    const lines = (await readFile(await (await download).path(), 'utf8')).trim().split('\r\n');
    expect(lines).toHaveLength(1 + CALLS);
    expect(lines.filter((line) => line.includes('NOT_AUDIO'))).toHaveLength(10);

    await page.getByRole('button', { name: 'Retry all that failed so: Not audio' }).click();
    await page.getByRole('button', { name: 'Remove the filter Only what failed with: Not audio' }).waitFor();
    const history = page.getByRole('table', { name: 'History' });
    await history.getByText('490').waitFor();
    expect(await history.getByRole('row').count()).toBe(1 + 2);
    expect(tab.faults).toEqual([]);
  },
  PATIENCE,
);

it(
  'a run is cancelled only after a second thought',
  async () => {
    const client = await provider.app.client(admin);
    await seedProviderCalls(provider.app.database, provider.fake, { count: 300, prefix: 'more' });
    const { id } = await client.startMigration({ concurrency: 1, requestsPerMinute: 60 });
    await tab.go(`/migrations/${id}`);
    await tab.press('Cancel the run');
    await tab.press('Keep it running');
    await tab.press('Cancel the run');
    await tab.press('Really cancel?');
    await shownStatus('Cancelled');
    expect((await client.migration(id)).status).toBe('CANCELLED');
  },
  PATIENCE,
);

it(
  'where no socket opens it asks, and says so',
  async () => {
    const client = await provider.app.client(admin);
    const { id } = await client.startMigration({ concurrency: 1, requestsPerMinute: 60 });
    const polling = await browser.as(admin);
    await polling.page.routeWebSocket(/graphql/, (socket) => socket.close());
    await polling.go(`/migrations/${id}`);
    await polling.text('Polling: asking every few seconds.');
    await client.cancelMigration(id);
    await polling.page.locator('main').getByText('Cancelled', { exact: true }).first().waitFor();
    await polling.close();
  },
  PATIENCE,
);

it(
  'a manager looks on, and starts nothing',
  async () => {
    const manager = await browser.as(await provider.app.make.user('MANAGER'));
    await manager.go('/migrations');
    await manager.page.getByRole('table', { name: 'History' }).getByRole('link').first().click();
    await manager.heading('Migration run');
    await manager.text('Failures by reason');
    for (const name of ['Dry run', 'Pause', 'Resume', 'Cancel the run', 'Apply'])
      expect(await manager.page.getByRole('button', { name, exact: true }).count()).toBe(0);
    await manager.close();
  },
  PATIENCE,
);
