import pg from 'pg';
import { jest } from '@jest/globals';
import { tokenOf } from '../support/graphql.js';
import { eventually } from '../support/eventually.js';
import { SocketPeer } from '../support/socket-peer.js';
import { TestApp } from '../support/test-app.js';
import { change, watch, watchedCall, watchers, watching, type WatchedCall } from '../support/watched-call.js';

/** From the commit in one process to the message of another, at best: the machine has other work too. */
const FAST_MS = 100;

let app: TestApp;
let other: TestApp;
let call: WatchedCall;
let token: string;

beforeAll(async () => {
  app = await TestApp.start({ env: { EARSHOT_ROLES: 'api' } });
  other = await TestApp.start({ shareWith: app, env: { EARSHOT_ROLES: 'api' } });
  call = await watchedCall(app);
  token = await tokenOf(app, call.user);
});

afterEach(() => jest.restoreAllMocks());

afterAll(async () => {
  await other[Symbol.asyncDispose]();
  await app[Symbol.asyncDispose]();
});

it('is heard by a subscriber of another process, within 100 ms of its commit', async () => {
  const peer = await SocketPeer.open(other, { token });
  const id = await watching(other, peer, watch(call));
  const taken: number[] = [];
  while (taken.length < 5 || (Math.min(...taken) >= FAST_MS && taken.length < 30)) {
    const attempts = await change(app, call);
    const committed = performance.now();
    await peer.frame(
      (frame) =>
        frame.id === id && peer.answers(id).some(({ data }) => data?.recordingChanged.attempts === attempts),
    );
    taken.push(performance.now() - committed);
  }
  process.stdout.write(`changes: heard ${Math.min(...taken).toFixed(1)} ms after the commit, at best\n`);
  expect(Math.min(...taken)).toBeLessThan(FAST_MS);
  peer.close();
});

it('is told once the listener is back, also what happened while it was gone', async () => {
  const peer = await SocketPeer.open(other, { token });
  const id = await watching(other, peer, watch(call));
  const listeners = await app.database.query<{ pid: number }>(
    `select pid from pg_stat_activity where application_name = 'earshot-pubsub' and datname = current_database()`,
  );
  expect(listeners).toHaveLength(2);
  await app.database.query('select pg_terminate_backend(pid) from unnest($1::int[]) pid', [
    listeners.map(({ pid }) => pid),
  ]);
  const missed = await change(app, call);
  await eventually(() => peer.answers(id).some(({ data }) => data?.recordingChanged.attempts === missed));
  const next = await change(app, call);
  await eventually(() => peer.answers(id).at(-1)?.data?.recordingChanged.attempts === next);
  peer.close();
});

it('is nobody’s when it is no event, and harms nobody', async () => {
  const peer = await SocketPeer.open(other, { token });
  const id = await watching(other, peer, watch(call));
  const client = new pg.Client({ connectionString: app.database.url });
  await client.connect();
  for (const payload of ['', '{', 'null', '1', '[]', '{"id":1}'])
    await client.query('select pg_notify($1, $2)', ['recording_changed', payload]);
  await client.end();
  const attempts = await change(app, call);
  await eventually(() => peer.answers(id).length > 0);
  expect(peer.answers(id)).toEqual([{ data: { recordingChanged: { attempts } } }]);
  peer.close();
});

it('reaches a subscriber that is slow to be answered as the latest of many', async () => {
  const peer = await SocketPeer.open(other, { token });
  const id = await watching(other, peer, watch(call));
  const { authenticator } = other.services;
  const again = authenticator.again.bind(authenticator);
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const asked = jest.spyOn(authenticator, 'again').mockImplementation(async (viewer) => {
    await gate;
    return again(viewer);
  });
  let last = 0;
  for (let n = 0; n < 20; n++) last = await change(app, call);
  await eventually(() => asked.mock.calls.length === 1);
  const heardAll = new Promise<void>((resolve) => {
    const stop = other.services.pubsub.subscribe({ channel: 'recording_changed' }, () => {
      stop();
      resolve();
    });
  });
  last = await change(app, call);
  await heardAll;
  release();
  await eventually(() => peer.answers(id).length === 2);
  expect(peer.answers(id).at(-1)).toEqual({ data: { recordingChanged: { attempts: last } } });
  peer.close();
  await peer.closed;
});

it('reaches a socket that does not read as the latest of many', async () => {
  const wordy = await watchedCall(app, call.user);
  await app.database.query('update call_logs set notes = $2 where id = $1', [
    wordy.callLog.id,
    'x'.repeat(5000),
  ]);
  const notes = Array.from({ length: 29 }, (_, n) => `n${n}: notes`).join(' ');
  const peer = await SocketPeer.open(other, { token });
  const id = await watching(other, peer, watch(wordy, `attempts callLog { ${notes} }`));
  peer.ws.pause();
  let last = 0;
  const changes = 300;
  for (let n = 0; n < changes; n++) last = await change(app, wordy);
  peer.ws.resume();
  await eventually(() => peer.answers(id).at(-1)?.data?.recordingChanged.attempts === last);
  expect(peer.answers(id).length).toBeLessThan(changes);
  peer.close();
  await peer.closed;
});

it('leaves nothing behind after 200 connections, however they end', async () => {
  const user = await app.make.user('TELECALLER');
  const mine = await watchedCall(app, user);
  const ours = await tokenOf(app, user);
  const round = async (n: number): Promise<void> => {
    const peer = await SocketPeer.connect(other);
    peer.init(ours);
    if (n % 5 !== 0) {
      await peer.frame(({ type }) => type === 'connection_ack');
      const id = peer.subscribe(watch(mine));
      if (n % 5 > 1) await eventually(() => watchers(other) > 0);
      if (n % 5 > 2) peer.complete(id);
    }
    if (n % 2 === 0) peer.ws.terminate();
    else peer.close();
    await peer.closed;
  };
  for (let n = 0; n < 200; n += 5) await Promise.all([0, 1, 2, 3, 4].map((more) => round(n + more)));
  await eventually(() => watchers(other) === 0);
  const peers: SocketPeer[] = [];
  for (let n = 0; n < 10; n++) peers.push(await SocketPeer.open(other, { token: ours }));
  for (const peer of peers) peer.close();
  await Promise.all(peers.map((peer) => peer.closed));
});

it('ends with 1001 for all when the server goes', async () => {
  const going = await TestApp.start({ shareWith: app, env: { EARSHOT_ROLES: 'api' } });
  const peer = await SocketPeer.open(going, { token });
  await watching(going, peer, watch(call));
  await going[Symbol.asyncDispose]();
  expect(await peer.closed).toBe(1001);
  expect(watchers(going)).toBe(0);
});
