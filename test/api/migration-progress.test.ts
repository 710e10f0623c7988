import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { tokenOf } from '../support/graphql.js';
import { actOn, runUntil, seedCalls, startRun } from '../support/migration-steps.js';
import { ScriptedCopier } from '../support/scripted-copier.js';
import { TestApp } from '../support/test-app.js';

const WATCH = `subscription($id: ID!) { migrationProgress(id: $id) { status
  progress { total uploaded skipped deleted failed remaining itemsPerSecond bytesPerSecond etaSeconds atRisk } } }`;

interface Heard {
  /** Milliseconds from the question. */
  after: number;
  status: string;
  progress: Record<'total' | 'uploaded' | 'skipped' | 'deleted' | 'failed' | 'remaining', number>;
}

let app: TestApp;
let other: TestApp;
let copier: ScriptedCopier;
let admin: { id: string };
let token: string;

beforeAll(async () => {
  copier = new ScriptedCopier();
  app = await TestApp.start({ copier });
  copier.database = app.database;
  other = await TestApp.start({ shareWith: app, env: { EARSHOT_ROLES: 'api' } });
  admin = await app.make.user('ADMIN');
  token = await tokenOf(app, admin);
});

afterAll(async () => {
  await other[Symbol.asyncDispose]();
  await app[Symbol.asyncDispose]();
});

async function socketOf(on: TestApp, user: { id: string }): Promise<Client> {
  return createClient({
    url: `${on.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${await tokenOf(on, user)}` },
    retryAttempts: 0,
    lazy: false,
  });
}

/** Every event until the server ends the subscription. */
async function listen(socket: Client, id: string): Promise<Heard[]> {
  const heard: Heard[] = [];
  const begun = Date.now();
  for await (const { data, errors } of socket.iterate({ query: WATCH, variables: { id } })) {
    if (errors) throw new Error(errors[0]?.message);
    const { migrationProgress } = data as { migrationProgress: Omit<Heard, 'after'> };
    heard.push({ ...migrationProgress, after: Date.now() - begun });
  }
  return heard;
}

it.each([
  ['the process that copies', () => app],
  ['another process', () => other],
])('told by %s: at once, at most four a second, consistent, and the last one final', async (_name, on) => {
  await seedCalls(app, 80);
  copier.takes = 20;
  const id = await startRun(app, token, { concurrency: 2 });
  const socket = await socketOf(on(), admin);
  const heard = await listen(socket, id);
  expect(heard.length).toBeGreaterThan(2);
  for (const { progress } of heard) {
    const { total, uploaded, skipped, deleted, failed, remaining } = progress;
    expect(uploaded + skipped + deleted + failed + remaining).toBe(total);
  }
  const uploaded = heard.map(({ progress }) => progress.uploaded);
  expect(uploaded).toEqual(uploaded.toSorted((a, b) => a - b));
  expect(heard.at(-1)).toMatchObject({ status: 'SUCCEEDED', progress: { uploaded: 80, remaining: 0 } });
  expect(heard.filter(({ status }) => status === 'SUCCEEDED')).toHaveLength(1);
  // A timer of 250 ms may be early by one.
  heard.forEach(({ after }, index) => expect(after).toBeGreaterThanOrEqual(index * 249));
  await socket.dispose();
});

it('of a run that is over there is one event', async () => {
  const id = await startRun(app, token);
  await runUntil(app, id, 'SUCCEEDED');
  const socket = await socketOf(other, admin);
  const heard = await listen(socket, id);
  expect(heard.map(({ status }) => status)).toEqual(['SUCCEEDED']);
  await socket.dispose();
});

it('tells a pause and a cancel', async () => {
  await seedCalls(app, 10);
  copier.hangs = true;
  const id = await startRun(app, token);
  await runUntil(app, id, 'RUNNING');
  const socket = await socketOf(other, admin);
  const listening = listen(socket, id);
  await actOn(other, token, 'pause', id);
  await runUntil(app, id, 'PAUSED');
  await actOn(other, token, 'cancel', id);
  expect((await listening).at(-1)?.status).toBe('CANCELLED');
  copier.hangs = false;
  await socket.dispose();
});

it.each(['TELECALLER', 'INTERVIEWER', 'QUALITY_AGENT'] as const)('is not for %s', async (role) => {
  const id = await startRun(app, token, { allowConcurrent: true, dryRun: true });
  const socket = await socketOf(app, await app.make.user(role));
  await expect(listen(socket, id)).rejects.toThrow(/no such migration/);
  await socket.dispose();
});
