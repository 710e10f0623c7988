import { sql } from 'kysely';
import type { User } from '../../server/auth/user.entity.js';
import { asSystem } from '../../server/database-session.js';
import { graphql, tokenOf } from '../support/graphql.js';
import { COUNTED, Statements } from '../support/statements.js';
import { TestApp } from '../support/test-app.js';

let app: TestApp;
let statements: Statements;
let telecaller: User;
let tokens: Record<'telecaller' | 'manager', string>;

beforeAll(async () => {
  app = await TestApp.start({ env: COUNTED });
  statements = await Statements.of(app.services.orm);
  telecaller = await app.make.user('TELECALLER');
  tokens = {
    telecaller: await tokenOf(app, telecaller),
    manager: await tokenOf(app, await app.make.user('MANAGER')),
  };
  await seed();
});

afterAll(async () => {
  statements[Symbol.dispose]();
  await app[Symbol.asyncDispose]();
});

/** 60 leads of one telecaller, with 10 calls each, every one with a recording to play. */
async function seed(): Promise<void> {
  await app.database.query(
    `with made_leads as (
       insert into leads (id, inserted_at, name, phone, telecaller_id)
       select gen_random_uuid(), now(), 'Lead ' || n, '12345', $1 from generate_series(1, 60) n returning id
     ), calls as (
       select id as lead_id, n, gen_random_uuid() as recording_id from made_leads, generate_series(1, 10) n
     ), made_recordings as (
       insert into recordings (id, inserted_at, updated_at, status, recording_path, content_type, byte_size, sha256, uploaded_at)
       select recording_id, now(), now(), 'UPLOADED', 'local:recordings/00/' || recording_id || '/x.mp3',
         'audio/mpeg', 1, repeat('0', 64), now()
       from calls returning id
     )
     insert into call_logs (id, inserted_at, lead_id, telecaller_id, outcome, started_at, recording_id)
     select gen_random_uuid(), now(), lead_id, $1, 'CONNECTED', now() - n * interval '1 minute', made_recordings.id
     from calls join made_recordings on made_recordings.id = calls.recording_id`,
    [telecaller.id],
  );
}

interface Sent {
  statements: string[];
  data: unknown;
}

async function ask(query: string, as: keyof typeof tokens = 'manager'): Promise<Sent> {
  let data: unknown;
  const sent = await statements.during(async () => {
    const answer = await graphql(app, query, { token: tokens[as] });
    expect(answer.errors).toEqual([]);
    data = answer.data;
  });
  return { statements: sent, data };
}

const RECORDING = 'recording { id status url { url } }';

const QUERIES: [string, (first: number) => string, most: number][] = [
  [
    'leads with ten calls each, their recordings, leads and people',
    (first) => `{ leads(first: ${first}) { nodes { id telecaller { name } callLogs(first: 10) {
      nodes { id lead { id telecaller { name } } telecaller { name } ${RECORDING} } pageInfo { hasNextPage } totalCount
    } } totalCount } }`,
    8,
  ],
  [
    'calls with their leads, people and recordings',
    (first) =>
      `{ callLogs(first: ${first}) { nodes { id lead { id telecaller { name } } telecaller { name } ${RECORDING} } } }`,
    4,
  ],
  [
    'calls, and back from their recordings',
    (first) =>
      `{ callLogs(first: ${first}) { nodes { id recording { callLog { id lead { id } } catiCall { id } } } } }`,
    5,
  ],
];

describe.each(QUERIES)('%s', (_name, query, most) => {
  it.each(['manager', 'telecaller'] as const)(
    'take no more statements for 50 than for 5, as %s',
    async (as) => {
      await ask(query(1), as);
      const few = await ask(query(5), as);
      const many = await ask(query(50), as);
      expect(JSON.stringify(many.data).length).toBeGreaterThan(8 * JSON.stringify(few.data).length);
      expect(many.statements).toHaveLength(few.statements.length);
      expect(many.statements.length).toBeGreaterThan(1);
      expect(many.statements.length).toBeLessThanOrEqual(most);
    },
  );
});

describe('what is not selected is not read', () => {
  it.each([
    ['leads', '{ leads(first: 5) { nodes { id } pageInfo { hasNextPage endCursor } } }', 0],
    ['leads', '{ leads(first: 5) { nodes { id } totalCount } }', 1],
    ['leads', '{ leads(first: 5) { totalCount } }', 1],
    ['callLogs', '{ callLogs(first: 5) { edges { cursor } pageInfo { hasPreviousPage } } }', 0],
    ['callLogs', '{ callLogs(first: 5) { totalCount nodes { id } } }', 1],
  ])('%s: %s', async (_name, query, counts) => {
    const { statements: sent } = await ask(query);
    expect(sent.filter((text) => text.includes('count(*)'))).toHaveLength(counts);
    expect(sent).toHaveLength(1 + counts);
  });

  it('the counts of many leads are one statement', async () => {
    const { statements: sent } = await ask(
      '{ leads(first: 50) { nodes { callLogs(first: 1) { totalCount } } } }',
    );
    expect(sent.filter((text) => text.includes('count(*)'))).toHaveLength(1);
  });
});

it('a role is read once in a while, not at every request', async () => {
  const { statements: sent } = await ask('{ leads(first: 1) { nodes { id } } }');
  expect(sent.filter((text) => text.includes('"users"'))).toEqual([]);
  const fresh = await tokenOf(app, await app.make.user('MANAGER'));
  const first = await statements.during(() => graphql(app, '{ leads { nodes { id } } }', { token: fresh }));
  expect(first.filter((text) => text.includes('"users"'))).toHaveLength(1);
});

it('a page that is asked for again and again is prepared, and outlives a change of its table', async () => {
  // One statement after the other, so that one connection has them all.
  const query = '{ leads(first: 3) { nodes { id name callLogs(first: 2) { nodes { id } } } } }';
  const first = await ask(query);
  for (let n = 0; n < 6; n++) await ask(query);
  expect(first.statements).toHaveLength(2);
  const prepared = await asSystem(() =>
    sql<{ statement: string }>`select statement from pg_prepared_statements`.execute(
      app.services.orm.em.fork().getKysely(),
    ),
  );
  expect(prepared.rows.map(({ statement }) => statement)).toEqual(expect.arrayContaining(first.statements));
  const tables = ['leads', 'call_logs'];
  for (const table of tables) await app.database.query(`alter table ${table} add column newer text`);
  expect(await ask(query)).toEqual(first);
  for (const table of tables) await app.database.query(`alter table ${table} drop column newer`);
  expect(await ask(query)).toEqual(first);
});
