import pg from 'pg';
import { sql } from 'kysely';
import { asSystem, asViewer } from '../../server/database-session.js';
import { graphql, tokenOf } from '../support/graphql.js';
import { SocketPeer } from '../support/socket-peer.js';
import { TestApp } from '../support/test-app.js';
import { watch, watchedCall } from '../support/watched-call.js';

let app: TestApp;
let admin: { id: string };
let token: string;
let blocker: pg.Client;

beforeAll(async () => {
  app = await TestApp.start({
    env: { EARSHOT_ROLES: 'api', STATEMENT_TIMEOUT_SECONDS: '0.3', ROLE_CACHE_SECONDS: '0' },
  });
  admin = await app.make.user('ADMIN');
  token = await tokenOf(app, admin);
  blocker = new pg.Client({ connectionString: app.database.url });
  await blocker.connect();
});

afterAll(async () => {
  await blocker.end();
  await app[Symbol.asyncDispose]();
});

/** Runs work while nobody else can read this table. */
async function blocked<T>(table: string, work: () => Promise<T>): Promise<T> {
  await blocker.query(`begin; lock table ${table} in access exclusive mode`);
  try {
    return await work();
  } finally {
    await blocker.query('rollback');
  }
}

it('a field that waits too long is UNAVAILABLE, beside what was found', async () => {
  const query = '{ me { id } lead(id: "01890000-0000-7000-8000-000000000000") { id } }';
  const answer = await blocked('leads', () => graphql(app, query, { token }));
  expect([answer.status, answer.code]).toEqual([200, 'UNAVAILABLE']);
  expect(answer.data).toEqual({ me: { id: admin.id }, lead: null });
  expect((await graphql(app, query, { token })).code).toBe('NOT_FOUND');
});

it('a change that waits too long changes nothing', async () => {
  const lead = await app.make.lead(null);
  const mutation = `mutation { logCall(input: { leadId: "${lead.id}", outcome: BUSY }) { callLog { id } } }`;
  const answer = await blocked('call_logs', () => graphql(app, mutation, { token }));
  expect(answer.code).toBe('UNAVAILABLE');
  expect(await app.database.query('select id from call_logs')).toEqual([]);
});

it('a token that cannot be looked up in time is 503', async () => {
  const answer = await blocked('users', () => graphql(app, '{ me { id } }', { token }));
  expect([answer.status, answer.code]).toEqual([503, 'UNAVAILABLE']);
});

it('holds for sockets too', async () => {
  const call = await watchedCall(app);
  const peer = await SocketPeer.open(app, { token });
  const errors = await blocked('recordings', () => peer.refusal(watch(call)));
  expect(errors[0]?.extensions.code).toBe('UNAVAILABLE');
  peer.close();
});

it('holds for viewers, not for the work of the system, whoever had the connection before', async () => {
  const slow = (): Promise<unknown> =>
    sql`select pg_sleep(0.5)`.execute(app.services.orm.em.fork().getKysely());
  const viewer = { id: admin.id, role: 'ADMIN' };
  for (let n = 0; n < 2; n++) {
    await expect(asViewer(viewer, slow)).rejects.toMatchObject({ code: '57014' });
    await expect(asSystem(slow)).resolves.toBeDefined();
  }
});
