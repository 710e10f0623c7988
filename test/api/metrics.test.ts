import { StorageUnavailable } from '../../server/storage/storage.js';
import { eventually } from '../support/eventually.js';
import { FaultyStorage } from '../support/faulty-storage.js';
import { figures } from '../support/figures.js';
import { fixture } from '../support/fixtures.js';
import { graphql, tokenOf } from '../support/graphql.js';
import { SocketPeer } from '../support/socket-peer.js';
import { TestApp } from '../support/test-app.js';
import { Caller } from '../support/upload-steps.js';
import { watch, watchedCall, watching } from '../support/watched-call.js';

let app: TestApp;
let storage: FaultyStorage;
let caller: Caller;

beforeAll(async () => {
  storage = await FaultyStorage.create();
  app = await TestApp.start({ storage });
  caller = await Caller.create(app);
});

afterAll(() => app[Symbol.asyncDispose]());

/** How often an operation of this name ended so. */
async function operations(operation: string, outcome: string): Promise<number> {
  const name = 'earshot_graphql_operation_duration_seconds_count';
  return (await figures(app)).get(`${name}{operation="${operation}",outcome="${outcome}"}`) ?? 0;
}

async function tries(job: string, outcome: string, of = app): Promise<number> {
  const name = 'earshot_job_duration_seconds_count';
  return (await figures(of)).get(`${name}{job="${job}",outcome="${outcome}"}`) ?? 0;
}

describe('GraphQL operations', () => {
  it('count by the name that our own clients give them', async () => {
    await caller.client.me();
    await caller.client.me();
    expect(await operations('Me', 'OK')).toBe(2);
  });

  it('count with the code of their first error', async () => {
    const missing = '01890000-0000-7000-8000-000000000000';
    await expect(caller.client.lead(missing)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(app.clientWith(undefined).me()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await operations('Lead', 'NOT_FOUND')).toBe(1);
    expect(await operations('Me', 'UNAUTHENTICATED')).toBe(1);
  });

  it('of strangers count together, whatever they call themselves', async () => {
    const before = await operations('other', 'OK');
    const names = ['Lead', 'Stranger', `S${Date.now()}`];
    for (const name of names) await graphql(app, `query ${name} { me { id } }`, { token: caller.token });
    expect(await operations('other', 'OK')).toBe(before + 3);
    expect([...(await figures(app)).keys()].join()).not.toContain('Stranger');
    expect(await operations('Lead', 'OK')).toBe(0);
  });

  it('that are no GraphQL count too', async () => {
    await graphql(app, '{');
    await graphql(app, '{ nothing }');
    expect(await operations('other', 'GRAPHQL_PARSE_FAILED')).toBe(1);
    expect(await operations('other', 'GRAPHQL_VALIDATION_FAILED')).toBe(1);
  });
});

it('subscriptions count while they are open', async () => {
  const open = async () => (await figures(app)).get('earshot_subscriptions');
  expect(await open()).toBe(0);
  const call = await watchedCall(app);
  const peer = await SocketPeer.open(app, { token: await tokenOf(app, call.user) });
  const first = await watching(app, peer, watch(call));
  await watching(app, peer, watch(call));
  expect(await open()).toBe(2);
  peer.complete(first);
  await eventually(async () => (await open()) === 1);
  peer.ws.terminate();
  await eventually(async () => (await open()) === 0);
});

describe('jobs', () => {
  it('count by how a try ended', async () => {
    const id = await caller.sent(await fixture('call.ogg'));
    storage.onPut = () => {
      storage.onPut = () => undefined;
      throw new StorageUnavailable('full');
    };
    await caller.client.finalizeUpload({ uploadId: id });
    await app.ingested(id);
    expect(await tries('recording.ingest', 'failed')).toBe(1);
    expect(await tries('recording.ingest', 'completed')).toBe(1);
  });

  it('show what waits, also where nobody works', async () => {
    await using idle = await TestApp.start({ env: { EARSHOT_ROLES: 'api' } });
    const patient = await Caller.create(idle);
    const id = await patient.sent(await fixture('call.ogg'));
    await patient.client.finalizeUpload({ uploadId: id });
    const all = await figures(idle);
    expect(all.get('earshot_jobs{job="recording.ingest",state="ready"}')).toBe(1);
    expect(all.get('earshot_jobs{job="recording.ingest",state="active"}')).toBe(0);
    expect(all.get('earshot_jobs{job="recording.copy",state="ready"}')).toBe(0);
    expect(all.get('earshot_jobs{job="recording.ingest.dead",state="ready"}')).toBe(0);
  });
});

it('the pool shows who has a connection, and who waits for one, also when the figures themselves get none', async () => {
  const idle = 'earshot_database_connections{state="idle"}';
  const busy = 'earshot_database_connections{state="busy"}';
  const waiting = 'earshot_database_waiting';
  await caller.client.me();
  expect((await figures(app)).get(idle)).toBeGreaterThan(0);
  const pool = await app.services.orm.em.getConnection().getNativeClient();
  const clients = await Promise.all(Array.from({ length: 20 }, () => pool.connect()));
  const late = pool.connect();
  try {
    const full = await figures(app);
    expect([full.get(idle), full.get(busy)]).toEqual([0, 20]);
    expect(full.get(waiting)).toBeGreaterThanOrEqual(1);
  } finally {
    for (const client of clients) client.release();
    (await late).release();
  }
  expect((await figures(app)).get(waiting)).toBe(0);
});
