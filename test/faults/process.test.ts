import { jest } from '@jest/globals';
import { DEMO_USERS } from '../../server/demo/demo-people.js';
import { DataDir } from '../support/data-dir.js';
import { until } from '../support/eventually.js';
import { seededWav } from '../support/seeded-wav.js';
import { ServerProcess } from '../support/server-process.js';
import { halfAChunk, openUpload } from '../support/server-steps.js';
import { SocketPeer } from '../support/socket-peer.js';

const STACK = /^\s+at /m;
const CLEAN = { code: 0, signal: null };
const TELECALLER = { email: 'telecaller@example.com', password: 'earshot-demo' };

jest.setTimeout(120_000);

let dir: DataDir;
let servers: ServerProcess[];

beforeAll(async () => {
  dir = await DataDir.create();
});

beforeEach(() => {
  servers = [];
});

afterEach(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]();
});

afterAll(() => dir[Symbol.asyncDispose]());

async function start(env: Record<string, string> = {}): Promise<ServerProcess> {
  const server = await ServerProcess.start(dir.path, env);
  servers.push(server);
  return server;
}

it('serves everybody at its first start, and leaves nothing running at SIGTERM', async () => {
  const server = await start();
  expect(await server.readiness()).toBe(200);
  const people = DEMO_USERS.map(async ({ email, name, role }) => {
    const client = await server.signedIn(email.slice(0, email.indexOf('@')));
    expect(await client.me()).toMatchObject({ email, name, role });
  });
  await Promise.all(people);
  expect(people).toHaveLength(6);
  expect(await dir.postgresRuns()).toBe(true);

  expect(await server.end('SIGTERM')).toEqual(CLEAN);
  expect(await dir.postgresPid()).toBeUndefined();
  expect(server.stderr).not.toMatch(STACK);
  expect(server.stdout).toMatch(/Shutting down/);
});

it('knows its secrets and its data after a restart', async () => {
  const first = await start();
  const before = await first.signedIn('telecaller');
  const { accessToken } = await before.signIn(TELECALLER);
  const [lead] = (await before.leads({ first: 1 })).nodes;
  const logged = await before.logCall({ leadId: lead?.id ?? '', outcome: 'BUSY', notes: 'call at five' });
  const calls = (await before.callLogs({ first: 200, withUrls: true })).nodes;
  const link = calls.find(({ recording }) => recording?.url)?.recording?.url?.url ?? '';
  const heard = Buffer.from(await (await fetch(link)).arrayBuffer());
  await first.end('SIGTERM');

  const began = Date.now();
  const second = await start();
  process.stdout.write(`second start: ${Date.now() - began} ms\n`);
  const after = second.client(accessToken);
  expect(await after.callLog(logged.id)).toMatchObject({ notes: 'call at five', outcome: 'BUSY' });
  expect((await after.callLogs({ first: 200 })).nodes.map(({ id }) => id)).toEqual(calls.map(({ id }) => id));
  const again = await fetch(link.replace(first.url, second.url));
  expect(again.status).toBe(200);
  expect(Buffer.from(await again.arrayBuffer()).equals(heard)).toBe(true);
  expect(heard.length).toBeGreaterThan(1000);
});

it('takes a second SIGINT for the same wish, and lets the request under way finish first', async () => {
  const server = await start({ DRAIN_SECONDS: '600' });
  const wav = await seededWav('a chunk under way', 100_000);
  const client = await server.signedIn('telecaller');
  const { id } = await openUpload(client, wav);
  const chunk = await wav.read(0, wav.byteSize);
  const { accessToken } = await client.signIn(TELECALLER);
  const sending = await halfAChunk(server, accessToken, { uploadId: id, offset: 0 }, chunk);

  server.signal('SIGINT');
  await server.printed(/Shutting down/);
  expect(server.signal('SIGINT')).toBe(true);
  await expect(fetch(`${server.url}/readyz`)).rejects.toThrow('fetch failed');
  sending.finish();
  expect(JSON.parse(String((await sending.answer).body))).toEqual({
    data: { appendChunk: { upload: { receivedBytes: wav.byteSize } } },
  });
  expect(await server.exited).toEqual(CLEAN);
  expect(await dir.postgresPid()).toBeUndefined();
  // A connection that is kept alive would hold it for 65 s.
}, 45_000);

it('is not ready first, then takes nothing new, then ends requests, and sockets last', async () => {
  const server = await start({ READINESS_GRACE_SECONDS: '2', DRAIN_SECONDS: '600' });
  const wav = await seededWav('a chunk over the shutdown', 100_000);
  const client = await server.signedIn('telecaller');
  const { id } = await openUpload(client, wav);
  const chunk = await wav.read(0, wav.byteSize);
  const { accessToken } = await client.signIn(TELECALLER);
  const sending = await halfAChunk(server, accessToken, { uploadId: id, offset: 0 }, chunk);
  const watcher = await SocketPeer.open(server, { token: accessToken });

  server.signal('SIGTERM');
  await server.printed(/Shutting down/);
  await until(async () => (await server.readiness()) === 503, 5);
  expect(await client.me()).toMatchObject({ email: TELECALLER.email });
  await until(() => server.refuses(), 10);
  expect(watcher.ws.readyState).toBe(watcher.ws.OPEN);
  sending.finish();
  expect((await sending.answer).status).toBe(200);
  expect(await watcher.closed).toBe(1001);
  expect(await server.exited).toEqual(CLEAN);
}, 45_000);

it('shuts down in order when nobody reads its output any more', async () => {
  const server = await start();
  server.child.stdout?.destroy();
  server.child.stderr?.destroy();
  expect(await server.end('SIGTERM')).toEqual(CLEAN);
  expect(await dir.postgresPid()).toBeUndefined();
});

it('ends in order when it is told to while it still starts', async () => {
  await using fresh = await DataDir.create();
  await using server = ServerProcess.spawn(fresh.path);
  await until(async () => (await fresh.postgresPid()) !== undefined, 20);
  expect(server.stdout).toBe('');
  expect(await server.end('SIGTERM')).toEqual(CLEAN);
  expect(await fresh.postgresPid()).toBeUndefined();
});
