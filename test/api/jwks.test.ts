import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignJWT, type JWK } from 'jose';
import type { User } from '../../server/auth/user.entity.js';
import { graphql, type Answer } from '../support/graphql.js';
import { TestApp } from '../support/test-app.js';

const ISSUER = 'https://id.example.com/';
const AUDIENCE = 'earshot-calls';
/** What an issuer says of who signed in. */
const MONA = { email: 'mona@example.com', email_verified: true };

/** An identity provider that publishes its keys. */
class Issuer {
  keys: JWK[] = [];
  /** Answered instead of the keys. */
  fault: ((server: Server) => { status: number; body: string }) | undefined;
  fetched = 0;
  private readonly server = createServer((_req, res) => {
    this.fetched += 1;
    const { status, body } = this.fault?.(this.server) ?? {
      status: 200,
      body: JSON.stringify({ keys: this.keys }),
    };
    res.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });

  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/jwks.json`;
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }
}

interface Signing {
  alg: 'RS256' | 'ES256';
  kid: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
}

function signingKey(alg: 'RS256' | 'ES256', kid: string): Signing {
  const pair =
    alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { alg, kid, ...pair };
}

function published({ alg, kid, publicKey }: Signing): JWK {
  return { ...(publicKey.export({ format: 'jwk' }) as JWK), alg, kid, use: 'sig' };
}

const rsa = signingKey('RS256', 'rsa-1');
const ec = signingKey('ES256', 'ec-1');
const issuer = new Issuer();
let app: TestApp;
let user: User;

beforeAll(async () => {
  issuer.keys = [published(rsa), published(ec)];
  app = await TestApp.start({
    env: {
      EARSHOT_ROLES: 'api',
      AUTH_JWT_SECRET: '',
      AUTH_JWKS_URL: await issuer.listen(),
      AUTH_ISSUER: ISSUER,
      AUTH_AUDIENCE: AUDIENCE,
      JWKS_COOLDOWN_SECONDS: '0',
      ROLE_CACHE_SECONDS: '0',
    },
  });
  user = await app.make.user('MANAGER', { email: 'mona@example.com' });
  await app.make.user('ADMIN', { email: 'inactive@example.com', active: false });
});

afterEach(() => {
  issuer.fault = undefined;
  issuer.keys = [published(rsa), published(ec)];
});

afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await issuer.close();
});

function token(
  claims: Record<string, unknown> = {},
  { alg, kid, privateKey }: Signing = rsa,
): Promise<string> {
  const exp = Math.floor(Date.now() / 1000) + 60;
  return new SignJWT({ iss: ISSUER, aud: AUDIENCE, sub: user.id, exp, ...claims })
    .setProtectedHeader({ alg, kid })
    .sign(privateKey);
}

function me(bearer: string): Promise<Answer<{ me: { id: string } }>> {
  return graphql(app, '{ me { id } }', { token: bearer });
}

describe('tokens of another issuer', () => {
  it.each<[string, Signing, () => Record<string, unknown>]>([
    ['RS256, by sub', rsa, () => ({})],
    ['ES256, by sub', ec, () => ({})],
    ['by e-mail, of a sub that is no id', rsa, () => ({ sub: 'auth0|17', ...MONA })],
    ['by e-mail in another case', rsa, () => ({ sub: 'auth0|17', ...MONA, email: 'Mona@Example.com' })],
    [
      "by e-mail, of a sub that is a UUID of the issuer's own",
      rsa,
      () => ({ sub: '3f0c2f5e-7f0a-4d0b-9b43-1f3f6f0f0f0f', ...MONA }),
    ],
    ['for several audiences', rsa, () => ({ aud: ['other', AUDIENCE] })],
  ])('%s', async (_name, key, claims) => {
    const answer = await me(await token(claims(), key));
    expect(answer.errors).toEqual([]);
    expect(answer.data?.me.id).toBe(user.id);
  });

  it.each<[string, Record<string, unknown>]>([
    ['another issuer', { iss: 'https://evil.example.com/' }],
    ['another audience', { aud: 'another-api' }],
    ['no audience', { aud: undefined }],
    ['expired', { exp: 1 }],
    ['an unknown user by sub', { sub: '3f0c2f5e-7f0a-4d0b-9b43-1f3f6f0f0f0f' }],
    ['an unknown user by e-mail', { sub: 'auth0|17', ...MONA, email: 'nobody@example.com' }],
    ['an address that nobody verified', { sub: 'auth0|17', ...MONA, email_verified: false }],
    ['an address of which it is not said', { sub: 'auth0|17', email: MONA.email }],
    ['an address of which something else is said', { sub: 'auth0|17', ...MONA, email_verified: 'true' }],
    ['an address with a NUL', { sub: 'auth0|17', ...MONA, email: 'mona@example.com\0' }],
    ['an address that is no text', { sub: 'auth0|17', ...MONA, email: { $ne: null } }],
    ['a sub that is a number', { sub: 17 }],
    ['somebody inactive', { sub: 'auth0|18', ...MONA, email: 'inactive@example.com' }],
  ])('%s: UNAUTHENTICATED', async (_name, claims) => {
    const answer = await me(await token(claims));
    expect([answer.status, answer.code]).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('signed HS256 with the public key as the secret: UNAUTHENTICATED', async () => {
    const pem = rsa.publicKey.export({ format: 'pem', type: 'spki' });
    const exp = Math.floor(Date.now() / 1000) + 60;
    const forged = await new SignJWT({ iss: ISSUER, aud: AUDIENCE, sub: user.id, exp })
      .setProtectedHeader({ alg: 'HS256', kid: 'rsa-1' })
      .sign(new TextEncoder().encode(pem.toString()));
    expect((await me(forged)).code).toBe('UNAUTHENTICATED');
  });

  it("signed with somebody else's key under a known kid: UNAUTHENTICATED", async () => {
    expect((await me(await token({}, signingKey('RS256', 'rsa-1')))).code).toBe('UNAUTHENTICATED');
  });

  it('follows a rotation: the new key works at once, and the old one no more', async () => {
    const old = await token();
    expect((await me(old)).code).toBe('OK');
    const next = signingKey('RS256', 'rsa-2');
    issuer.keys = [published(next)];
    expect((await me(await token({}, next))).code).toBe('OK');
    expect((await me(old)).code).toBe('UNAUTHENTICATED');
  });

  it('keeps the keys: a known kid asks the issuer nothing', async () => {
    await me(await token());
    const before = issuer.fetched;
    await Promise.all([me(await token()), me(await token({}, ec))]);
    expect(issuer.fetched).toBe(before);
  });

  it.each([
    ['answers 500', 500, '{}'],
    ['answers no JSON', 200, '<html>'],
    ['answers no key set', 200, '{"keys": 1}'],
  ])('an issuer that %s: UNAVAILABLE, status 503, and nothing of it is told', async (_name, status, body) => {
    issuer.fault = () => ({ status, body });
    const answer = await me(await token({}, signingKey('RS256', 'rsa-unseen')));
    expect([answer.status, answer.code]).toEqual([503, 'UNAVAILABLE']);
    expect(answer.text).not.toMatch(/JSON Web Key|Expected 200|jwks/i);
  });

  it('refuses signIn: passwords are not used', async () => {
    await expect(
      app.clientWith(undefined).signIn({ email: 'nobody@example.com', password: 'x' }),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});
