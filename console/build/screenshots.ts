/**
 * Makes the two pictures of the README from a server with the demo data:
 *
 *     npm start                                   # in another terminal
 *     npm run screenshots -w console [-- http://localhost:4000 /usr/bin/chromium]
 */
import { mkdir } from 'node:fs/promises';
import { chromium, type Page } from 'playwright-core';

const [server = 'http://localhost:4000', executablePath = '/usr/bin/chromium'] = process.argv.slice(2);
const FOLDER = new URL('../docs/', import.meta.url).pathname;
const SIZE = { width: 1400, height: 800 };

async function signIn(page: Page): Promise<void> {
  await page.getByLabel('E-mail').fill('agent@example.com');
  await page.getByRole('textbox', { name: 'Password' }).fill('earshot-demo');
  await page.keyboard.press('Enter');
}

async function calls(page: Page): Promise<void> {
  await page.goto(`${server}/console/cati-calls`);
  await signIn(page);
  await page.locator('main a[href*="/cati-calls/"]').first().waitFor();
  await page.screenshot({ path: `${FOLDER}calls.png` });
}

async function review(page: Page): Promise<void> {
  await page.goto(`${server}/console/reviews`);
  await page.getByRole('button', { name: 'Review the next call' }).click();
  const slider = page.getByRole('slider', { name: 'Position' });
  await slider.waitFor();
  await page.getByRole('button', { name: 'Approve' }).waitFor();
  await page.keyboard.press('4');
  await page.getByLabel('Both can be heard').check();
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: `${FOLDER}review.png` });
  await page.getByRole('button', { name: 'Put it back' }).click();
  await page.getByRole('heading', { level: 1, name: 'Reviews' }).waitFor();
}

await mkdir(FOLDER, { recursive: true });
const browser = await chromium.launch({
  executablePath,
  args: ['--headless', '--no-sandbox', '--disable-gpu'],
});
const page = await browser.newPage({ viewport: SIZE, locale: 'en-GB', reducedMotion: 'reduce' });
await calls(page);
await review(page);
await browser.close();
