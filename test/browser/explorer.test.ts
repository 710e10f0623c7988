import type { Browser, Page } from 'playwright-core';
import { fromBytes, uploadInChunks, type EarshotClient } from '../../sdk/core/index.js';
import { DEMO_EXAMPLES } from '../../server/demo/demo-explorer.js';
import { DEMO_PASSWORD } from '../../server/demo/demo-people.js';
import { launchChromium } from '../support/chromium.js';
import { fixture } from '../support/fixtures.js';
import { TestApp } from '../support/test-app.js';

const SANDBOX_SCRIPT = 'https://embeddable-sandbox.cdn.apollographql.com/**';
/** Stands in for Apollo's script, and shows what it was started with. */
const FAKE_SANDBOX = `globalThis.EmbeddedSandbox = class {
  constructor(options) {
    document.querySelector(options.target).textContent = JSON.stringify(options);
  }
};`;
/** GraphiQL is 5 MB of script, and Chromium shares the machine with the server. */
const PATIENCE = 120_000;

let app: TestApp;
let browser: Browser;

beforeAll(async () => {
  app = await TestApp.start({ env: { EARSHOT_DEMO: '1' } });
  browser = await launchChromium();
}, PATIENCE);

afterAll(async () => {
  await browser.close();
  await app[Symbol.asyncDispose]();
});

interface Said {
  type: string;
  payload?: Record<string, unknown>;
}

interface Opened {
  page: Page;
  /** Errors, refusals by the page's policy, requests to other servers. */
  faults: string[];
}

async function open(path: string, prepare?: (page: Page) => Promise<unknown>): Promise<Opened> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
  page.setDefaultTimeout(60_000);
  await prepare?.(page);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(`${app.url}/`))
      faults.push(request.url());
  });
  await page.goto(`${app.url}${path}`);
  return { page, faults };
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

async function run(page: Page, tab: string): Promise<void> {
  await press(page, tab);
  await page.locator('.graphiql-execute-button').click();
}

/** Waits until the answer has this text, and returns what is shown of it. */
async function shown(page: Page, text: string): Promise<string> {
  const answer = page.locator('.graphiql-response .view-lines').filter({ hasText: text });
  await answer.waitFor();
  return (await answer.innerText()).replaceAll('\u00a0', ' ');
}

/** Resolves with what opened the next socket, when the subscription in it has been asked for. */
function subscribed(page: Page): Promise<Said> {
  return new Promise((resolve) => {
    page.once('websocket', (socket) => {
      const said: Said[] = [];
      socket.on('framesent', ({ payload }) => {
        said.push(JSON.parse(String(payload)) as Said);
        if (said.at(-1)?.type === 'subscribe' && said[0]) resolve(said[0]);
      });
    });
  });
}

async function signedIn(email: string): Promise<{ client: EarshotClient; authorization: string }> {
  const client = app.clientWith(undefined);
  const { accessToken } = await client.signIn({ email, password: DEMO_PASSWORD });
  return { client, authorization: `Bearer ${accessToken}` };
}

async function upload(client: EarshotClient, callLogId: string): Promise<void> {
  const bytes = await fixture('call.ogg');
  const { id } = await client.requestUpload({ callLogId, byteSize: bytes.length, strategy: 'CHUNKED' });
  await uploadInChunks(client, id, fromBytes(bytes));
  await client.finalizeUpload({ uploadId: id });
}

describe('GraphiQL', () => {
  it(
    'signs in by itself and by hand, and runs the first queries',
    async () => {
      const { page, faults } = await open('/graphiql');
      await page.getByText('"Bearer ').waitFor();
      await run(page, 'SignIn');
      expect(await shown(page, 'accessToken')).toContain('"role": "ADMIN"');
      for (const [tab, text] of [
        ['Leads', 'totalCount'],
        ['CallLogs', 'expiresAt'],
        ['CatiCalls', 'GONE_AT_SOURCE'],
      ] as const) {
        await run(page, tab);
        expect(await shown(page, text)).toContain('"data"');
      }
      expect(faults).toEqual([]);
      await page.close();
    },
    PATIENCE,
  );

  it(
    'keeps the tabs, and never the token',
    async () => {
      const { page } = await open('/graphiql');
      await run(page, 'Leads');
      await shown(page, 'totalCount');
      const kept = await page.evaluate('JSON.stringify({ ...localStorage })');
      expect(kept).toContain('query Leads');
      expect(kept).not.toContain('eyJ');
      await page.reload();
      await page.getByText('"Bearer ').waitFor();
      expect(await page.getByRole('tab').count()).toBe(5);
      await run(page, 'SignIn');
      expect(await shown(page, 'accessToken')).toContain('"role": "ADMIN"');
      await page.close();
    },
    PATIENCE,
  );

  it(
    'hears of a recording over the socket',
    async () => {
      const { page, faults } = await open('/graphiql');
      const asked = subscribed(page);
      await run(page, 'RecordingChanged');
      expect(await asked).toMatchObject({
        type: 'connection_init',
        payload: { Authorization: expect.stringMatching(/^Bearer ey/) },
      });
      await upload((await signedIn(DEMO_EXAMPLES.email)).client, DEMO_EXAMPLES.callLogId);
      expect(await shown(page, 'UPLOADED')).toContain('"contentType": "audio/ogg"');
      expect(faults).toEqual([]);
      await page.close();
    },
    PATIENCE,
  );

  it(
    'subscribes as whom the headers name',
    async () => {
      const { authorization } = await signedIn('telecaller2@example.com');
      const { page } = await open('/graphiql');
      await press(page, 'RecordingChanged');
      await press(page, 'Headers');
      await page.getByText('"Bearer ').click();
      await page.keyboard.press('Control+A');
      await page.keyboard.insertText(JSON.stringify({ authorization }));
      // What the editor closed by itself.
      await page.keyboard.press('Control+Shift+End');
      await page.keyboard.press('Delete');
      const asked = subscribed(page);
      await page.locator('.graphiql-execute-button').click();
      expect(await asked).toEqual({ type: 'connection_init', payload: { authorization } });
      // Another telecaller's call.
      expect(await shown(page, 'NOT_FOUND')).toContain('There is no such');
      await page.close();
    },
    PATIENCE,
  );
});

describe('Sandbox', () => {
  it(
    'is started over our own API, signed in',
    async () => {
      const { page } = await open('/', (opened) =>
        opened.route(SANDBOX_SCRIPT, (route) =>
          route.fulfill({ contentType: 'text/javascript', body: FAKE_SANDBOX }),
        ),
      );
      const sandbox = page.locator('#sandbox').filter({ hasText: 'initialEndpoint' });
      const options = JSON.parse(await sandbox.innerText()) as { initialState: { document: string } };
      expect(options).toMatchObject({
        initialEndpoint: `${app.url}/graphql`,
        initialSubscriptionEndpoint: `${app.url.replace('http', 'ws')}/graphql`,
        endpointIsEditable: false,
        runTelemetry: false,
        initialState: {
          includeCookies: false,
          variables: { input: { email: DEMO_EXAMPLES.email }, callLogId: DEMO_EXAMPLES.callLogId },
          headers: { Authorization: expect.stringMatching(/^Bearer ey/) },
        },
      });
      expect(options.initialState.document).toMatch(/mutation SignIn[^]*query Leads[^]*subscription/);
      expect(await page.getByRole('alert').isVisible()).toBe(false);
      await page.close();
    },
    PATIENCE,
  );

  it(
    'says where to go when the script cannot be had',
    async () => {
      const { page } = await open('/', (opened) => opened.route(SANDBOX_SCRIPT, (route) => route.abort()));
      await page.getByRole('alert').waitFor();
      await page.getByRole('link', { name: 'Open GraphiQL' }).click();
      await page.waitForURL(`${app.url}/graphiql`);
      await page.getByRole('tab').first().waitFor();
      await page.close();
    },
    PATIENCE,
  );
});
