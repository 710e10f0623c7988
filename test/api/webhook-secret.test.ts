import pino from 'pino';
import { FAKE_ACCOUNT } from '../support/fake-provider/identity.js';
import { deepcallReport } from '../support/fake-provider/webhooks.js';
import { ProviderApp } from '../support/provider-app.js';

const SECRET = FAKE_ACCOUNT.webhookSecret;
const lines: string[] = [];

/** A server with all that it writes to its log in `lines`, at the level that says the most. */
const talkative = (env: Record<string, string>): Promise<ProviderApp> =>
  ProviderApp.start({
    env: { EARSHOT_ROLES: 'api', ...env },
    logger: pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) }),
  });

let open: ProviderApp;
let closed: ProviderApp;
beforeAll(async () => {
  [open, closed] = await Promise.all([talkative({}), talkative({ WEBHOOK_ALLOW_IPS: '10.0.0.0/8' })]);
});
afterAll(async () => {
  await open[Symbol.asyncDispose]();
  await closed[Symbol.asyncDispose]();
});
beforeEach(() => void (lines.length = 0));

async function sent({ app }: ProviderApp, method: string, path: string): Promise<number> {
  const body = method === 'POST' ? { body: JSON.stringify(deepcallReport({ callId: 'c1' })) } : {};
  return (await fetch(`${app.url}${path}`, { method, ...body })).status;
}

/** What is refused is told of, but not how it wanted to come in. */
function expectToldWithout(secret: string): void {
  expect(lines.filter((line) => /\/webhooks\//i.test(line))).toHaveLength(1);
  expect(lines.filter((line) => line.includes(secret))).toEqual([]);
}

it.each<[string, string, string]>([
  ['by a method that no event has', 'PUT', `/webhooks/deepcall/${SECRET}`],
  ['by HEAD', 'HEAD', `/webhooks/deepcall/${SECRET}`],
  ['to a path behind it', 'POST', `/webhooks/deepcall/${SECRET}/events`],
  ['to a path of its own spelling', 'POST', `//Webhooks//deepcall/${SECRET}`],
  ['of a provider that is not there', 'POST', `/webhooks/deepcal/${SECRET}`],
  ['with what is no text', 'POST', `/webhooks/deepcall/${SECRET}%ff`],
])('an event %s leaves no secret in the log', async (_name, method, path) => {
  expect(await sent(open, method, path)).toBe(404);
  expectToldWithout(SECRET);
});

it('an event from an address that may not post leaves no secret in the log', async () => {
  expect(await sent(closed, 'POST', `/webhooks/deepcall/${SECRET}`)).toBe(403);
  expectToldWithout(SECRET);
});

it.each(['', '/', '?a=b'])('an event with “%s” behind its secret is accepted', async (behind) => {
  expect(await sent(open, 'POST', `/webhooks/deepcall/${SECRET}${behind}`)).toBe(200);
  expect(lines.filter((line) => line.includes(SECRET))).toEqual([]);
});
