import type { User } from '../../../server/auth/user.entity.js';
import { TestApp } from '../../support/test-app.js';
import { ConsoleBrowser, PATIENCE, type ConsoleTab } from './console-steps.js';

let app: TestApp;
let browser: ConsoleBrowser;
let agent: User;
let tab: ConsoleTab;

beforeAll(async () => {
  app = await TestApp.start();
  browser = await ConsoleBrowser.launch(app);
  agent = await app.make.user('QUALITY_AGENT', { name: 'Anita' });
}, PATIENCE);

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await app[Symbol.asyncDispose]();
});

beforeEach(async () => {
  tab = await browser.as(agent);
});

afterEach(() => tab.close());

describe('why there is no recording', () => {
  it.each([
    ['EXPECTED', null, 'The recording has not arrived yet.'],
    ['FAILED', 'SOURCE_UNREACHABLE', 'The recording could not be stored yet. It is tried again.'],
    ['FAILED', 'TOO_LARGE', 'The recording could not be stored.'],
    ['DELETED', 'GONE_AT_SOURCE', 'The telephony provider has deleted this recording.'],
  ] as const)(
    '%s %s',
    async (status, code, words) => {
      const recording = await app.make.recording({
        status,
        ...(code === null
          ? {}
          : { errorCode: code, errorMessage: 'In the words of the server.', errorAt: new Date() }),
      });
      const call = await app.make.catiCall(null, { recording: recording.id });
      await tab.go(`/cati-calls/${call.id}`);
      await tab.text(words);
      if (code !== null) await tab.text('In the words of the server.');
    },
    PATIENCE,
  );
});
