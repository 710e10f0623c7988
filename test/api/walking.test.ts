import { randomUUID } from 'node:crypto';
import type { User } from '../../server/auth/user.entity.js';
import { graphql, tokenOf } from '../support/graphql.js';
import { TestApp } from '../support/test-app.js';

const ROWS = 2000;
const SIZE = 37;

let app: TestApp;
let manager: User;
let token: string;
let telecaller: User;
let lead: string;
/** What was there before anybody walked; every fifth of them goes meanwhile. */
const before: Record<string, string[]> = { leads: [], callLogs: [], catiCalls: [] };

/** Times of two seconds, to the millisecond, most of them shared by several rows. */
const within = (n: string): string =>
  `timestamptz '2026-03-01T10:00:00.500Z' + (${n} * 7919 % 1000) * interval '2 ms'`;

const MADE: Readonly<Record<string, (rows: string) => string>> = {
  leads: (rows) =>
    `insert into leads (id, inserted_at, name, phone, telecaller_id, last_contacted_at)
     select gen_random_uuid(), ${within('n')}, 'Lead ' || n % 50, '1', $1, case when n % 3 > 0 then ${within('n * 3')} end
     from ${rows} n where $2::uuid is not null returning id`,
  callLogs: (rows) =>
    `insert into call_logs (id, inserted_at, lead_id, telecaller_id, outcome, started_at)
     select gen_random_uuid(), ${within('n')}, $2, $1, 'BUSY', ${within('n * 3')} from ${rows} n returning id`,
  catiCalls: (rows) =>
    `with made as (
       insert into recordings (id, inserted_at, updated_at, status, source_expires_at)
       select gen_random_uuid(), ${within('n')}, now(), 'EXPECTED', ${within('n * 3')} from ${rows} n returning id, inserted_at)
     insert into cati_calls (id, inserted_at, provider, call_id, status, started_at, recording_id)
     select gen_random_uuid(), inserted_at, 'deepcall', id::text, 'COMPLETED', inserted_at, id from made
     where $1::uuid is not null and $2::uuid is not null returning id`,
};
const TABLES: Readonly<Record<string, string>> = {
  leads: 'leads',
  callLogs: 'call_logs',
  catiCalls: 'cati_calls',
};

beforeAll(async () => {
  app = await TestApp.start({ env: { EARSHOT_ROLES: 'api' } });
  manager = await app.make.user('MANAGER');
  token = await tokenOf(app, manager);
  telecaller = await app.make.user('TELECALLER');
  lead = (await app.make.lead(telecaller, { insertedAt: new Date(0) })).id;
  for (const list of Object.keys(MADE)) before[list] = await make(list, `generate_series(1, ${ROWS})`);
});

afterAll(() => app[Symbol.asyncDispose]());

async function make(list: string, rows: string): Promise<string[]> {
  const made = await app.database.query<{ id: string }>(MADE[list]?.(rows) ?? '', [telecaller.id, lead]);
  return made.map(({ id }) => id);
}

/** Beside each page that is read: a few rows more, all over the list, and one of those of before less. */
async function stir(list: string, page: number, goes: string | undefined): Promise<void> {
  await make(list, `generate_series(${page * 13}, ${page * 13 + 4})`);
  if (goes) await app.database.query(`delete from ${TABLES[list]} where id = $1`, [goes]);
}

interface Page {
  nodes: { id: string }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
}

type Direction = 'forward' | 'backward';

async function read(
  list: string,
  order: string,
  direction: Direction,
  from: string | undefined,
): Promise<Page> {
  const [size, cursor] = direction === 'forward' ? ['first', 'after'] : ['last', 'before'];
  const query = `query ($from: String) { ${list}(${size}: ${SIZE}, ${cursor}: $from, orderBy: { ${order} }) {
    nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
  const { data, errors } = await graphql<Record<string, Page>>(app, query, { token, variables: { from } });
  expect(errors).toEqual([]);
  return (
    data?.[list] ?? {
      nodes: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: '', endCursor: '' },
    }
  );
}

const ORDERS: Readonly<Record<string, string[]>> = {
  leads: ['CREATED_AT', 'LAST_CONTACTED_AT', 'NAME'],
  callLogs: ['STARTED_AT', 'CREATED_AT'],
  catiCalls: ['STARTED_AT', 'SOURCE_EXPIRES_AT'],
};
const WALKS = Object.entries(ORDERS).flatMap(([list, fields]) =>
  fields.flatMap((field) =>
    (['ASC', 'DESC'] as const).flatMap((sort) =>
      (['forward', 'backward'] as const).map(
        (direction) => [list, `field: ${field}, direction: ${sort}`, direction] as const,
      ),
    ),
  ),
);

it.each(WALKS)(
  '%s in the order {%s}, %s: nothing is lost, nothing comes twice',
  async (list, order, direction) => {
    const stay = new Set(before[list]);
    const seen: string[] = [];
    let from: string | undefined;
    for (let n = 1; n <= 1000; n += 1) {
      const goes = n % 5 === 0 ? [...stay][(n * 97) % stay.size] : undefined;
      const [page] = await Promise.all([read(list, order, direction, from), stir(list, n, goes)]);
      if (goes) stay.delete(goes);
      seen.push(...page.nodes.map(({ id }) => id));
      const { hasNextPage, hasPreviousPage, endCursor, startCursor } = page.pageInfo;
      from = direction === 'forward' ? endCursor : startCursor;
      if (!(direction === 'forward' ? hasNextPage : hasPreviousPage)) break;
    }
    before[list] = [...stay];
    const found = new Set(seen);
    expect(found.size).toBe(seen.length);
    expect([...stay].filter((id) => !found.has(id))).toEqual([]);
    expect(stay.size).toBeGreaterThan(ROWS / 2);
  },
);

it('a cursor goes on from its place when its own row is gone', async () => {
  const first = await read('callLogs', 'field: STARTED_AT', 'forward', undefined);
  const rest = await read('callLogs', 'field: STARTED_AT', 'forward', first.pageInfo.endCursor);
  await app.database.query('delete from call_logs where id = $1', [first.nodes.at(-1)?.id ?? randomUUID()]);
  expect(await read('callLogs', 'field: STARTED_AT', 'forward', first.pageInfo.endCursor)).toEqual(rest);
});
