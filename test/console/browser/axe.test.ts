import { graphql, tokenOf, type Answer } from '../../support/graphql.js';
import { TestApp } from '../../support/test-app.js';
import { ConsoleBrowser, PATIENCE, type ConsoleTab, type Person } from './console-steps.js';
import { demoPerson } from './people.js';

let app: TestApp;
let browser: ConsoleBrowser;
let admin: Person;
/** Claimed by the admin. */
let review: string;
let decided: string;

beforeAll(async () => {
  app = await TestApp.start({ env: { EARSHOT_DEMO: '1' } });
  browser = await ConsoleBrowser.launch(app);
  admin = await demoPerson(app, 'admin@example.com');
  const client = await app.client(admin);
  const { id } = await client.startMigration({ maxCalls: 3, dryRun: true });
  for await (const run of client.watchMigration(id)) if (run.status === 'SUCCEEDED') break;
  decided = await claimed();
  await ask(
    `mutation { submitReview(input: { reviewId: "${decided}", decision: REJECTED, findings: [RESPONDENT_INAUDIBLE],
      feedback: "Please speak up.", score: 40 }) { review { id } } }`,
  );
  review = await claimed();
}, PATIENCE);

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await app[Symbol.asyncDispose]();
});

async function idOf(query: string): Promise<string> {
  const [row] = await app.database.query<{ id: string }>(query);
  if (!row) throw new Error(`Nothing is found by ${query}`);
  return row.id;
}

const CATI = `select cati_calls.id from cati_calls join recordings on recordings.id = recording_id where recordings.status`;

/** Each page in the state that has most in it. */
const PAGES: readonly (readonly [name: string, visit: (tab: ConsoleTab) => Promise<void>])[] = [
  [
    'leads, filtered',
    async (tab) => {
      await tab.go('/leads?status=%5B%22NEW%22%5D&recorded=true');
      await tab.press('Clear all');
      await tab.page.getByRole('link', { name: 'Nisha Singh' }).waitFor();
    },
  ],
  [
    'leads, choosing a filter',
    async (tab) => {
      await tab.go('/leads?q=a');
      await tab.press('Status');
      await tab.page.getByRole('menuitemcheckbox', { name: 'Interested', exact: true }).click();
      await tab.page.getByRole('button', { name: 'Remove the filter Status: Interested' }).waitFor();
    },
  ],
  [
    'a lead, with the form, a player and an upload',
    async (tab) => {
      await tab.go(
        `/leads/${await idOf('select lead_id id from call_logs where recording_id is not null limit 1')}`,
      );
      await tab.press('Log a call');
      await tab.press('Listen');
      await tab.page.getByRole('slider').waitFor();
    },
  ],
  [
    'CATI calls',
    async (tab) => {
      await tab.go('/cati-calls?storage=%5B%22FAILED%22%2C%22UPLOADED%22%5D');
      await tab.page.locator('main a[href*="/cati-calls/"]').first().waitFor();
    },
  ],
  [
    'a stored CATI call',
    async (tab) => {
      await tab.go(`/cati-calls/${await idOf(`${CATI} = 'UPLOADED' limit 1`)}`);
      await tab.page.getByRole('slider').waitFor();
      await tab.press('Keyboard shortcuts');
      await tab.page.getByRole('dialog').waitFor();
    },
  ],
  [
    'a failed CATI call, with an upload that was refused',
    async (tab) => {
      await tab.go(`/cati-calls/${await idOf(`${CATI} = 'FAILED' limit 1`)}`);
      await tab.page
        .locator('input[type=file]')
        .setInputFiles({ name: 'call.txt', mimeType: 'text/plain', buffer: Buffer.from('this is no audio') });
      await tab.page.getByRole('group', { name: 'Uploads: call.txt' }).first().waitFor();
    },
  ],
  [
    'the review queue',
    async (tab) => {
      await tab.go('/reviews');
      await tab.page.getByRole('button', { name: 'Set the rule' }).waitFor();
    },
  ],
  [
    'a review',
    async (tab) => {
      await tab.go(`/reviews/${review}`);
      await tab.page.getByRole('button', { name: 'Approve' }).waitFor();
      await tab.page.getByRole('slider').waitFor();
    },
  ],
  [
    'a decided review',
    async (tab) => {
      await tab.go(`/reviews/${decided}`);
      await tab.text('What was decided');
      await tab.page.getByRole('slider').waitFor();
    },
  ],
  [
    'migrations, with a dry run',
    async (tab) => {
      await tab.go('/migrations');
      await tab.press('Dry run');
      await tab.text('What the run would do');
    },
  ],
  [
    'a run',
    async (tab) => {
      await tab.go(`/migrations/${await idOf('select id from migration_runs where dry_run limit 1')}`);
      await tab.text('Done');
    },
  ],
  [
    'storage',
    async (tab) => {
      await tab.go('/storage');
      await tab.page.getByRole('table', { name: 'By month' }).waitFor();
      await tab.press('Sweep, only looking');
      await tab.page.getByRole('table', { name: 'By state' }).waitFor();
    },
  ],
  [
    'audit',
    async (tab) => {
      await tab.go('/audit');
      await tab.text('Started a run');
    },
  ],
  [
    'nothing',
    async (tab) => {
      await tab.go('/nowhere');
      await tab.heading('Nothing here');
    },
  ],
];

/** As the admin. */
async function ask<Data>(query: string): Promise<Answer<Data>> {
  return graphql<Data>(app, query, { token: await tokenOf(app, admin) });
}

/** A call of the demo, taken by the admin for review. */
async function claimed(): Promise<string> {
  const answer = await ask<{ claimNextReview: { review: { id: string } | null } }>(
    'mutation { claimNextReview(input: {}) { review { id } } }',
  );
  const id = answer.data?.claimNextReview.review?.id;
  if (id === undefined) throw new Error(`Nothing waits: ${answer.text}`);
  return id;
}

describe.each([
  ['light', 1440],
  ['light', 390],
  ['dark', 1440],
  ['dark', 390],
] as const)('%s, %i px wide', (scheme, width) => {
  let tab: ConsoleTab;

  beforeAll(async () => {
    tab = await browser.as(admin, { scheme, width });
  });

  afterAll(() => tab.close());

  it(
    'signing in',
    async () => {
      const stranger = await browser.stranger({ scheme, width });
      await stranger.go('');
      expect(await stranger.axe()).toEqual([]);
      await stranger.close();
    },
    PATIENCE,
  );

  it.each(PAGES)(
    '%s',
    async (_name, visit) => {
      await visit(tab);
      expect(await tab.axe()).toEqual([]);
      expect(
        await tab.page.evaluate('document.documentElement.scrollWidth - innerWidth'),
      ).toBeLessThanOrEqual(0);
    },
    PATIENCE,
  );
});
