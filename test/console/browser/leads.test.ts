import type { User } from '../../../server/auth/user.entity.js';
import type { Lead } from '../../../server/leads/lead.entity.js';
import { fixture, sha256 } from '../../support/fixtures.js';
import { seededWav } from '../../support/seeded-wav.js';
import { TestApp } from '../../support/test-app.js';
import { ConsoleBrowser, PATIENCE, type ConsoleTab } from './console-steps.js';

const MIB = 1024 * 1024;

let app: TestApp;
let browser: ConsoleBrowser;
let telecaller: User;
let lead: Lead;
let tab: ConsoleTab;

beforeAll(async () => {
  app = await TestApp.start();
  browser = await ConsoleBrowser.launch(app);
  telecaller = await app.make.user('TELECALLER', { name: 'Tara' });
}, PATIENCE);

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await app[Symbol.asyncDispose]();
});

beforeEach(async () => {
  lead = await app.make.lead(telecaller, { name: 'Meera Nair' });
  tab = await browser.as(telecaller);
});

afterEach(async () => {
  const faults = tab.faults.filter((fault) => !fault.includes('ERR_INTERNET_DISCONNECTED'));
  if (faults.length > 0) throw new Error(faults.join(', '));
  await tab.close();
});

interface Stored {
  status: string;
  sha256: string | null;
  sessions: number;
}

/** The recording of the lead's one call, and how many upload sessions it took. */
async function stored(): Promise<Stored | undefined> {
  const [row] = await app.database.query<Stored>(
    `select recordings.status, recordings.sha256,
       (select count(*)::int from upload_sessions where call_log_id = call_logs.id) sessions
     from call_logs join recordings on recordings.id = recording_id where lead_id = $1`,
    [lead.id],
  );
  return row;
}

it(
  'finds leads by what they are filtered by, page after page',
  async () => {
    const owner = await app.make.user('TELECALLER', { name: 'Tarun' });
    for (let n = 0; n < 55; n++)
      await app.make.lead(owner, { name: `Paged ${n}`, status: n < 5 ? 'LOST' : 'NEW' });
    const manager = await browser.as(await app.make.user('MANAGER'));
    const { page } = manager;
    const rows = page.getByRole('table', { name: 'Leads' }).getByRole('link');
    const count = (expected: number) =>
      manager.until(`document.querySelectorAll('main tbody tr').length === ${expected}`);
    await manager.go('/leads?q=Paged');
    await count(50);
    await manager.press('Show more');
    await count(55);
    await manager.press('Status');
    await page.getByRole('menuitemcheckbox', { name: 'Lost' }).click();
    await page.keyboard.press('Escape');
    await count(5);
    await page.reload();
    await count(5);
    await manager.press('Remove the filter Search: Paged');
    await page.getByRole('combobox', { name: 'Owner' }).selectOption({ label: 'Tarun' });
    await page.getByRole('button', { name: 'Remove the filter Owner: Tarun' }).waitFor();
    await count(5);
    await manager.press('Clear all');
    await count(50);
    expect(new URL(page.url()).search).toBe('');
    expect(await rows.count()).toBe(50);
    expect(manager.faults).toEqual([]);
    await manager.close();
  },
  PATIENCE,
);

it(
  'logs a call, and uploads its recording by drop',
  async () => {
    const { page } = tab;
    await tab.go('/leads');
    await page.getByRole('link', { name: 'Meera Nair' }).first().click();
    await tab.heading('Meera Nair');
    await tab.press('Log a call');
    await page.getByLabel('Outcome').selectOption('CONNECTED');
    await page.getByLabel('Duration in seconds').fill('65');
    await page.getByRole('textbox', { name: 'Notes' }).fill('Wants the brochure.');
    await tab.press('Log the call');
    const card = page.getByRole('article');
    await card.getByText('1:05').waitFor();
    await card.getByText('Wants the brochure.').waitFor();
    await card.getByText('There is no recording of this call.').waitFor();
    const bytes = await fixture('call.ogg');
    const transfer = await page.evaluateHandle(`(() => {
    const bytes = Uint8Array.from(atob('${bytes.toString('base64')}'), (letter) => letter.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], 'call.ogg', { type: 'audio/ogg' }));
    return transfer;
  })()`);
    await card.getByText('Drop a recording here').dispatchEvent('drop', { dataTransfer: transfer });
    await card.getByText('Stored').waitFor();
    expect(await stored()).toMatchObject({ status: 'UPLOADED', sha256: sha256(bytes) });
    await card.getByRole('button', { name: 'Listen' }).click();
    await page.keyboard.press('k');
    await tab.audioIs('audio.currentTime > 0.5');
  },
  PATIENCE,
);

it(
  'goes on with an upload after the network was cut, and after a reload, sending nothing twice',
  async () => {
    const { page } = tab;
    await app.make.callLog(lead, telecaller);
    const wav = await seededWav('console', 12 * MIB);
    const offsets: string[] = [];
    page.on('request', (request) => {
      const offset = /"offset":(\d+)/.exec(
        request.postDataBuffer()?.subarray(0, 2000).toString('latin1') ?? '',
      );
      if (offset?.[1] !== undefined) offsets.push(offset[1]);
    });
    const network = await tab.context.newCDPSession(page);
    await network.send('Network.enable');
    const conditions = { latency: 0, downloadThroughput: -1, uploadThroughput: 4 * MIB };
    await network.send('Network.emulateNetworkConditions', { offline: false, ...conditions });
    await tab.go(`/leads/${lead.id}`);
    const file = { name: 'long.wav', mimeType: 'audio/wav', buffer: await wav.read(0, wav.byteSize) };
    await page.locator('input[type=file]').setInputFiles(file);
    const row = page.getByRole('group', { name: 'Uploads: long.wav' });
    await row.getByText(/^[1-9]\d? %/).waitFor();
    await tab.context.setOffline(true);
    await row.getByText('Waiting for the network').waitFor();
    await tab.context.setOffline(false);
    await row.getByText(/^[2-9]\d %/).waitFor();
    await page.reload();
    await row.getByText(/^\d\d %/).waitFor();
    await page.getByRole('article').getByText('Stored').waitFor();
    expect(await stored()).toEqual({ status: 'UPLOADED', sha256: wav.sha256, sessions: 1 });
    // The two chunks that were under way at the cut and at the reload may have been lost.
    expect(offsets.length).toBeLessThanOrEqual(12 + 2);
  },
  PATIENCE,
);

it(
  'pauses, cancels and tells why a file is refused',
  async () => {
    const { page } = tab;
    await app.make.callLog(lead, telecaller);
    await tab.go(`/leads/${lead.id}`);
    const text = {
      name: 'letter.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('Dear Meera, '.repeat(1000)),
    };
    await page.locator('input[type=file]').setInputFiles(text);
    const row = page.getByRole('group', { name: 'Uploads: letter.txt' });
    await row.getByText('This file is not a sound recording.').waitFor();
    await row.getByRole('button', { name: 'Remove from the list' }).click();
    await row.waitFor({ state: 'detached' });
    await tab.context.setOffline(true);
    await page.locator('input[type=file]').setInputFiles({ ...text, name: 'later.wav' });
    const later = page.getByRole('group', { name: 'Uploads: later.wav' });
    await later.getByRole('button', { name: 'Pause' }).click();
    await later.getByText('Paused').waitFor();
    await later.getByRole('button', { name: 'Cancel' }).click();
    await later.getByText('Cancelled').waitFor();
    await tab.context.setOffline(false);
  },
  PATIENCE,
);
