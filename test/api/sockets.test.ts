import { once } from 'node:events';
import { createConnection } from 'node:net';
import { jest } from '@jest/globals';
import { SignJWT } from 'jose';
import { errors } from '../../server/errors.js';
import type { User } from '../../server/auth/user.entity.js';
import { tokenOf } from '../support/graphql.js';
import { eventually } from '../support/eventually.js';
import { SocketPeer } from '../support/socket-peer.js';
import { TestApp } from '../support/test-app.js';
import { change, watch, watchedCall, watchers, watching, type WatchedCall } from '../support/watched-call.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const NOWHERE = '01890000-0000-7000-8000-000000000000';

let app: TestApp;
let call: WatchedCall;
let token: string;
const peers: SocketPeer[] = [];

beforeAll(async () => {
  app = await TestApp.start({ env: { EARSHOT_ROLES: 'api' } });
  call = await watchedCall(app);
  token = await tokenOf(app, call.user);
});

afterEach(async () => {
  jest.restoreAllMocks();
  for (const peer of peers.splice(0)) {
    peer.ws.terminate();
    await peer.closed;
  }
  await eventually(() => watchers(app) === 0);
});

afterAll(() => app[Symbol.asyncDispose]());

async function connect(options: Parameters<typeof SocketPeer.connect>[1] = {}): Promise<SocketPeer> {
  const peer = await SocketPeer.connect(app, options);
  peers.push(peer);
  return peer;
}

async function open(by: string = token): Promise<SocketPeer> {
  const peer = await SocketPeer.open(app, { token: by });
  peers.push(peer);
  return peer;
}

describe('who may connect', () => {
  const forged = (expires: string): Promise<string> =>
    new SignJWT()
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('earshot')
      .setAudience('earshot-api')
      .setSubject(NOWHERE)
      .setExpirationTime(expires)
      .sign(new TextEncoder().encode('a secret for tests, long enough to be one'));

  it.each<[string, () => string | undefined | Promise<string>]>([
    ['without a token', () => undefined],
    ['with an empty one', () => ''],
    ['with a bad one', () => 'x'],
    ['with one that has expired', () => forged('1 second ago')],
    ['with one of no user', () => forged('1 hour')],
  ])('%s: closed with 4403', async (_name, make) => {
    const peer = await connect();
    peer.init(await make());
    expect(await peer.closed).toBe(4403);
    expect(peer.frames).toEqual([]);
  });

  it('nobody who was made inactive', async () => {
    const user = await app.make.user('ADMIN', { active: false });
    const peer = await connect();
    peer.init(await tokenOf(app, user));
    expect(await peer.closed).toBe(4403);
  });

  it('a token that cannot be checked now is not called bad: closed with 1013', async () => {
    jest.spyOn(app.services.authenticator, 'viewerOf').mockRejectedValue(errors.unavailable('no keys'));
    const peer = await connect();
    peer.init(token);
    expect(await peer.closed).toBe(1013);
  });

  it('is closed with 4403 when the token expires', async () => {
    await using brief = await TestApp.start({ shareWith: app, env: { ACCESS_TOKEN_SECONDS: '2' } });
    const peer = await SocketPeer.open(brief, { token: await tokenOf(brief, call.user) });
    const id = await watching(brief, peer, watch(call));
    expect(await peer.closed).toBe(4403);
    expect(peer.answers(id)).toEqual([]);
    await eventually(() => watchers(brief) === 0);
  });

  it('says nothing before the token is checked: closed with 4401', async () => {
    const peer = await connect();
    peer.subscribe(watch(call));
    expect(await peer.closed).toBe(4401);
  });
});

describe('the upgrade', () => {
  it.each([
    ['a page of this machine', 'http://localhost:5173', undefined],
    ['another page', 'https://evil.example.com', 403],
    ['a page in a sandbox', 'null', 403],
    ['a page whose name begins like ours', 'http://localhost.evil.example.com', 403],
  ])('%s: %s', async (_name, origin, status) => {
    if (status === undefined) return void (await connect({ origin }));
    expect(await SocketPeer.refusedUpgrade(`${app.url}/graphql`, { origin })).toBe(status);
  });

  it('lets the pages in that the operator names, and its own, and no other', async () => {
    const env = { CORS_ORIGINS: 'https://app.example.com', EARSHOT_ROLES: 'api' };
    await using named = await TestApp.start({ shareWith: app, env });
    const { host } = new URL(named.url);
    for (const origin of ['https://app.example.com', `http://${host}`, `https://${host}`]) {
      const peer = await SocketPeer.open(named, { token, origin });
      peer.close();
      await peer.closed;
    }
    for (const origin of ['http://localhost:5173', 'http://app.example.com', `http://evil.example.com`])
      expect(await SocketPeer.refusedUpgrade(`${named.url}/graphql`, { origin })).toBe(403);
  });

  it('is to be had at /graphql only', async () => {
    expect(await SocketPeer.refusedUpgrade(`${app.url}/`)).toBe(404);
    expect(await SocketPeer.refusedUpgrade(`${app.url}/graphql/x`)).toBe(404);
  });

  it('leaves nothing open of what it refused, though the other side does not close', async () => {
    const { hostname, port } = new URL(app.url);
    const peer = createConnection({ host: hostname, port: Number(port), allowHalfOpen: true });
    peer.on('error', () => undefined);
    peer.write(`GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
    peer.resume();
    await once(peer, 'end');
    // A server that has let go of it answers this by a reset, which the next write meets.
    await eventually(() => {
      peer.write('x');
      return peer.destroyed;
    });
  });

  it.each(['graphql-ws', 'x'])('speaks no other protocol: %s', async (protocol) => {
    await expect(connect({ protocol })).rejects.toThrow('subprotocol');
  });
});

describe('what a socket carries', () => {
  it.each([
    ['a query', '{ me { id } }', 'BAD_REQUEST'],
    [
      'a mutation',
      `mutation { cancelUpload(input: { uploadId: "${NOWHERE}" }) { upload { id } } }`,
      'BAD_REQUEST',
    ],
    ['introspection', '{ __schema { types { name } } }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'one of two operations',
      'query A { me { id } } subscription B { recordingChanged(id: "1") { id } }',
      'BAD_REQUEST',
    ],
    ['no GraphQL', '{', 'GRAPHQL_PARSE_FAILED'],
  ])('not %s', async (_name, query, code) => {
    const peer = await open(await tokenOf(app, await app.make.user('ADMIN')));
    expect(await peer.refusal({ query })).toEqual([
      {
        message: expect.any(String) as string,
        extensions: { code, requestId: expect.stringMatching(UUID) as string },
      },
    ]);
  });

  it('each operation has a request id of its own', async () => {
    const peer = await open();
    const ids = await Promise.all(
      [1, 2, 3].map(async () => (await peer.refusal({ query: '{' }))[0]?.extensions.requestId),
    );
    expect(new Set(ids).size).toBe(3);
  });

  it.each<[string, (peer: SocketPeer) => void, number]>([
    ['no JSON', (peer) => peer.send('{'), 4400],
    ['no message', (peer) => peer.send('{}'), 4400],
    ['variables that are a list', (peer) => peer.subscribe({ query: '{a}', variables: [] }), 4400],
    ['a query that is none', (peer) => peer.subscribe({ query: 1 }), 4400],
    ['a second beginning', (peer) => peer.init(token), 4429],
    ['bytes that are no UTF-8', (peer) => peer.ws.send(Buffer.from([0xff, 0xfe]), { binary: false }), 1007],
    ['a message of more than 64 KiB', (peer) => peer.send(`{"type":"ping"}${' '.repeat(64 * 1024)}`), 1009],
  ])('%s closes it', async (_name, misbehave, code) => {
    const peer = await open();
    misbehave(peer);
    expect(await peer.closed).toBe(code);
  });

  it('two operations of one name close it', async () => {
    const peer = await open();
    peer.send({ type: 'subscribe', id: 'a', payload: watch(call) });
    peer.send({ type: 'subscribe', id: 'a', payload: watch(call) });
    expect(await peer.closed).toBe(4409);
  });

  it('a message of 64 KiB is read', async () => {
    const peer = await open();
    peer.send('{"type":"ping"}'.padEnd(64 * 1024));
    await peer.frame(({ type }) => type === 'pong');
  });

  it('whoever sends and does not read is cut off', async () => {
    const peer = await open();
    peer.ws.pause();
    const ping = { type: 'ping', payload: { pad: 'x'.repeat(60_000) } };
    for (let sent = 0; sent < 1000; sent++) peer.send(ping);
    await eventually(() => peer.ws.bufferedAmount === 0);
    peer.ws.resume();
    expect(await peer.closed).toBe(1006);
    expect(peer.frames.length).toBeLessThan(1000);
  });
});

describe('how much of it', () => {
  it('ten connections of one user, the next is asked to come later', async () => {
    const user = await app.make.user('TELECALLER');
    const mine = await tokenOf(app, user);
    const [first] = await Promise.all(Array.from({ length: 10 }, () => open(mine)));
    const eleventh = await connect();
    eleventh.init(mine);
    expect(await eleventh.closed).toBe(1013);
    await open();
    first?.close();
    await first?.closed;
    await open(mine);
  });

  it('fifty subscriptions of one connection, until one ends', async () => {
    const peer = await open();
    const ids = Array.from({ length: 50 }, () => peer.subscribe(watch(call)));
    await eventually(() => watchers(app) === 50);
    expect((await peer.refusal(watch(call)))[0]?.extensions.code).toBe('BAD_REQUEST');
    peer.complete(ids[0] ?? '');
    await eventually(() => watchers(app) === 49);
    await watching(app, peer, watch(call));
    await change(app, call);
    await Promise.all(ids.slice(1).map((id) => peer.frameOf(id, 'next')));
    expect(peer.answers(ids[0] ?? '')).toEqual([]);
  });
});

describe('what may be watched', () => {
  const code = async (peer: SocketPeer, args: string): Promise<string | undefined> => {
    const found = await peer.refusal({ query: `subscription { recordingChanged${args} { id } }` });
    expect(found[0]?.extensions.requestId).toMatch(UUID);
    return found[0]?.extensions.code;
  };

  it('one’s own only: all else is NOT_FOUND, whether it is there or not', async () => {
    const others = await watchedCall(app);
    const cati = await app.make.catiCall(await app.make.user('INTERVIEWER'));
    const peer = await open();
    for (const args of [
      `(id: "${others.recordingId}")`,
      `(callLogId: "${others.callLog.id}")`,
      `(catiCallId: "${cati.id}")`,
      `(id: "${NOWHERE}")`,
      '(id: "x")',
      String.raw`(callLogId: "\u0000")`,
    ])
      expect(await code(peer, args)).toBe('NOT_FOUND');
  });

  it.each([
    [''],
    ['(id: null)'],
    [`(id: "${NOWHERE}", callLogId: "${NOWHERE}")`],
    [`(callLogId: "${NOWHERE}", catiCallId: "${NOWHERE}")`],
    [`(id: "${NOWHERE}", callLogId: "${NOWHERE}", catiCallId: "${NOWHERE}")`],
  ])('by exactly one argument, not by %s', async (args) => {
    expect(await code(await open(), args)).toBe('BAD_USER_INPUT');
  });

  it('a fault of the server is masked, and logged under the id that is told', async () => {
    jest.spyOn(app.services.authenticator, 'again').mockRejectedValue(new Error('relation "users" is gone'));
    const logged = jest.spyOn(app.services.logger, 'error').mockReturnValue(undefined);
    const [error] = await (await open()).refusal(watch(call));
    expect(error?.extensions.code).toBe('INTERNAL');
    expect(JSON.stringify(error)).not.toContain('users');
    expect(logged.mock.calls).toEqual([
      [expect.objectContaining({ requestId: error?.extensions.requestId }), 'INTERNAL'],
    ]);
  });
});

describe('what is no longer one’s own', () => {
  let changing: TestApp;
  let peer: SocketPeer;
  let mine: WatchedCall;
  let id: string;

  beforeAll(async () => {
    changing = await TestApp.start({
      shareWith: app,
      env: { EARSHOT_ROLES: 'api', ROLE_CACHE_SECONDS: '0' },
    });
  });
  beforeEach(async () => {
    mine = await watchedCall(app);
    peer = await SocketPeer.open(changing, { token: await tokenOf(changing, mine.user) });
    id = await watching(changing, peer, watch(mine));
    await change(changing, mine);
    await peer.frameOf(id, 'next');
  });
  afterEach(async () => {
    await eventually(() => watchers(changing) === 0);
    peer.close();
  });
  afterAll(() => changing[Symbol.asyncDispose]());

  it.each<[string, (user: User) => [string, unknown[]]]>([
    [
      'its lead was given to another',
      () => ['update leads set telecaller_id = null where id = $1', [mine.leadId]],
    ],
    [
      'the viewer has another role',
      ({ id: user }) => ["update users set role = 'INTERVIEWER' where id = $1", [user]],
    ],
  ])('is not heard of: %s', async (_name, statement) => {
    await changing.database.query(...statement(mine.user));
    await change(changing, mine);
    await peer.frameOf(id, 'complete');
    await change(changing, mine);
    await eventually(() => watchers(changing) === 0);
    expect(peer.frames.map(({ type }) => type)).toEqual(['connection_ack', 'next', 'complete']);
  });

  it('is not heard of: the viewer may not sign in any more, and is told so', async () => {
    await changing.database.query('update users set active = false where id = $1', [mine.user.id]);
    await change(changing, mine);
    const { payload } = await peer.frameOf(id, 'error');
    expect(payload).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(peer.answers(id)).toHaveLength(1);
  });
});
