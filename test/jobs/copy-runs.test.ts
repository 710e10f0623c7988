import { buffer } from 'node:stream/consumers';
import { parseStoredPath } from '../../server/recordings/stored-path.js';
import { StorageUnavailable } from '../../server/storage/storage.js';
import { eventually } from '../support/eventually.js';
import { deepcallReport } from '../support/fake-provider/webhooks.js';
import { FaultyStorage } from '../support/faulty-storage.js';
import { graphql, tokenOf } from '../support/graphql.js';
import { actOn, runUntil, startRun } from '../support/migration-steps.js';
import { ProviderApp, type RecordingRow } from '../support/provider-app.js';

let provider: ProviderApp;
let storage: FaultyStorage;
let token: string;

/** Nothing is copied but by runs, and only a person lets a stopped provider go on. */
const ONLY_RUNS = { COPY_DELAY_SECONDS: '3600', PROVIDER_PROBE_SECONDS: '3600' };

beforeAll(async () => {
  storage = await FaultyStorage.create();
  provider = await ProviderApp.start({ storage, env: { ...ONLY_RUNS, STORAGE_PRICE_PER_GB_MONTH: '1' } });
  token = await tokenOf(provider.app, await provider.app.make.user('ADMIN'));
});
afterAll(() => provider[Symbol.asyncDispose]());
beforeEach(() => {
  provider.fake.reset();
  provider.fake.auth = { g1: 'query', g2: 'ssid' };
});

let count = 0;
/** Webhooks tell of so many calls, of a campaign of their own. */
async function told(calls: number): Promise<{ ids: string[]; filter: { campaign: string } }> {
  const campaign = `campaign ${++count}`;
  const ids = Array.from({ length: calls }, (_, n) => `r${count}x${String(n).padStart(20, '0')}`);
  for (const callId of ids)
    await provider.report({
      ...deepcallReport({ callId, recordingUrl: provider.fake.urlOf(callId) }),
      campId: campaign,
    });
  return { ids, filter: { campaign } };
}

const recordings = (ids: readonly string[]): Promise<RecordingRow[]> =>
  provider.app.database.query<RecordingRow>(
    `select recordings.* from recordings join cati_calls on recording_id = recordings.id
     where call_id = any($1) order by call_id`,
    [ids],
  );

async function expectCopied(ids: readonly string[]): Promise<void> {
  const rows = await recordings(ids);
  expect(rows.map(({ status }) => status)).toEqual(ids.map(() => 'UPLOADED'));
  for (const [n, { recording_path }] of rows.entries()) {
    const { key } = parseStoredPath(recording_path ?? '');
    const stored = await buffer(await provider.app.services.storage.get(key));
    expect(stored.equals(provider.fake.audio.bytesOf(ids[n] ?? ''))).toBe(true);
  }
}

const providerStates = async () =>
  (
    await graphql<{ providerStates: { provider: string; stopped: { code: string } | null }[] }>(
      provider.app,
      '{ providerStates { provider connected stopped { since code message } } }',
      { token },
    )
  ).data?.providerStates;

it('bad credentials pause a run with the reason; mended and resumed, it copies everything', async () => {
  const { ids, filter } = await told(12);
  provider.fake.auth = { g1: 'closed', g2: 'token' };
  const id = await startRun(provider.app, token, { filter, concurrency: 3 });
  const paused = await runUntil(provider.app, id, 'PAUSED');
  expect(paused.status_reason).toContain('1014');
  expect(paused).toMatchObject({ total: 12, uploaded: 0, failed: 0 });
  for (const { status, error_code, attempts } of await recordings(ids)) {
    expect(status).toMatch(/^(EXPECTED|PENDING)$/);
    expect({ error_code, attempts }).toEqual({ error_code: null, attempts: 0 });
  }
  expect(await providerStates()).toEqual([
    { provider: 'cloudtelephony', connected: true, stopped: null },
    {
      provider: 'deepcall',
      connected: true,
      stopped: {
        since: expect.any(String) as string,
        code: 'CONFIGURATION_FAULT',
        message: paused.status_reason,
      },
    },
    { provider: 'twilio', connected: true, stopped: null },
  ]);

  // Not mended yet: it pauses again, for the same reason.
  await actOn(provider.app, token, 'resume', id);
  await runUntil(provider.app, id, ({ status, uploaded }) => status === 'PAUSED' && uploaded === 0);

  provider.fake.auth = { g1: 'query', g2: 'ssid' };
  expect(await actOn(provider.app, token, 'resume', id)).toBe('OK');
  const done = await runUntil(provider.app, id, 'SUCCEEDED');
  expect(done).toMatchObject({ total: 12, uploaded: 12, failed: 0, status_reason: null });
  await expectCopied(ids);
  expect((await providerStates())?.filter(({ stopped }) => stopped)).toEqual([]);
});

it('a provider that refuses every recording pauses a run, and so does one that answers none: nothing is FAILED', async () => {
  const { ids, filter } = await told(14);
  const all = (status: number | undefined) => {
    for (const callId of ids)
      provider.fake.script(callId, status === undefined ? { kind: 'audio' } : { kind: 'status', status });
  };
  await provider.app.database.query(
    `update cati_calls set ended_at = now() - interval '3 days', started_at = now() - interval '3 days' where call_id = any($1)`,
    [ids],
  );
  all(401);
  const id = await startRun(provider.app, token, { filter, concurrency: 2 });
  const refused = await runUntil(provider.app, id, 'PAUSED');
  expect(refused.status_reason).toMatch(/10 recordings in a row were refused/);
  expect(refused).toMatchObject({ total: 14, uploaded: 0, failed: 0 });

  all(503);
  await actOn(provider.app, token, 'resume', id);
  const silent = await runUntil(
    provider.app,
    id,
    ({ status, status_reason: reason }) => status === 'PAUSED' && !/refused/.test(reason ?? ''),
  );
  expect(silent.status_reason).toMatch(/deepcall does not answer/);
  expect(silent).toMatchObject({ uploaded: 0, failed: 0 });
  for (const { status } of await recordings(ids)) expect(status).toMatch(/^(EXPECTED|PENDING)$/);

  all(undefined);
  await actOn(provider.app, token, 'resume', id);
  expect(await runUntil(provider.app, id, 'SUCCEEDED')).toMatchObject({ uploaded: 14, failed: 0 });
  await expectCopied(ids);
});

it('a store that is down pauses a run; back again and resumed, it copies everything', async () => {
  const { ids, filter } = await told(8);
  storage.onPut = () => {
    throw new StorageUnavailable('down');
  };
  const id = await startRun(provider.app, token, { filter });
  const paused = await runUntil(provider.app, id, 'PAUSED');
  expect(paused.status_reason).toMatch(/store/);
  expect(paused).toMatchObject({ uploaded: 0, failed: 0 });
  expect((await recordings(ids)).filter(({ status }) => status === 'FAILED')).toEqual([]);
  storage.onPut = () => undefined;
  await actOn(provider.app, token, 'resume', id);
  expect(await runUntil(provider.app, id, 'SUCCEEDED')).toMatchObject({ uploaded: 8, failed: 0 });
  await expectCopied(ids);
});

it('a host that asks to be left alone is left alone, and loses nothing', async () => {
  const { ids, filter } = await told(8);
  const [first = ''] = ids;
  provider.fake.script(first, { kind: 'status', status: 429, retryAfter: '2' });
  const id = await startRun(provider.app, token, { filter, concurrency: 2 });
  await eventually(() => provider.fake.requestsFor(first) === 1);
  provider.fake.script(first, { kind: 'audio' });
  expect(await runUntil(provider.app, id, 'SUCCEEDED')).toMatchObject({ uploaded: 8, failed: 0 });
  // Each asked once, but for the one that was refused.
  expect(provider.fake.totalRequests).toBe(9);
  await expectCopied(ids);
});

it('a run and the copies of webhooks together ask a host no more often than they may', async () => {
  await using slow = await ProviderApp.start({ env: { PROVIDER_REQUESTS_PER_MINUTE: '120' } });
  const admin = await tokenOf(slow.app, await slow.app.make.user('ADMIN'));
  const ids = Array.from({ length: 6 }, (_, n) => `p${String(n).padStart(23, '0')}`);
  for (const callId of ids)
    await slow.report(deepcallReport({ callId, recordingUrl: slow.fake.urlOf(callId) }));
  const id = await startRun(slow.app, admin, { concurrency: 6 });
  await runUntil(slow.app, id, 'SUCCEEDED');
  for (const callId of ids) expect((await slow.settled(callId)).status).toBe('UPLOADED');
  const [{ seconds }] = (await slow.app.database.query<{ seconds: number }>(
    'select extract(epoch from max(uploaded_at) - min(uploaded_at))::float8 as seconds from recordings',
  )) as [{ seconds: number }];
  // Two at once, then one each half second.
  expect(seconds).toBeGreaterThan(1.7);
  expect(slow.fake.totalRequests).toBe(6);
});

describe('a dry run', () => {
  const plan = async (filter: object) => {
    const id = await startRun(provider.app, token, { dryRun: true, filter });
    await runUntil(provider.app, id, 'SUCCEEDED');
    const query = `query($id: ID!) { migration(id: $id) {
      plan { calls estimatedBytes estimatedSeconds estimatedMonthlyCost { amount } } } }`;
    const { data } = await graphql<{ migration: { plan: Record<string, unknown> } }>(provider.app, query, {
      token,
      variables: { id },
    });
    return data?.migration.plan;
  };
  const everything = () =>
    provider.app.database.query(
      `select (select json_agg(recordings order by id) from recordings) as recordings,
        (select json_agg(provider_states) from provider_states) as states`,
    );

  it('asks sources for their lengths, and fetches and changes nothing', async () => {
    const { ids, filter } = await told(30);
    const [page = '', noHead = '', noLength = ''] = ids;
    provider.fake.script(page, { kind: 'html' });
    provider.fake.script(noHead, { kind: 'notReady', status: 405, requests: 1 });
    provider.fake.script(noLength, { kind: 'audio', length: false });
    const before = await everything();
    const bytes = provider.fake.audio.byteSize * 30;
    expect(await plan(filter)).toMatchObject({
      calls: 30,
      estimatedBytes: bytes,
      estimatedMonthlyCost: { amount: expect.closeTo(bytes / 1e9, 2) as number },
    });
    expect(await everything()).toEqual(before);
    const asked = provider.fake.seen.filter(({ method }) => method !== 'HEAD');
    expect(asked.every(({ callId }) => [page, noHead, noLength].includes(callId))).toBe(true);
    expect(provider.fake.seen.filter(({ method }) => method === 'HEAD')).toHaveLength(30);
  });

  it('asks no more than fifty of them', async () => {
    const { filter } = await told(60);
    expect(await plan(filter)).toMatchObject({
      calls: 60,
      estimatedBytes: provider.fake.audio.byteSize * 60,
    });
    expect(provider.fake.totalRequests).toBe(50);
  });

  it('with bad credentials estimates by what is stored, and stops nothing', async () => {
    const { filter } = await told(3);
    provider.fake.auth = { g1: 'closed', g2: 'token' };
    const before = await everything();
    expect(await plan(filter)).toMatchObject({ calls: 3, estimatedBytes: null });
    expect(await everything()).toEqual(before);
  });
});
