import { DEMO_PASSWORD } from '../../../server/demo/demo-people.js';
import { TestApp } from '../../support/test-app.js';
import { ConsoleBrowser, PATIENCE, type ConsoleTab } from './console-steps.js';
import { demoPerson } from './people.js';

let app: TestApp;
let browser: ConsoleBrowser;

beforeAll(async () => {
  app = await TestApp.start({ env: { EARSHOT_DEMO: '1' } });
  browser = await ConsoleBrowser.launch(app);
}, PATIENCE);

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await app[Symbol.asyncDispose]();
});

async function signIn({ page }: ConsoleTab, email: string, password = DEMO_PASSWORD): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.keyboard.press('Enter');
}

const places = ({ page }: ConsoleTab): Promise<string[]> =>
  page.getByRole('navigation', { name: 'Main' }).getByRole('link').allInnerTexts();

it(
  'a deep link leads through signing in to where it points, and a reload stays signed in',
  async () => {
    const tab = await browser.stranger();
    await tab.go('/cati-calls?storage=%5B%22FAILED%22%5D');
    await tab.heading('Sign in to Earshot');
    await signIn(tab, 'admin@example.com', 'wrong');
    await tab.page.getByRole('alert').waitFor();
    await signIn(tab, 'admin@example.com');
    await tab.heading('CATI calls');
    await tab.page.getByRole('button', { name: 'Remove the filter Storage: Failed' }).waitFor();
    expect(await places(tab)).toEqual(['Leads', 'CATI calls', 'Reviews', 'Migrations', 'Storage', 'Audit']);
    await tab.page.reload();
    await tab.heading('CATI calls');
    await tab.press('Account of Asha Admin');
    await tab.page.getByRole('menuitem', { name: 'Sign out' }).click();
    await tab.text('You are signed out.');
    expect(await tab.page.evaluate('sessionStorage.length')).toBe(0);
    await tab.close();
  },
  PATIENCE,
);

it.each([
  ['telecaller@example.com', ['Leads'], '/migrations'],
  ['interviewer@example.com', ['CATI calls'], '/leads'],
  ['agent@example.com', ['CATI calls', 'Reviews'], '/audit'],
  ['manager@example.com', ['Leads', 'CATI calls', 'Reviews', 'Migrations', 'Storage'], '/audit'],
])(
  '%s has %j, and nothing at %s',
  async (email, expected, closed) => {
    const tab = await browser.as(await demoPerson(app, email));
    await tab.go('');
    await tab.heading(expected[0] ?? '');
    expect(await places(tab)).toEqual(expected);
    await tab.go(closed);
    await tab.heading('Nothing here');
    expect(tab.faults).toEqual([]);
    await tab.close();
  },
  PATIENCE,
);

it(
  'a session that ends leads back to where it was',
  async () => {
    const tab = await browser.stranger();
    await tab.go('/leads?q=Iyer');
    await signIn(tab, 'admin@example.com');
    await tab.heading('Leads');
    await tab.page.route('**/graphql', (route) =>
      route.fulfill({
        status: 401,
        contentType: 'application/json',
        body: JSON.stringify({
          errors: [{ message: 'Sign in.', extensions: { code: 'UNAUTHENTICATED', requestId: 'r1' } }],
        }),
      }),
    );
    await tab.page.getByRole('searchbox').fill('Khan');
    await tab.text('Your session has ended.');
    await tab.page.unroute('**/graphql');
    await signIn(tab, 'admin@example.com');
    await tab.heading('Leads');
    expect(await tab.page.getByRole('searchbox').inputValue()).toBe('Khan');
    await tab.close();
  },
  PATIENCE,
);

it(
  'a failure shows its words, its request, and a way on',
  async () => {
    const tab = await browser.as(await demoPerson(app, 'admin@example.com'));
    const broken = {
      errors: [
        { message: 'The database is busy.', extensions: { code: 'INTERNAL', requestId: 'request-7' } },
      ],
    };
    await tab.page.route('**/graphql', (route) => route.fulfill({ status: 500, json: broken }));
    await tab.go('/leads');
    await tab.text('The database is busy.');
    await tab.text('request-7');
    await tab.page.unroute('**/graphql');
    await tab.press('Try again');
    await tab.page.getByRole('table', { name: 'Leads' }).waitFor();
    await tab.close();
  },
  PATIENCE,
);

it(
  'the menu folds away on a phone, and leads on by keyboard alone',
  async () => {
    const tab = await browser.as(await demoPerson(app, 'admin@example.com'), { width: 390 });
    await tab.go('/leads');
    await tab.tabTo('Skip to content', 3);
    await tab.tabTo('Open the menu', 5);
    await tab.page.keyboard.press('Enter');
    await tab.tabTo('CATI calls', 10);
    await tab.page.keyboard.press('Enter');
    await tab.heading('CATI calls');
    expect(await tab.focused()).toBe('CATI calls');
    await tab.page.getByRole('list', { name: 'CATI calls' }).waitFor();
    const overflow = await tab.page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect(overflow).toBeLessThanOrEqual(0);
    await tab.close();
  },
  PATIENCE,
);

it(
  'dark and light are remembered',
  async () => {
    const tab = await browser.as(await demoPerson(app, 'admin@example.com'));
    await tab.go('/leads');
    const scheme = () => tab.page.evaluate('document.documentElement.dataset.mantineColorScheme');
    expect(await scheme()).toBe('light');
    await tab.press('Account of Asha Admin');
    await tab.page.getByRole('menuitemradio', { name: 'Dark' }).click();
    expect(await scheme()).toBe('dark');
    await tab.page.reload();
    await tab.heading('Leads');
    expect(await scheme()).toBe('dark');
    await tab.close();
  },
  PATIENCE,
);
