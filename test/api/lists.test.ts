import type { User } from '../../server/auth/user.entity.js';
import type { Lead } from '../../server/leads/lead.entity.js';
import { graphql, tokenOf } from '../support/graphql.js';
import { TestApp } from '../support/test-app.js';

let app: TestApp;
let manager: User;
let token: string;
let lead: Lead;

beforeAll(async () => {
  app = await TestApp.start({ env: { EARSHOT_ROLES: 'api' } });
  manager = await app.make.user('MANAGER');
  token = await tokenOf(app, manager);
  const telecaller = await app.make.user('TELECALLER');
  lead = await app.make.lead(telecaller, { name: 'Zoe', lastContactedAt: null, insertedAt: at(0) });
  // Same names, same times and no times: what only the id tells apart. Two alphabets, and the longest name there is.
  const names = ['anna', 'Anna', 'Ünal', 'अनिल', '😀'.repeat(200), "O'Brien", '\u0001'.repeat(200), 'anna'];
  for (const [n, name] of names.entries()) {
    await app.make.lead(n % 2 === 0 ? telecaller : null, {
      name,
      insertedAt: at(Math.floor(n / 2)),
      lastContactedAt: n % 3 === 0 ? null : at(n % 2),
    });
  }
  for (let n = 0; n < 9; n += 1)
    await app.make.callLog(lead, telecaller, { startedAt: at(n % 3), insertedAt: at(9 - n) });
  // What its provider tells no beginning of was first heard of before the others began.
  for (let n = 0; n < 9; n += 1) {
    const recording = await app.make.recording({ status: 'EXPECTED', sourceExpiresAt: at(n % 4) });
    await app.make.catiCall(null, {
      recording: recording.id,
      startedAt: n < 2 ? null : at(n % 3),
      insertedAt: n < 2 ? at(-9) : at(n),
    });
  }
});

afterAll(() => app[Symbol.asyncDispose]());

function at(minutes: number): Date {
  return new Date(Date.UTC(2026, 0, 31, 23, 58 + minutes, 59, minutes % 2 ? 100 : 7));
}

interface PageInfo {
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  startCursor: string | null;
  endCursor: string | null;
}

interface List {
  nodes: Record<string, string | null>[];
  edges: { cursor: string; node: { id: string } }[];
  pageInfo: PageInfo;
  totalCount: number;
}

/** One list of the API: how it is asked for, and each of its orders with the field that it goes by. */
interface Kind {
  name: string;
  read(args: string): Promise<List>;
  orders: [order: string, field: string, order: 'asc' | 'desc'][];
}

const FIELDS = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount';

async function read(name: string, args: string, fields: string): Promise<List> {
  const call = args === '' ? name : `${name}(${args})`;
  const query = `{ ${call} { nodes { ${fields} } edges { cursor node { id } } ${FIELDS} } }`;
  const { data, errors } = await graphql<Record<string, List>>(app, query, { token });
  const list = data?.[name];
  if (!list) throw Object.assign(new Error(errors[0]?.message), errors[0]?.extensions);
  return list;
}

const both = (field: string, shown: string): Kind['orders'] => [
  [`orderBy: { field: ${field}, direction: ASC }`, shown, 'asc'],
  [`orderBy: { field: ${field}, direction: DESC }`, shown, 'desc'],
  [`orderBy: { field: ${field} }`, shown, 'desc'],
];

const LISTS: Kind[] = [
  {
    name: 'leads',
    read: (args) => read('leads', args, 'id name createdAt lastContactedAt'),
    orders: [
      ['', 'createdAt', 'desc'],
      ...both('CREATED_AT', 'createdAt'),
      ...both('LAST_CONTACTED_AT', 'lastContactedAt'),
      ...both('NAME', 'name'),
    ],
  },
  {
    name: 'callLogs',
    read: (args) => read('callLogs', args, 'id startedAt createdAt'),
    orders: [
      ['', 'startedAt', 'desc'],
      ...both('STARTED_AT', 'startedAt'),
      ...both('CREATED_AT', 'createdAt'),
    ],
  },
  {
    name: 'catiCalls',
    read: async (args) => {
      const list = await read('catiCalls', args, 'id startedAt recording { sourceExpiresAt }');
      const nodes = list.nodes as (List['nodes'][number] & { recording?: unknown })[];
      return { ...list, nodes: nodes.map((node) => ({ ...node, ...(node.recording as object) })) };
    },
    orders: [
      ['', 'startedAt', 'desc'],
      ...both('STARTED_AT', 'startedAt'),
      ...both('SOURCE_EXPIRES_AT', 'sourceExpiresAt'),
    ],
  },
  {
    name: 'lead.callLogs',
    read: async (args) => {
      const call = args === '' ? 'callLogs' : `callLogs(${args})`;
      const query = `{ lead(id: "${lead.id}") { ${call} { nodes { id startedAt } edges { cursor node { id } } ${FIELDS} } } }`;
      const { data, errors } = await graphql<{ lead: { callLogs: List } | null }>(app, query, { token });
      if (!data?.lead) throw Object.assign(new Error(errors[0]?.message), errors[0]?.extensions);
      return data.lead.callLogs;
    },
    orders: [['', 'startedAt', 'desc']],
  },
];

const join = (...args: string[]): string => args.filter(Boolean).join(', ');
const idsOf = (list: List): string[] => list.nodes.map((node) => node['id'] ?? '');

describe.each(LISTS)('$name', ({ read: list, orders }) => {
  describe.each(orders)('in the order {%s}', (order, field, direction) => {
    it(`goes by ${field}, ${direction}`, async () => {
      const { nodes, totalCount } = await list(order);
      expect(nodes).toHaveLength(9);
      expect(totalCount).toBe(9);
      const ordered = await app.database.query<{ id: string }>(
        // The database's own collation decides names, and who was never called counts as the oldest.
        `select id from unnest($1::uuid[], $2::text[]) as t(id, value)
         order by coalesce(value, '') ${direction}, id ${direction}`,
        [nodes.map((node) => node['id']), nodes.map((node) => node[field])],
      );
      expect(idsOf({ nodes } as List)).toEqual(ordered.map(({ id }) => id));
    });

    it.each([1, 2, 4, 9, 200])('walks forward and back by %i without loss or repetition', async (size) => {
      const all = idsOf(await list(order));
      const pages = Math.ceil(9 / size);
      const forward: string[] = [];
      let after = '';
      for (let page = 1; page <= pages; page += 1) {
        const got = await list(join(order, `first: ${size}`, after));
        forward.push(...idsOf(got));
        expect(got.pageInfo.hasNextPage).toBe(page < pages);
        expect(got.pageInfo.hasPreviousPage).toBe(page > 1);
        expect(got.edges.map(({ node }) => node.id)).toEqual(idsOf(got));
        expect(got.pageInfo.startCursor).toBe(got.edges[0]?.cursor);
        expect(got.pageInfo.endCursor).toBe(got.edges.at(-1)?.cursor);
        after = `after: "${got.pageInfo.endCursor}"`;
      }
      expect(forward).toEqual(all);
      const beyond = await list(join(order, `first: ${size}`, after));
      expect([beyond.nodes, beyond.edges]).toEqual([[], []]);
      expect(beyond.pageInfo).toEqual({
        hasNextPage: false,
        hasPreviousPage: true,
        startCursor: null,
        endCursor: null,
      });

      const backward: string[] = [];
      let before = '';
      for (let page = 1; page <= pages; page += 1) {
        const got = await list(join(order, `last: ${size}`, before));
        backward.unshift(...idsOf(got));
        expect(got.pageInfo.hasPreviousPage).toBe(page < pages);
        expect(got.pageInfo.hasNextPage).toBe(page > 1);
        before = `before: "${got.pageInfo.startCursor}"`;
      }
      expect(backward).toEqual(all);
    });

    it('cuts a window out by after and before', async () => {
      const { edges } = await list(order);
      const cut = `after: "${edges[1]?.cursor}", before: "${edges[6]?.cursor}"`;
      const inside = edges.slice(2, 6).map(({ node }) => node.id);
      expect(idsOf(await list(join(order, cut)))).toEqual(inside);
      expect(idsOf(await list(join(order, cut, 'first: 2')))).toEqual(inside.slice(0, 2));
      expect(idsOf(await list(join(order, cut, 'last: 2')))).toEqual(inside.slice(-2));
    });

    it('takes no cursor of another order, and none that was changed', async () => {
      const [edge] = (await list(order)).edges;
      const parts = JSON.parse(Buffer.from(edge?.cursor ?? '', 'base64url').toString()) as [
        string,
        string,
        string,
      ];
      const [name, value, id] = parts;
      const made = (...changed: unknown[]): string =>
        Buffer.from(JSON.stringify(changed)).toString('base64url');
      const bad = [
        made('LEADS SIZE ASC', value, id),
        made(`${name} `, value, id),
        made(name, value, 'not an id'),
        made(name, value, `${id}' or true --`),
        made(name, 17, id),
        made(name, null, id),
        made(name, `${value}\0`, id),
        made(name, value),
        made(name, value, id, id),
        made({ name, value, id }),
        Buffer.from('null').toString('base64url'),
        Buffer.from('{').toString('base64url'),
        `${edge?.cursor}!`,
        'x'.repeat(5000),
        '',
        'é',
        ...(field === 'name'
          ? []
          : [
              made(name, 'yesterday', id),
              made(name, '2026-13-45T99:99:99.000Z', id),
              made(name, '2026-02-30T00:00:00.000Z', id),
              made(name, '0000-01-01T00:00:00.000Z', id),
              made(name, '+010000-01-01T00:00:00.000Z', id),
              made(name, '-000001-01-01T00:00:00.000Z', id),
              made(name, '2026-01-01T00:00:00Z', id),
              made(name, 'infinity', id),
            ]),
      ];
      for (const argument of ['after', 'before']) {
        for (const cursor of bad) {
          await expect(list(join(order, `${argument}: ${JSON.stringify(cursor)}`))).rejects.toMatchObject({
            code: 'BAD_USER_INPUT',
            field: argument,
          });
        }
      }
    });
  });

  it.each([
    ['first: 0', 'first'],
    ['first: -1', 'first'],
    ['first: 201', 'first'],
    ['last: 0', 'last'],
    ['last: -1', 'last'],
    ['last: 201', 'last'],
    ['first: 1, last: 1', 'last'],
  ])('refuses %s', async (args, field) => {
    await expect(list(args)).rejects.toMatchObject({ code: 'BAD_USER_INPUT', field });
  });

  it('takes nulls for nothing', async () => {
    expect((await list('first: null, after: null, last: null, before: null')).nodes).toHaveLength(9);
  });
});

it.each([
  ['leads', 'leads', 'orderBy: { field: NAME }', 'orderBy: { field: CREATED_AT }'],
  ['leads', 'leads', 'orderBy: { field: CREATED_AT }', 'orderBy: { field: LAST_CONTACTED_AT }'],
  ['callLogs', 'callLogs', 'orderBy: { field: STARTED_AT }', 'orderBy: { field: CREATED_AT }'],
  [
    'callLogs',
    'callLogs',
    'orderBy: { field: STARTED_AT, direction: ASC }',
    'orderBy: { field: STARTED_AT }',
  ],
  ['callLogs', 'leads', 'orderBy: { field: CREATED_AT }', 'orderBy: { field: CREATED_AT }'],
  ['callLogs', 'catiCalls', 'orderBy: { field: STARTED_AT }', 'orderBy: { field: STARTED_AT }'],
  ['catiCalls', 'catiCalls', 'orderBy: { field: STARTED_AT }', 'orderBy: { field: SOURCE_EXPIRES_AT }'],
] as const)('a cursor of %s is none of %s: {%s} → {%s}', async (from, to, one, other) => {
  const { pageInfo } = await read(from, `${one}, first: 1`, 'id');
  await expect(read(to, `${other}, after: "${pageInfo.endCursor}"`, 'id')).rejects.toMatchObject({
    code: 'BAD_USER_INPUT',
    field: 'after',
  });
});

it('300 calls of one millisecond come up once each, by any size of page', async () => {
  const crowded = await app.make.lead(null);
  await app.database.query(
    `insert into call_logs (id, inserted_at, lead_id, telecaller_id, outcome, started_at)
     select gen_random_uuid(), '2026-03-01T10:00:00.123Z', $1, $2, 'BUSY', '2026-03-01T10:00:00.123Z'
     from generate_series(1, 300)`,
    [crowded.id, manager.id],
  );
  for (const order of ['STARTED_AT', 'CREATED_AT']) {
    for (const size of [7, 200]) {
      const seen: string[] = [];
      let page: List | undefined;
      do {
        const after = page ? `, after: "${page.pageInfo.endCursor}"` : '';
        const args = `filter: { leadId: "${crowded.id}" }, orderBy: { field: ${order} }, first: ${size}${after}`;
        page = await read('callLogs', args, 'id');
        seen.push(...idsOf(page));
      } while (page.pageInfo.hasNextPage);
      expect(seen).toHaveLength(300);
      expect(new Set(seen).size).toBe(300);
    }
  }
});
