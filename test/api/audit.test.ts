import { serverAudits } from 'graphql-http';
import { tokenOf } from '../support/graphql.js';
import { TestApp } from '../support/test-app.js';

/**
 * What GraphQL over HTTP asks of a server (its specification's MUST, SHOULD and MAY), as the reference implementation
 * audits it. A broken MUST is an `error`, a broken SHOULD a `warn`.
 */
let app: TestApp;
let token: string;
const warnings: string[] = [];

beforeAll(async () => {
  app = await TestApp.start({ env: { EARSHOT_ROLES: 'api' } });
  token = await tokenOf(app, await app.make.user('ADMIN'));
});

afterAll(async () => {
  process.stdout.write(`audit: ${AUDITS.length} audits, ${warnings.length} warnings\n`);
  for (const warning of warnings) process.stdout.write(`  ${warning}\n`);
  await app[Symbol.asyncDispose]();
});

const AUDITS = serverAudits({
  url: () => `${app.url}/graphql`,
  fetchFn: (url: string, { headers, ...init }: RequestInit = {}) => {
    const all = new Headers(headers);
    all.set('authorization', `Bearer ${token}`);
    return fetch(url, { ...init, headers: all });
  },
});

it.each(AUDITS.map((audit) => [audit.name, audit] as const))('%s', async (name, audit) => {
  const result = await audit.fn();
  if (result.status === 'warn') warnings.push(`${name}: ${result.reason}`);
  expect(result).not.toMatchObject({ status: 'error' });
});
