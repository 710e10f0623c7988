import { generateKeyPairSync } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { hashPassword } from '../../server/auth/password.js';
import type { User } from '../../server/auth/user.entity.js';
import { graphql, tokenOf, type Answer } from '../support/graphql.js';
import { TestApp } from '../support/test-app.js';

const SECRET = 'a secret for tests, long enough to be one';
const PASSWORD = 'correct horse battery';

let app: TestApp;
let user: User;

beforeAll(async () => {
  app = await TestApp.start({ env: { EARSHOT_ROLES: 'api', ROLE_CACHE_SECONDS: '0' } });
  const passwordHash = await hashPassword(PASSWORD);
  user = await app.make.user('TELECALLER', { email: 'tara@example.com', passwordHash });
  await app.make.user('ADMIN', { email: 'gone@example.com', passwordHash, active: false });
  await app.make.user('ADMIN', { email: 'elsewhere@example.com', passwordHash: null });
});

afterAll(() => app[Symbol.asyncDispose]());

describe('signIn', () => {
  it.each(['tara@example.com', ' Tara@Example.COM '])('answers a token that works to %j', async (email) => {
    const client = app.clientWith(undefined);
    const signedIn = await client.signIn({ email, password: PASSWORD });
    expect(signedIn.user).toEqual({
      id: user.id,
      name: user.name,
      email: 'tara@example.com',
      role: 'TELECALLER',
    });
    expect(new Date(signedIn.expiresAt).getTime()).toBeGreaterThan(Date.now());
    expect((await client.me()).id).toBe(user.id);
  });

  it.each([
    ['a wrong password', 'tara@example.com', 'wrong'],
    ['an empty password', 'tara@example.com', ''],
    ['an unknown address', 'nobody@example.com', PASSWORD],
    ['somebody inactive', 'gone@example.com', PASSWORD],
    ['somebody without a password', 'elsewhere@example.com', PASSWORD],
  ])('refuses %s in the same words', async (_name, email, password) => {
    await expect(app.clientWith(undefined).signIn({ email, password })).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: 'The e-mail address or the password is wrong.',
    });
  });

  it.each([
    ['an address of 321 characters', 'email', { email: 'a'.repeat(321), password: PASSWORD }],
    ['an address with a NUL', 'email', { email: 'tara\0@example.com', password: PASSWORD }],
    ['a password of 1001 characters', 'password', { email: 'tara@example.com', password: 'p'.repeat(1001) }],
  ])('names what is wrong with %s', async (_name, field, input) => {
    await expect(app.clientWith(undefined).signIn(input)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      field,
    });
  });

  it('needs no token, and a bad one is refused all the same', async () => {
    const query = `mutation { signIn(input: { email: "x@example.com", password: "x" }) { expiresAt } }`;
    expect((await graphql(app, query, { token: 'bad' })).status).toBe(401);
  });
});

const now = (): number => Math.floor(Date.now() / 1000);

function claims(changed: Record<string, unknown> = {}, alg = 'HS256'): SignJWT {
  const all = { iss: 'earshot', aud: 'earshot-api', sub: user.id, exp: now() + 60, ...changed };
  return new SignJWT(all).setProtectedHeader({ alg });
}

const key = (secret = SECRET): Uint8Array => new TextEncoder().encode(secret);

describe('a token', () => {
  it('made by the table below, unchanged, is good', async () => {
    expect((await me(`Bearer ${await claims().sign(key())}`)).code).toBe('OK');
  });

  it.each<[string, () => string | Promise<string>]>([
    ['signed with another secret', () => claims().sign(key('another secret, long enough to be one'))],
    ['expired', () => claims({ exp: now() - 1 }).sign(key())],
    ['not yet good', () => claims({ nbf: now() + 60 }).sign(key())],
    ['without an expiry', () => claims({ exp: undefined }).sign(key())],
    ['without a subject', () => claims({ sub: undefined }).sign(key())],
    ['of another issuer', () => claims({ iss: 'elsewhere' }).sign(key())],
    ['for another audience', () => claims({ aud: 'another-api' }).sign(key())],
    ['of nobody', () => claims({ sub: '01890000-0000-7000-8000-000000000000' }).sign(key())],
    ['of a subject that is no id', () => claims({ sub: 'tara@example.com' }).sign(key())],
    ['of HS512', () => claims({}, 'HS512').sign(key())],
    [
      'of RS256',
      () => {
        const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
        return claims({}, 'RS256').sign(privateKey);
      },
    ],
    [
      'of alg none',
      () => new UnsecuredJWT({ iss: 'earshot', aud: 'earshot-api', sub: user.id, exp: now() + 60 }).encode(),
    ],
    [
      'with a payload that was changed',
      async () => {
        const [header, , signature] = (await claims().sign(key())).split('.');
        const payload = Buffer.from(
          JSON.stringify({ iss: 'earshot', aud: 'earshot-api', sub: user.id, exp: now() + 999 }),
        ).toString('base64url');
        return [header, payload, signature].join('.');
      },
    ],
    ['of three words', () => 'a.b.c'],
    ['of one word', () => 'garbage'],
  ])('%s is UNAUTHENTICATED, status 401', async (_name, make) => {
    expectRefused(await me(`Bearer ${await make()}`));
  });

  it.each(['Basic dGFyYTpwYXNz', 'Bearer', 'Bearer a b', 'Bearer a,b', 'garbage', 'Bearer "x"'])(
    'the header %j is UNAUTHENTICATED, status 401',
    async (header) => {
      expectRefused(await me(header));
    },
  );

  it.each([`bearer`, `BEARER`])('%s is a scheme in any case (RFC 9110, section 11.1)', async (scheme) => {
    expect((await me(`${scheme} ${await tokenOf(app, user)}`)).code).toBe('OK');
  });

  it('none at all: UNAUTHENTICATED by the field, with no data', async () => {
    const answer = await me(undefined);
    expect(answer.code).toBe('UNAUTHENTICATED');
    expect(answer.data).toBeNull();
  });

  it('of somebody deactivated, or of another role since, is judged by the table of users', async () => {
    const changing = await app.make.user('TELECALLER');
    const client = await app.client(changing);
    await client.leads({ first: 1 });
    await app.database.query(`update users set role = 'INTERVIEWER' where id = $1`, [changing.id]);
    await expect(client.leads({ first: 1 })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await app.database.query(`update users set role = 'MANAGER' where id = $1`, [changing.id]);
    await client.leads({ first: 1 });
    await app.database.query(`update users set active = false where id = $1`, [changing.id]);
    await expect(client.leads({ first: 1 })).rejects.toMatchObject({ code: 'UNAUTHENTICATED', status: 401 });
  });
});

function me(authorization: string | undefined): Promise<Answer> {
  return graphql(app, '{ me { id } }', { headers: authorization === undefined ? {} : { authorization } });
}

function expectRefused(answer: Answer): void {
  expect(answer.status).toBe(401);
  expect(answer.code).toBe('UNAUTHENTICATED');
  expect(answer.data).toBeUndefined();
  expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  expect(answer.errors[0]?.extensions.requestId).toBe(answer.headers.get('x-request-id'));
}
