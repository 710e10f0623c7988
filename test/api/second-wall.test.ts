import pg from 'pg';
import { POLICY } from '../../server/auth/policy.js';
import type { Role } from '../../server/auth/user.entity.js';
import { graphql } from '../support/graphql.js';
import { TestApp } from '../support/test-app.js';
import { World } from '../support/world.js';

let app: TestApp;
let world: World;

beforeAll(async () => {
  app = await TestApp.start({ env: { EARSHOT_ROLES: 'api' } });
  world = await World.create(app);
});

afterAll(() => app[Symbol.asyncDispose]());

it('a connection without a session sees nothing, and writes nothing', async () => {
  const fresh = new pg.Client({ connectionString: app.database.url });
  await fresh.connect();
  const lead = await world.make('lead', 'own');
  const count = await fresh.query('select from leads');
  const changed = await fresh.query("update leads set name = 'x' where id = $1", [lead]);
  expect([count.rowCount, changed.rowCount]).toEqual([0, 0]);
  await expect(
    fresh.query(
      "insert into leads (id, inserted_at, name, phone) values (gen_random_uuid(), now(), 'x', '1')",
    ),
  ).rejects.toThrow(/row-level security/);
  await fresh.end();
});

const ROLES = ['TELECALLER', 'INTERVIEWER', 'QUALITY_AGENT', 'MANAGER', 'ADMIN'] as const satisfies Role[];

/** Which of its own and of a colleague's a role sees, when nothing but the database keeps them from it. */
const SEEN: [thing: string, kind: string, words: string][] = [
  ['lead', 'lead', 'own none none all all'],
  ['callLog', 'callLog', 'own none none all all'],
  ['recording', 'callRecording', 'own none none all all'],
  ['upload', 'callUpload', 'own none none none all'],
  ['catiCall', 'catiCall', 'none own all all all'],
  ['recording', 'catiRecording', 'none own all all all'],
  ['upload', 'catiUpload', 'none own none none all'],
  ['review', 'catiReview', 'none own all all all'],
];
const LISTS: Readonly<Record<string, string>> = {
  lead: 'leads',
  callLog: 'callLogs',
  catiCall: 'catiCalls',
  review: 'reviews',
};
const VISIBLE: Readonly<Record<string, boolean[]>> = {
  own: [true, false],
  none: [false, false],
  all: [true, true],
};

describe('with the first wall taken out', () => {
  const kept = structuredClone(POLICY) as Record<string, Record<string, string>>;

  beforeAll(() => {
    for (const access of Object.values(POLICY) as Record<string, string>[])
      for (const role of ROLES) access[role] = 'all';
  });

  afterAll(() => {
    for (const [permission, access] of Object.entries(POLICY) as [string, object][])
      Object.assign(access, kept[permission]);
  });

  const cells = SEEN.flatMap(([thing, kind, words]) =>
    words.split(' ').map((word, n) => [thing, kind, ROLES[n] ?? 'ADMIN', word] as const),
  );

  it.each(cells)('%s (%s): %s sees %s', async (thing, kind, role, word) => {
    const ids = [await world.make(kind, 'own'), await world.make(kind, 'other')];
    const token = await world.token(role);
    const seen = ids.map(async (id) => {
      const { code, data } = await graphql<Record<string, { id: string } | null>>(
        app,
        `{ ${thing}(id: "${id}") { id } }`,
        { token },
      );
      expect(code).toBe(data?.[thing] ? 'OK' : 'NOT_FOUND');
      return data?.[thing]?.id === id;
    });
    expect(await Promise.all(seen)).toEqual(VISIBLE[word]);
    const list = LISTS[thing];
    if (list) expect(await listed(list, token, ids)).toEqual(VISIBLE[word]);
  });

  async function listed(list: string, token: string, ids: string[]): Promise<boolean[]> {
    const { code, data } = await graphql<Record<string, { nodes: { id: string }[]; totalCount: number }>>(
      app,
      `{ ${list}(first: 200) { nodes { id } totalCount } }`,
      { token },
    );
    expect(code).toBe('OK');
    const nodes = data?.[list]?.nodes ?? [];
    expect(data?.[list]?.totalCount).toBe(nodes.length);
    return ids.map((id) => nodes.some((node) => node.id === id));
  }

  it('a lead given away takes its calls and their recordings with it', async () => {
    const owner = world.person('TELECALLER');
    const lead = await app.make.lead(owner);
    const recording = await app.make.recording({ status: 'EXPECTED' });
    const call = await app.make.callLog(lead, owner, { recording: recording.id });
    const token = await world.token('TELECALLER');
    const query = `{ callLog(id: "${call.id}") { id } recording(id: "${recording.id}") { id } }`;
    expect((await graphql(app, query, { token })).code).toBe('OK');
    await app.database.query('update leads set telecaller_id = $1 where id = $2', [
      world.colleague('TELECALLER').id,
      lead.id,
    ]);
    expect((await graphql(app, query, { token })).data).toEqual({ callLog: null, recording: null });
  });
});

it('the first wall is back', async () => {
  const token = await world.token('INTERVIEWER');
  expect((await graphql(app, '{ leads { totalCount } }', { token })).code).toBe('FORBIDDEN');
});
