import type { Role, User } from '../../server/auth/user.entity.js';
import { newId } from '../../server/entity.js';
import { eventually } from '../support/eventually.js';
import { graphql, tokenOf } from '../support/graphql.js';
import { findingsOf, leave, sweep, SWEEP_FIELDS } from '../support/sweep-steps.js';
import { TestApp } from '../support/test-app.js';
import { below, Caller } from '../support/upload-steps.js';

const DAY = 86_400_000;

let app: TestApp;
const people = {} as Record<Role, User>;

beforeAll(async () => {
  app = await TestApp.start({ env: { METRICS_TOKEN: 'a token for metrics' } });
  for (const role of ['TELECALLER', 'QUALITY_AGENT', 'MANAGER', 'ADMIN'] as const)
    people[role] = await app.make.user(role);
});

afterAll(() => app[Symbol.asyncDispose]());

async function ask<Data>(role: Role, query: string) {
  return graphql<Data>(app, query, { token: await tokenOf(app, people[role]) });
}

const COUNTS = `counts { byStatus { status count } byFailure { code count } expiry { fromDays toDays count } }`;

interface Health {
  storageHealth: {
    current: { id: string } | null;
    lastSweep: {
      id: string;
      startedBy: { id: string } | null;
      finishedAt: string;
      counts: {
        byStatus: { status: string; count: number }[];
        byFailure: { code: string; count: number }[];
        expiry: { fromDays: number | null; toDays: number | null; count: number }[];
      };
    } | null;
    providers: unknown[];
  };
}
const HEALTH = `{ storageHealth { current { id }
  lastSweep { id startedBy { id } finishedAt ${COUNTS} } providers { provider } } }`;

it('tells nothing before the first sweep', async () => {
  const { data } = await ask<Health>('MANAGER', HEALTH);
  expect(data?.storageHealth).toEqual({ current: null, lastSweep: null, providers: [] });
});

it('counts by status and failure, and by days to expiry what is not stored', async () => {
  const inDays = (days: number): Date => new Date(Date.now() + days * DAY);
  for (const days of [-3, 0.5, 2, 2.5, 6.9, 20, 100])
    await app.make.recording({ status: 'EXPECTED', sourceExpiresAt: inDays(days) });
  await app.make.recording({ status: 'PENDING' });
  for (const errorCode of ['NOT_AUDIO', 'SOURCE_TIMEOUT', 'NOT_AUDIO'] as const)
    await app.make.recording({ status: 'FAILED', errorCode, sourceExpiresAt: inDays(40) });
  await app.make.recording({ status: 'DELETED', errorCode: 'GONE_AT_SOURCE', sourceExpiresAt: inDays(1) });
  const { id } = await sweep(app, people.ADMIN, true);
  const { data } = await ask<Health>('MANAGER', HEALTH);
  const last = data?.storageHealth.lastSweep;
  expect(last).toMatchObject({ id, startedBy: { id: people.ADMIN.id } });
  expect(last?.counts.byStatus).toEqual(
    expect.arrayContaining([
      { status: 'EXPECTED', count: 7 },
      { status: 'PENDING', count: 1 },
      { status: 'FAILED', count: 3 },
      { status: 'DELETED', count: 1 },
    ]),
  );
  expect(last?.counts.byFailure).toEqual([
    { code: 'NOT_AUDIO', count: 2 },
    { code: 'GONE_AT_SOURCE', count: 1 },
    { code: 'SOURCE_TIMEOUT', count: 1 },
  ]);
  expect(last?.counts.expiry.map(({ fromDays, toDays, count }) => [fromDays, toDays, count])).toEqual([
    [null, 0, 1],
    [0, 1, 1],
    [1, 3, 2],
    [3, 7, 1],
    [7, 14, 0],
    [14, 30, 1],
    [30, 60, 3],
    [60, null, 1],
    [null, null, 1],
  ]);
});

it('findings come in pages, newest first, and show keys to admins alone', async () => {
  const recording = (await app.make.recording({ status: 'FAILED' })).id;
  const keys = await Promise.all(
    [1, 2, 3].map(() => leave(app, `${below.recording(recording)}${newId()}.mp3`)),
  );
  const stranger = await leave(app, 'uploads/a stranger');
  const { id } = await sweep(app, people.ADMIN);
  const all = await findingsOf(app, people.ADMIN, id);
  expect(all.map(({ key }) => key).toSorted()).toEqual([...keys, stranger].toSorted());
  expect(all).toContainEqual({
    kind: 'ORPHAN',
    action: 'COLLECTED',
    key: keys[0],
    recordingId: recording,
    byteSize: 11,
    expectedBytes: null,
  });
  expect((await findingsOf(app, people.MANAGER, id)).map(({ key }) => key)).toEqual([null, null, null, null]);

  type Page = {
    storageFindings: { nodes: { id: string }[]; totalCount: number; pageInfo: { endCursor: string } };
  };
  const page = async (args: string) =>
    (
      await ask<Page>(
        'MANAGER',
        `{ storageFindings(${args}) { nodes { id } totalCount pageInfo { endCursor } } }`,
      )
    ).data?.storageFindings;
  const filter = `filter: { sweepId: "${id}", kind: [ORPHAN], action: [COLLECTED] }`;
  const first = await page(`first: 2, ${filter}`);
  const rest = await page(`first: 2, after: "${first?.pageInfo.endCursor}", ${filter}`);
  expect([first?.totalCount, first?.nodes.length, rest?.nodes.length]).toEqual([3, 2, 1]);
  expect(new Set([...(first?.nodes ?? []), ...(rest?.nodes ?? [])].map((node) => node.id)).size).toBe(3);
  expect((await page('filter: { sweepId: "nonsense" }'))?.totalCount).toBe(0);
  expect((await page('filter: { kind: [], action: [] }'))?.totalCount).toBe(0);
});

it('ten that ask at once: one begins, the others are told to wait', async () => {
  const answers = await Promise.all(
    Array.from({ length: 10 }, () =>
      ask<{ sweepStorage: { sweep: { id: string } } }>(
        'ADMIN',
        'mutation { sweepStorage(input: { dryRun: true }) { sweep { id } } }',
      ),
    ),
  );
  const codes = answers.map(({ code }) => code);
  expect(new Set(codes)).toEqual(new Set(['OK', 'CONFLICT']));
  const begun = answers.flatMap(({ data }) => data?.sweepStorage?.sweep.id ?? []);
  await eventually(async () => {
    const { data } = await ask<Health>('ADMIN', HEALTH);
    return data?.storageHealth.current === null && begun.includes(data.storageHealth.lastSweep?.id ?? '');
  });
});

it.each<[Role, string, string]>([
  ['TELECALLER', '{ storageHealth { current { id } } }', 'FORBIDDEN'],
  ['QUALITY_AGENT', '{ storageFindings { totalCount } }', 'FORBIDDEN'],
  ['MANAGER', 'mutation { sweepStorage(input: { dryRun: true }) { sweep { id } } }', 'FORBIDDEN'],
  ['MANAGER', '{ storageFindings(first: 201) { totalCount } }', 'BAD_USER_INPUT'],
  ['MANAGER', `{ storageHealth { lastSweep { ${SWEEP_FIELDS} } } }`, 'OK'],
])('%s: %s: %s', async (role, query, code) => {
  expect((await ask(role, query)).code).toBe(code);
});

it('metrics count what was collected and found, and say when the last sweep was', async () => {
  await leave(app, `${below.upload(newId())}0-${newId()}`);
  const before = await metrics();
  await sweep(app, people.ADMIN);
  const after = await metrics();
  const grew = (name: string): number => (after.get(name) ?? 0) - (before.get(name) ?? 0);
  expect(grew('earshot_storage_collected_total{kind="upload"}')).toBe(1);
  expect(grew('earshot_storage_findings_total{kind="orphan"}')).toBe(1);
  const last = after.get('earshot_storage_last_sweep_timestamp_seconds') ?? 0;
  expect(Math.abs(last * 1000 - Date.now())).toBeLessThan(60_000);
});

it('metrics count what chores did, as uploads that were collected', async () => {
  const caller = await Caller.create(app);
  const { id } = await caller.open({ byteSize: 9 });
  const name = 'earshot_chores_done_total{chore="uploads.collect"}';
  const before = (await metrics()).get(name) ?? 0;
  await caller.client.cancelUpload({ uploadId: id });
  await eventually(async () => ((await metrics()).get(name) ?? 0) === before + 1);
});

async function metrics(): Promise<Map<string, number>> {
  const answer = await fetch(`${app.url}/metrics`, {
    headers: { authorization: 'Bearer a token for metrics' },
  });
  const lines = (await answer.text()).split('\n').filter((line) => /^earshot_(storage|chores)/.test(line));
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}
