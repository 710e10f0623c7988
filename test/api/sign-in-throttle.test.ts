import { graphql } from '../support/graphql.js';
import { TestApp } from '../support/test-app.js';

/** Guesses of one person's password from one place before a wait. */
const GUESSES = 10;

let app: TestApp;
let people = 0;

beforeAll(async () => {
  app = await TestApp.start({ env: { EARSHOT_ROLES: 'api', TRUST_PROXY: '1' } });
});

afterAll(() => app[Symbol.asyncDispose]());

async function guess(email: string, address: string): Promise<string> {
  const query = `mutation { signIn(input: { email: "${email}", password: "a guess" }) { accessToken } }`;
  return (await graphql(app, query, { headers: { 'x-forwarded-for': address } })).code;
}

it.each([
  ['an address', () => '203.0.113.7', '203.0.113.8'],
  [
    'an address written as IPv6',
    (n: number) => ['203.0.113.9', '::ffff:203.0.113.9'][n % 2] ?? '',
    '::ffff:203.0.113.10',
  ],
  ['a network of IPv6', (n: number) => `2001:db8:0:1:${n}::${n}`, '2001:db8:0:2::1'],
])('guesses from %s count together, and not for the one beside it', async (_name, of, beside) => {
  const email = `person${++people}@example.com`;
  for (let n = 1; n <= GUESSES; n++) expect(await guess(email, of(n))).toBe('UNAUTHENTICATED');
  expect(await guess(email, of(GUESSES + 1))).toBe('RATE_LIMITED');
  expect(await guess(email, beside)).toBe('UNAUTHENTICATED');
});
