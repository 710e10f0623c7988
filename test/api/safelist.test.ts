import { createHash } from 'node:crypto';
import * as console from '../../console/src/generated/operations.js';
import * as sdk from '../../sdk/core/generated/operations.js';
import { hashPassword } from '../../server/auth/password.js';
import type { Role } from '../../server/auth/user.entity.js';
import { clientOperation } from '../../server/http/client-operations.js';
import { CLIENT_OPERATIONS } from '../../server/http/generated/client-operations.js';
import { graphql, post, tokenOf } from '../support/graphql.js';
import { formHeaders, graphqlForm, send } from '../support/raw-request.js';
import { SocketPeer } from '../support/socket-peer.js';
import { TestApp } from '../support/test-app.js';
import { watch, watchedCall, watchers, watching } from '../support/watched-call.js';

const documents: string[] = Object.values({ ...sdk, ...console });
const ROLES = ['TELECALLER', 'INTERVIEWER', 'QUALITY_AGENT', 'MANAGER'] as const satisfies Role[];
const STRANGE = 'query Me { me { id } }';

let app: TestApp;
let admin: string;

beforeAll(async () => {
  app = await TestApp.start({ env: { GRAPHQL_SAFELIST: '1', EARSHOT_ROLES: 'api' } });
  admin = await tokenOf(app, await app.make.user('ADMIN'));
});

afterAll(() => app[Symbol.asyncDispose]());

const tokenFor = async (role: Role): Promise<string> => tokenOf(app, await app.make.user(role));

describe('the manifest', () => {
  it('has what the clients send, and nothing else', () => {
    const sent = new Set([...Object.values(sdk), ...Object.values(console)] as string[]);
    expect(new Set(Object.values(CLIENT_OPERATIONS))).toEqual(sent);
    expect(documents.length).toBeGreaterThan(40);
  });

  it('has each under the SHA-256 of its text, in order', () => {
    for (const [hash, text] of Object.entries(CLIENT_OPERATIONS))
      expect(createHash('sha256').update(text).digest('hex')).toBe(hash);
    expect(Object.keys(CLIENT_OPERATIONS)).toEqual(Object.keys(CLIENT_OPERATIONS).toSorted());
  });

  it('knows no other text', () => {
    const [text = ''] = documents;
    expect(clientOperation(text)).toBeDefined();
    for (const other of [`${text} `, `#${text}`, text.toLowerCase(), '', '__proto__', 'constructor'])
      expect(clientOperation(other)).toBeUndefined();
  });
});

describe.each(ROLES)('as %s', (role) => {
  it('what the SDK sends is accepted', async () => {
    expect((await app.clientWith(await tokenFor(role)).me()).role).toBe(role);
  });

  it('anything else is refused', async () => {
    const answer = await graphql(app, STRANGE, { token: await tokenFor(role) });
    expect([answer.status, answer.code, answer.data]).toEqual([403, 'FORBIDDEN', undefined]);
  });
});

describe('no disguise helps', () => {
  const me = sdk.MeDocument;
  const headers = async () => ({ authorization: `Bearer ${await tokenFor('MANAGER')}` });

  it.each<[string, object]>([
    ['the name of a known operation', { query: STRANGE, operationName: 'Me' }],
    ['a known hash beside it', { query: STRANGE, extensions: { persistedQuery: { sha256Hash: 'x' } } }],
    ['a known text with one more operation', { query: `${me} query X{me{id}}`, operationName: 'X' }],
    ['a known text and a comment', { query: `${me} # x`, operationName: 'Me' }],
    ['a known text in front of white space', { query: ` ${me}` }],
  ])('%s', async (_name, body) => {
    const answer = await post(app, JSON.stringify(body), await headers());
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.data).toBeUndefined();
  });

  it('a known text in the URL, and another in the body', async () => {
    const url = `${app.url}/graphql?query=${encodeURIComponent(me)}`;
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(await headers()) },
      body: JSON.stringify({ query: STRANGE }),
    });
    expect(response.status).toBe(403);
  });

  it('a GET', async () => {
    const ask = async (query: string) =>
      fetch(`${app.url}/graphql?query=${encodeURIComponent(query)}`, {
        headers: { 'apollo-require-preflight': '1', ...(await headers()) },
      });
    expect((await ask(STRANGE)).status).toBe(403);
    expect((await ask(me)).status).toBe(200);
  });

  it('a form', async () => {
    const { head, tail } = graphqlForm(
      'mutation AppendChunk($input: AppendChunkInput!) { appendChunk(input: $input) { upload { id } } }',
      { uploadId: '01890000-0000-7000-8000-000000000000', offset: 0 },
      'chunk',
    );
    const token = await tokenFor('TELECALLER');
    const answer = await send(`${app.url}/graphql`, Buffer.concat([head, Buffer.from('x'), tail]), {
      method: 'POST',
      headers: formHeaders(token),
    });
    expect(answer.status).toBe(403);
  });
});

describe('admins', () => {
  it('may send anything', async () => {
    expect((await graphql(app, STRANGE, { token: admin })).code).toBe('OK');
  });

  it('that are none any more may not', async () => {
    await using strict = await TestApp.start({
      shareWith: app,
      env: { GRAPHQL_SAFELIST: '1', EARSHOT_ROLES: 'api', ROLE_CACHE_SECONDS: '0' },
    });
    const user = await app.make.user('ADMIN');
    const token = await tokenOf(app, user);
    const call = await watchedCall(app);
    const peer = await SocketPeer.open(strict, { token });
    const id = await watching(strict, peer, watch(call));
    await app.database.query(`update users set role = 'MANAGER' where id = $1`, [user.id]);
    expect((await graphql(strict, STRANGE, { token })).code).toBe('FORBIDDEN');
    expect(await peer.refusal(watch(call))).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    peer.complete(id);
    peer.close();
    await peer.closed;
  });
});

describe('without a token', () => {
  it('one can sign in by the document of the SDK', async () => {
    const password = 'a password for tests';
    const user = await app.make.user('MANAGER', { passwordHash: await hashPassword(password) });
    const { accessToken } = await app.clientWith(undefined).signIn({ email: user.email, password });
    expect((await app.clientWith(accessToken).me()).id).toBe(user.id);
  });

  it.each([
    ['another document', '{ __typename }'],
    [
      'a sign-in of one’s own',
      'mutation { signIn(input: { email: "a@b.c", password: "x" }) { accessToken } }',
    ],
    ['the schema', '{ __schema { types { name } } }'],
    ['what else the SDK sends', sdk.MeDocument],
  ])('and nothing else: %s', async (_name, query) => {
    const answer = await graphql(app, query);
    expect([answer.status, answer.code]).toEqual([401, 'UNAUTHENTICATED']);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });
});

describe('over the socket', () => {
  it('what the SDK watches is accepted, and anything else refused', async () => {
    const call = await watchedCall(app);
    const peer = await SocketPeer.open(app, { token: await tokenOf(app, call.user) });
    const known = { query: sdk.RecordingChangedDocument, variables: { id: call.recordingId } };
    await watching(app, peer, known);
    const before = watchers(app);
    expect(await peer.refusal(watch(call))).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(await peer.refusal('{"query":"{"}')).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(watchers(app)).toBe(before);
    peer.close();
    await peer.closed;
  });

  it('an admin may watch by any document', async () => {
    const call = await watchedCall(app);
    const peer = await SocketPeer.open(app, { token: admin });
    await watching(app, peer, watch(call));
    peer.close();
    await peer.closed;
  });
});
