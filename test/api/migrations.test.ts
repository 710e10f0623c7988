import type { Role } from '../../server/auth/user.entity.js';
import { graphql, tokenOf } from '../support/graphql.js';
import { actOn, runUntil, seedCalls, startRun } from '../support/migration-steps.js';
import { ScriptedCopier } from '../support/scripted-copier.js';
import { TestApp } from '../support/test-app.js';

let app: TestApp;
let copier: ScriptedCopier;
let tokens: Record<Role, string>;
let runId: string;

const ROLES = ['TELECALLER', 'INTERVIEWER', 'QUALITY_AGENT', 'MANAGER', 'ADMIN'] as const;

beforeAll(async () => {
  copier = new ScriptedCopier();
  app = await TestApp.start({
    copier,
    env: { STORAGE_PRICE_PER_GB_MONTH: '1000000', STORAGE_CURRENCY: 'INR' },
  });
  copier.database = app.database;
  const made = await Promise.all(
    ROLES.map(async (role) => [role, await tokenOf(app, await app.make.user(role))] as const),
  );
  tokens = Object.fromEntries(made) as Record<Role, string>;
  const ids = await seedCalls(app, 25);
  copier.script = (id) => {
    const index = ids.indexOf(id);
    if (index < 3) return { kind: 'failed', code: 'NOT_AUDIO', message: '=HYPERLINK("http://x")' };
    return index === 3
      ? { kind: 'failed', code: 'TOO_LARGE', message: 'big' }
      : { kind: 'uploaded', bytes: 1000 };
  };
  runId = await startRun(app, tokens.ADMIN);
  await runUntil(app, runId, 'SUCCEEDED');
});

afterAll(() => app[Symbol.asyncDispose]());

const RUN = `query($id: ID!, $first: Int, $after: String, $filter: MigrationItemFilter) { migration(id: $id) {
  id status dryRun statusReason createdAt startedAt finishedAt startedBy { role }
  options { batchSize delayMs maxCalls skipUploaded concurrency requestsPerMinute maxBytesPerSecond order }
  progress { total uploaded skipped deleted failed remaining bytes itemsPerSecond etaSeconds atRisk }
  errors { code count } plan { calls }
  items(first: $first, after: $after, filter: $filter) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { status bytes finishedAt failure { code message retryable } catiCall { callId recording { status } } }
  } } }`;

interface RunAnswer {
  migration: {
    items: {
      totalCount: number;
      pageInfo: { hasNextPage: boolean; endCursor: string };
      nodes: { catiCall: { callId: string } }[];
    };
  };
}

it('tells all of a run', async () => {
  const answer = await graphql(app, RUN, { token: tokens.MANAGER, variables: { id: runId, first: 1 } });
  expect(answer.errors).toEqual([]);
  expect(answer.data).toMatchObject({
    migration: {
      id: runId,
      status: 'SUCCEEDED',
      dryRun: false,
      startedBy: { role: 'ADMIN' },
      options: {
        batchSize: 50,
        delayMs: 0,
        maxCalls: null,
        skipUploaded: true,
        concurrency: 10,
        requestsPerMinute: null,
        maxBytesPerSecond: null,
        order: 'EXPIRING_FIRST',
      },
      progress: { total: 25, uploaded: 21, skipped: 0, deleted: 0, failed: 4, remaining: 0, bytes: 21_000 },
      errors: [
        { code: 'NOT_AUDIO', count: 3 },
        { code: 'TOO_LARGE', count: 1 },
      ],
      plan: null,
    },
  });
});

it('pages through its items, each once', async () => {
  const seen: string[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < 10; pages++) {
    const { data } = await graphql<RunAnswer>(app, RUN, {
      token: tokens.ADMIN,
      variables: { id: runId, first: 10, after },
    });
    const items = data?.migration.items;
    expect(items?.totalCount).toBe(25);
    seen.push(...(items?.nodes ?? []).map(({ catiCall }) => catiCall.callId));
    if (!items?.pageInfo.hasNextPage) break;
    after = items.pageInfo.endCursor;
  }
  expect(seen).toHaveLength(25);
  expect(new Set(seen).size).toBe(25);
});

it.each([
  [{ status: ['FAILED'] }, 4],
  [{ code: ['TOO_LARGE'] }, 1],
  [{ status: ['UPLOADED'], code: ['TOO_LARGE'] }, 0],
  [{ status: ['UPLOADED', 'FAILED'] }, 25],
  [{ status: [] }, 0],
  [{ code: [] }, 0],
])('filters items by %j', async (filter, count) => {
  const { data } = await graphql<RunAnswer>(app, RUN, {
    token: tokens.ADMIN,
    variables: { id: runId, filter },
  });
  expect(data?.migration.items.totalCount).toBe(count);
});

describe('roles', () => {
  const READS = [
    ['migration', `{ migration(id: "%") { id } }`, 'NOT_FOUND'],
    ['migrations', '{ migrations { totalCount } }', 'FORBIDDEN'],
    ['storageUsage', '{ storageUsage { bytes } }', 'FORBIDDEN'],
  ] as const;
  const table = READS.flatMap(([name, query, refusal]) =>
    ROLES.map(
      (role) => [name, role, query, role === 'MANAGER' || role === 'ADMIN' ? 'OK' : refusal] as const,
    ),
  );
  it.each(table)('%s as %s', async (_name, role, query, code) => {
    expect((await graphql(app, query.replace('%', runId), { token: tokens[role] })).code).toBe(code);
  });

  const WRITES = [
    'startMigration(input: { dryRun: true })',
    'pauseMigration(input: { id: "%" })',
    'resumeMigration(input: { id: "%" })',
    'cancelMigration(input: { id: "%" })',
    'updateMigrationLimits(input: { id: "%" })',
  ];
  it.each(
    WRITES.flatMap((field) => ROLES.filter((role) => role !== 'ADMIN').map((role) => [field, role] as const)),
  )('%s is not for %s', async (field, role) => {
    const query = `mutation { ${field.replace('%', runId)} { migration { id } } }`;
    expect((await graphql(app, query, { token: tokens[role] })).code).toBe('FORBIDDEN');
  });

  it('nobody without a token', async () => {
    expect((await graphql(app, '{ migrations { totalCount } }')).code).toBe('UNAUTHENTICATED');
  });
});

describe('input', () => {
  const START =
    'mutation($input: StartMigrationInput!) { startMigration(input: $input) { migration { id } } }';
  const quiet = (from: string, to: string, timeZone: string) => ({ quietHours: { from, to, timeZone } });

  it.each<[object, string]>([
    [{ batchSize: 0 }, 'batchSize'],
    [{ batchSize: 1001 }, 'batchSize'],
    [{ delayMs: -1 }, 'delayMs'],
    [{ delayMs: 3_600_001 }, 'delayMs'],
    [{ maxCalls: 0 }, 'maxCalls'],
    [{ concurrency: 0 }, 'concurrency'],
    [{ concurrency: 101 }, 'concurrency'],
    [{ requestsPerMinute: 0 }, 'requestsPerMinute'],
    [{ maxBytesPerSecond: 0 }, 'maxBytesPerSecond'],
    [{ onlyErrors: [] }, 'onlyErrors'],
    [{ idempotencyKey: 'x'.repeat(201) }, 'idempotencyKey'],
    [{ filter: { provider: 'x'.repeat(41) } }, 'filter.provider'],
    [
      { filter: { startedAfter: '2026-02-01T00:00:00Z', startedBefore: '2026-01-01T00:00:00Z' } },
      'filter.startedBefore',
    ],
    [quiet('24:00', '06:00', 'UTC'), 'quietHours.from'],
    [quiet('22:00', '6:00', 'UTC'), 'quietHours.to'],
    [quiet('22:00', '22:00', 'UTC'), 'quietHours.to'],
    [quiet('22:00', '06:00', 'Mars/Olympus'), 'quietHours.timeZone'],
  ])('%j is refused for %s', async (input, field) => {
    const answer = await graphql(app, START, { token: tokens.ADMIN, variables: { input } });
    expect(answer.errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field });
  });

  it('a run that is over can be neither paused nor given other limits', async () => {
    expect(await actOn(app, tokens.ADMIN, 'pause', runId)).toBe('CONFLICT');
    expect(await actOn(app, tokens.ADMIN, 'resume', runId)).toBe('CONFLICT');
    expect(await actOn(app, tokens.ADMIN, 'cancel', runId)).toBe('CONFLICT');
    expect(await actOn(app, tokens.ADMIN, 'cancel', 'no-uuid')).toBe('NOT_FOUND');
  });
});

describe('live runs', () => {
  it('are one at a time for a provider; dry runs do not count; the same key is the same run', async () => {
    await seedCalls(app, 5, 'twilio');
    copier.hangs = true;
    const twilio = { filter: { provider: 'twilio' } };
    const first = await startRun(app, tokens.ADMIN, { ...twilio, idempotencyKey: 'k' });
    expect(await startRun(app, tokens.ADMIN, { ...twilio, idempotencyKey: 'k' })).toBe(first);
    await expect(startRun(app, tokens.ADMIN, twilio)).rejects.toThrow('CONFLICT');
    await expect(startRun(app, tokens.ADMIN)).rejects.toThrow('CONFLICT');
    await runUntil(app, await startRun(app, tokens.ADMIN, { filter: { provider: 'deepcall' } }), 'RUNNING');
    await runUntil(app, await startRun(app, tokens.ADMIN, { ...twilio, dryRun: true }), 'SUCCEEDED');
    const beside = await startRun(app, tokens.ADMIN, { ...twilio, allowConcurrent: true });
    const { data } = await graphql<{ migrations: { nodes: { id: string }[] } }>(
      app,
      '{ migrations(filter: { status: [ENQUEUED, RUNNING] }) { nodes { id } } }',
      { token: tokens.MANAGER },
    );
    const live = data?.migrations.nodes.map(({ id }) => id) ?? [];
    expect(live).toEqual(expect.arrayContaining([first, beside]));
    for (const id of live) await actOn(app, tokens.ADMIN, 'cancel', id);
    for (const id of live) await runUntil(app, id, 'CANCELLED');
    copier.hangs = false;
  });
});

it('a dry run plans, and touches nothing', async () => {
  const asked = copier.asked.length;
  const rows = 'select * from recordings order by id';
  const before = await app.database.query(rows);
  const input = { dryRun: true, filter: { provider: 'deepcall' }, requestsPerMinute: 60 };
  const id = await startRun(app, tokens.ADMIN, input);
  await runUntil(app, id, 'SUCCEEDED');
  const { data } = await graphql(
    app,
    `
      query ($id: ID!) {
        migration(id: $id) {
          dryRun
          progress {
            total
            remaining
          }
          report {
            url
          }
          items {
            totalCount
          }
          plan {
            calls
            alreadyStored
            estimatedBytes
            estimatedSeconds
            atRisk
            estimatedMonthlyCost {
              amount
              currency
            }
            hosts {
              host
              count
            }
          }
        }
      }
    `,
    { token: tokens.MANAGER, variables: { id } },
  );
  expect(data).toEqual({
    migration: {
      dryRun: true,
      progress: { total: 4, remaining: 4 },
      report: null,
      items: { totalCount: 0 },
      plan: {
        calls: 4,
        alreadyStored: 21,
        estimatedBytes: 4000,
        estimatedSeconds: 4,
        atRisk: 0,
        estimatedMonthlyCost: { amount: 4, currency: 'INR' },
        hosts: [{ host: 'rec.example.com', count: 4 }],
      },
    },
  });
  expect(await app.database.query(rows)).toEqual(before);
  expect(copier.asked).toHaveLength(asked);
});

describe('report', () => {
  async function link(format: string): Promise<string> {
    const { data } = await graphql<{ migration: { report: { url: string } } }>(
      app,
      `query($id: ID!) { migration(id: $id) { report(format: ${format}) { url expiresAt } } }`,
      { token: tokens.MANAGER, variables: { id: runId } },
    );
    return data?.migration.report.url ?? '';
  }

  it('is CSV with a header, quoted, with no formula', async () => {
    const response = await fetch(await link('CSV'));
    expect(response.headers.get('content-type')).toMatch(/^text\/csv/);
    expect(response.headers.get('content-disposition')).toContain('attachment');
    const lines = (await response.text()).split('\r\n');
    expect(lines[0]).toBe('provider,callId,catiCallId,recordingId,status,code,message,bytes,finishedAt');
    expect(lines).toHaveLength(27);
    const bad = lines.filter((line) => line.includes('NOT_AUDIO'));
    expect(bad).toHaveLength(3);
    for (const line of bad) expect(line).toContain(`"'=HYPERLINK(""http://x"")"`);
  });

  it('is NDJSON, an object a line', async () => {
    const text = await (await fetch(await link('NDJSON'))).text();
    const rows = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { status: string });
    expect(rows.filter(({ status }) => status === 'UPLOADED')).toHaveLength(21);
  });

  it('needs the very link that was signed', async () => {
    const url = await link('CSV');
    expect((await fetch(url.replace('report.csv', 'report.ndjson'))).status).toBe(403);
    expect((await fetch(url.replace(runId, '00000000-0000-7000-8000-000000000000'))).status).toBe(403);
    expect((await fetch(url.split('?')[0] ?? '')).status).toBe(403);
  });
});

it('storageUsage is what is stored, month by month, and what it costs', async () => {
  const usage = async () =>
    (
      await graphql(
        app,
        '{ storageUsage { objects bytes byMonth { month objects bytes } estimatedMonthlyCost { amount currency } } }',
        {
          token: tokens.MANAGER,
        },
      )
    ).data;
  const [{ month }] = (await app.database.query<{ month: string }>(
    `select to_char(now() at time zone 'UTC', 'YYYY-MM') as month`,
  )) as [{ month: string }];
  expect(await usage()).toEqual({
    storageUsage: {
      objects: 21,
      bytes: 21_000,
      byMonth: [{ month, objects: 21, bytes: 21_000 }],
      estimatedMonthlyCost: { amount: 21, currency: 'INR' },
    },
  });
  await app.database.query(
    `update recordings set uploaded_at = '2025-12-31T23:59:59Z', byte_size = 500
     where id in (select id from recordings where status = 'UPLOADED' limit 2)`,
  );
  await app.database.query(
    `update recordings set status = 'DELETED', error_code = 'REMOVED'
     where id in (select id from recordings where status = 'UPLOADED' and byte_size = 1000 limit 1)`,
  );
  expect(await usage()).toMatchObject({
    storageUsage: {
      objects: 20,
      bytes: 19_000,
      byMonth: [
        { month: '2025-12', objects: 2, bytes: 1000 },
        { month, objects: 18, bytes: 18_000 },
      ],
    },
  });
});
