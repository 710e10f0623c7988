import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { DEMO_PASSWORD } from '../../server/demo/demo-people.js';
import { launchChromium } from '../support/chromium.js';
import { TestApp } from '../support/test-app.js';
import { servePages } from './page-server.js';

const EXAMPLE = fileURLToPath(new URL('../../sdk/example/', import.meta.url));
const EMAIL = 'telecaller@example.com';
/** Metro bundles for a minute or two where it shares two cores. */
const PATIENCE = 600_000;

const isWanted = process.env['EARSHOT_TEST_EXAMPLE'] === '1';
const isInstalled = existsSync(join(EXAMPLE, 'node_modules'));
if (isWanted && !isInstalled) console.warn('Skipped: npm ci --prefix sdk/example comes first.');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

/** The app as `expo export` writes it: every path that is no file is the app itself. */
async function exportTo(folder: string): Promise<void> {
  const cli = join(EXAMPLE, 'node_modules/expo/bin/cli');
  await promisify(execFile)(process.execPath, [cli, 'export', '--platform', 'web', '--output-dir', folder], {
    cwd: EXAMPLE,
    env: { ...process.env, NODE_ENV: 'production', CI: '1', EXPO_NO_TELEMETRY: '1' },
  });
}

(isWanted && isInstalled ? describe : describe.skip)('the example app, exported for the web', () => {
  let app: TestApp;
  let browser: Browser;
  let folder: string;
  let pages: Awaited<ReturnType<typeof servePages>>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'earshot-example-'));
    await exportTo(folder);
    app = await TestApp.start({ env: { EARSHOT_DEMO: '1' } });
    browser = await launchChromium('--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream');
    pages = await servePages((path) => {
      const file = join(folder, path === '/' ? 'index.html' : normalize(path));
      if (!file.startsWith(folder) || !existsSync(file)) return undefined;
      return { contentType: TYPES[extname(file)] ?? 'application/octet-stream', body: readFileSync(file) };
    });
  }, PATIENCE);

  afterAll(async () => {
    await browser.close();
    await pages[Symbol.asyncDispose]();
    await app[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it(
    'plays a recording of the server, and brings a spoken note there',
    async () => {
      const page = await browser.newPage({ viewport: { width: 390, height: 780 } });
      page.setDefaultTimeout(60_000);
      const faults: string[] = [];
      page.on('pageerror', (error) => faults.push(error.message));
      await page.goto(pages.origin);
      await page.getByLabel('Server').fill(app.url);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('listitem').filter({ hasText: '3 calls' }).first().getByRole('button').click();

      await page
        .getByRole('button', { name: /^Play, / })
        .first()
        .click();
      await page.getByText(/^0:0[1-9] of \d:\d\d$/).waitFor();
      const slider = page.getByRole('slider', { name: 'Position' });
      await slider.press('End');
      await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
      await slider.press('Home');
      await page.getByText(/^0:00 of \d:\d\d$/).waitFor();

      const before = await latest();
      await page.getByRole('button', { name: 'Record a note' }).click();
      await page.getByRole('button', { name: 'Start' }).click();
      await page.getByText('Recording …').waitFor();
      // A note lasts as long as it lasts.
      await page.waitForTimeout(1500);
      await page.getByRole('button', { name: 'Stop and save' }).click();
      await page.getByRole('button', { name: 'Back', exact: true }).click();
      await page.getByRole('button', { name: 'Uploads' }).click();
      await page
        .getByRole('listitem')
        .getByText(/^Uploaded/)
        .waitFor();
      const note = await latest();
      expect(note?.id).not.toBe(before?.id);
      expect(note).toMatchObject({ notes: 'Spoken note', recording: { status: 'UPLOADED', codec: 'opus' } });
      expect(faults).toEqual([]);
    },
    PATIENCE,
  );

  async function latest() {
    const client = app.clientWith(undefined);
    await client.signIn({ email: EMAIL, password: DEMO_PASSWORD });
    const { nodes } = await client.callLogs({
      first: 1,
      orderBy: { field: 'CREATED_AT', direction: 'DESC' },
    });
    return nodes[0];
  }
});
