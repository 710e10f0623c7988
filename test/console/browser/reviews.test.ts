import { Person, sample, storedCalls } from '../../support/review-steps.js';
import { TestApp } from '../../support/test-app.js';
import { ConsoleBrowser, PATIENCE, type ConsoleTab } from './console-steps.js';
import { demoPerson } from './people.js';

let app: TestApp;
let browser: ConsoleBrowser;

beforeEach(async () => {
  app = await TestApp.start({ env: { EARSHOT_DEMO: '1' } });
  browser = await ConsoleBrowser.launch(app);
}, PATIENCE);

afterEach(async () => {
  await browser[Symbol.asyncDispose]();
  await app[Symbol.asyncDispose]();
});

interface Row {
  status: string;
  findings: string[];
  feedback: string | null;
  notes: string[];
}

async function reviewOf(callId: string): Promise<Row | undefined> {
  const [row] = await app.database.query<Row>(
    `select status, findings, feedback,
       array(select text from recording_notes join cati_calls using (recording_id) where cati_calls.id = $1) notes
     from reviews where cati_call_id = $1`,
    [callId],
  );
  return row;
}

const lapse = (callId: string): Promise<unknown> =>
  app.database.query(
    "update reviews set claimed_until = now() - interval '1 second' where cati_call_id = $1",
    [callId],
  );

const idIn = ({ page }: ConsoleTab): string => new URL(page.url()).pathname.split('/').at(-1) ?? '';

it(
  'a call is reviewed by keyboard alone, and the next one follows',
  async () => {
    const tab = await browser.as(await demoPerson(app, 'agent@example.com'));
    const { page } = tab;
    const { keyboard } = page;
    await tab.go('/reviews');
    await page.getByRole('button', { name: 'Review the next call' }).waitFor();
    await tab.tabTo('Review the next call');
    await keyboard.press('Enter');
    await tab.heading(/^Review: call of/);
    const first = idIn(tab);
    await page
      .getByRole('timer')
      .getByText(/^Yours for another (30:00|29:\d\d)$/)
      .waitFor();
    await page.getByRole('slider').waitFor();
    await keyboard.press('k');
    await tab.audioIs('audio.currentTime > 0.3');
    await keyboard.press('k');
    await keyboard.press('n');
    await page.getByRole('textbox', { name: /^Note at/ }).waitFor();
    await keyboard.type('Quiet here');
    await keyboard.press('Control+Enter');
    await page.getByRole('listitem').getByText('Quiet here').waitFor();
    await page.getByRole('textbox', { name: /^Note at/ }).waitFor({ state: 'detached' });
    await tab.tabTo('Respondent inaudible');
    await keyboard.press('Space');
    await tab.tabTo('Feedback for the interviewer');
    await keyboard.type('Please speak up, Rita.');
    await tab.tabTo('Reject');
    await keyboard.press('Shift+R');
    await tab.until(`!location.pathname.endsWith('${first}')`);
    await tab.heading(/^Review: call of/);
    expect(await reviewOf(first)).toEqual({
      status: 'REJECTED',
      findings: ['RESPONDENT_INAUDIBLE'],
      feedback: 'Please speak up, Rita.',
      notes: ['Quiet here'],
    });
    expect(await page.getByRole('checkbox', { checked: true }).count()).toBe(0);
    expect(tab.faults).toEqual([]);
  },
  PATIENCE,
);

it(
  'neither Caps Lock nor a key that is held down decides a call',
  async () => {
    const tab = await browser.as(await demoPerson(app, 'agent@example.com'));
    const { keyboard } = tab.page;
    await tab.go('/reviews');
    await tab.press('Review the next call');
    await tab.heading(/^Review: call of/);
    const first = idIn(tab);
    await tab.page.getByRole('button', { name: 'Approve' }).waitFor();
    // A capital without Shift, as Caps Lock makes it: pressed once, then held down.
    for (let n = 0; n < 3; n++) await keyboard.down('A');
    await keyboard.up('A');
    await keyboard.down('Shift');
    await keyboard.down('R');
    await tab.page.getByRole('main').getByRole('alert').waitFor();
    await keyboard.up('R');
    await keyboard.down('A');
    await tab.until(`!location.pathname.endsWith('${first}')`);
    const second = idIn(tab);
    await tab.page.getByRole('button', { name: 'Approve' }).waitFor();
    for (let n = 0; n < 3; n++) await keyboard.down('A');
    await keyboard.up('A');
    await keyboard.down('R');
    // The refusal of what was pressed last: whatever was decided before it would be stored by now.
    await tab.page.getByRole('main').getByRole('alert').waitFor();
    expect(await reviewOf(first)).toMatchObject({ status: 'APPROVED' });
    expect(await reviewOf(second)).toMatchObject({ status: 'CLAIMED' });
  },
  PATIENCE,
);

it(
  'a lock that ran out takes nothing away that was filled in, and is renewed by who works on',
  async () => {
    const tab = await browser.as(await demoPerson(app, 'agent@example.com'));
    const { page } = tab;
    await page.clock.install();
    await tab.go('/reviews');
    await tab.press('Review the next call');
    await tab.heading(/^Review: call of/);
    const id = idIn(tab);
    const feedback = page.getByRole('textbox', { name: 'Feedback for the interviewer' });
    await feedback.fill('Half a word');
    await lapse(id);
    // Long enough that the page asks again once it is looked at.
    await page.clock.fastForward('00:20');
    await page.evaluate("window.dispatchEvent(new Event('visibilitychange'))");
    await tab.text('Your half hour is over: somebody else may take this call.');
    await feedback.press('End');
    await page
      .getByRole('timer')
      .getByText(/^Yours for another/)
      .waitFor();
    expect(await feedback.inputValue()).toBe('Half a word');
    await lapse(id);
    await (await Person.create(app, 'QUALITY_AGENT')).claim({ catiCallId: id });
    await tab.press('Half an hour more');
    await tab.text(/is listening to this call until/);
    expect(await feedback.count()).toBe(0);
  },
  PATIENCE,
);

it(
  'the next call is of the same campaign, and what was decided shows where there is none to be had',
  async () => {
    const tab = await browser.as(await demoPerson(app, 'agent@example.com'));
    const { page } = tab;
    const manager = await Person.create(app, 'MANAGER');
    await sample(manager, 'Older', 100);
    await sample(manager, 'Chosen', 100);
    await storedCalls(app, 100, { campaign: 'Older', from: '2020-01-01' });
    const chosen = await storedCalls(app, 2, { campaign: 'Chosen', from: '2021-01-01' });
    await tab.go('/reviews');
    await page.getByRole('combobox', { name: 'Campaign' }).selectOption('Chosen');
    await tab.press('Review the next call');
    await tab.heading(/^Review: call of/);
    expect(idIn(tab)).toBe(chosen[0]);
    await tab.press('Approve');
    await tab.until(`location.pathname.endsWith('${chosen[1]}')`);
    await page.getByRole('button', { name: 'Approve' }).waitFor();
    await app.database.query(
      `update reviews set status = 'CLAIMED', claimed_at = now(), claimed_until = now() + interval '1 hour',
         reviewer_id = (select id from users where email = 'agent@example.com') where campaign = 'Older'`,
    );
    await tab.press('Approve');
    await tab.text(/^You have 100 calls to review/);
    await tab.text('What was decided');
    expect(idIn(tab)).toBe(chosen[1]);
  },
  PATIENCE,
);

it(
  'a call is put back, taken by another, and shown to nobody else meanwhile',
  async () => {
    const agent = await browser.as(await demoPerson(app, 'agent@example.com'));
    await agent.go('/reviews');
    await agent.press('Review the next call');
    await agent.heading(/^Review: call of/);
    const id = idIn(agent);
    const manager = await browser.as(await demoPerson(app, 'manager@example.com'));
    await manager.go(`/reviews/${id}`);
    await manager.text(/^Anita Agent is listening to this call until/);
    expect(await manager.page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
    await agent.press('Half an hour more');
    await agent.press('Put it back');
    await agent.heading('Reviews');
    await manager.page.reload();
    await manager.press('Review this call');
    await manager.page.getByLabel('Go on with the next call').uncheck({ force: true });
    await manager.press('Approve');
    await manager.text('What was decided');
    expect(await reviewOf(id)).toMatchObject({ status: 'APPROVED' });
    await agent.go('/cati-calls?review=%5B%22APPROVED%22%5D');
    await agent.page.locator(`main a[href*="${id}"]`).click();
    await agent.text('What was decided');
  },
  PATIENCE,
);

it(
  'a rejection without a reason is refused, and a rule fills the queue',
  async () => {
    const tab = await browser.as(await demoPerson(app, 'manager@example.com'));
    const { page } = tab;
    await tab.go('/reviews');
    await page.getByRole('textbox', { name: 'Campaign' }).fill('Household survey');
    await page.getByLabel('Percent').fill('100');
    await tab.press('Set the rule');
    await tab.text('The rule is set.');
    await page.getByRole('table', { name: 'Sampling' }).getByText('100 %').waitFor();
    await tab.press('Review the next call');
    await tab.heading(/^Review: call of/);
    await tab.press('Reject');
    await page.getByRole('main').getByRole('alert').waitFor();
    expect(await reviewOf(idIn(tab))).toMatchObject({ status: 'CLAIMED' });
  },
  PATIENCE,
);

/** In a signed-in page: takes call after call, as the button does, and answers their ids. */
const CLAIM_FIFTY = `(async () => {
  const { accessToken } = JSON.parse(sessionStorage.getItem('earshot.session'));
  const query = 'mutation { claimNextReview(input: {}) { review { id } } }';
  const ids = [];
  for (let n = 0; n < 50; n++) {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer ' + accessToken },
      body: JSON.stringify({ query }),
    });
    ids.push((await response.json()).data.claimNextReview.review.id);
  }
  return ids;
})()`;

it(
  'two browsers that claim a hundred times at once never hold the same call',
  async () => {
    const people = [await Person.create(app, 'QUALITY_AGENT'), await Person.create(app, 'QUALITY_AGENT')];
    const manager = await Person.create(app, 'MANAGER');
    const interviewer = await Person.create(app, 'INTERVIEWER');
    await sample(manager, 'Two browsers', 100);
    await storedCalls(app, 100, { campaign: 'Two browsers', interviewer: interviewer.user });
    const tabs = await Promise.all(people.map(({ user }) => browser.as(user)));
    await Promise.all(tabs.map((tab) => tab.go('/reviews')));
    const claimed = await Promise.all(tabs.map(({ page }) => page.evaluate<string[]>(CLAIM_FIFTY)));
    expect(new Set(claimed.flat()).size).toBe(100);
    for (const tab of tabs) expect(tab.faults).toEqual([]);
  },
  PATIENCE,
);
