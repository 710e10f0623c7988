import { ConflictError, EarshotClient, InvalidInputError, NotFoundError } from '../../sdk/core/index.js';
import type { Migration } from '../../sdk/core/index.js';
import { tokenOf } from '../support/graphql.js';
import { seedCalls } from '../support/migration-steps.js';
import { ScriptedCopier } from '../support/scripted-copier.js';
import { TestApp } from '../support/test-app.js';

let app: TestApp;
let copier: ScriptedCopier;
let client: EarshotClient;
let polling: EarshotClient;

beforeAll(async () => {
  copier = new ScriptedCopier();
  app = await TestApp.start({ copier });
  copier.database = app.database;
  const token = await tokenOf(app, await app.make.user('ADMIN'));
  const url = `${app.url}/graphql`;
  client = new EarshotClient({ url, token });
  polling = new EarshotClient({ url, token, platform: { WebSocket: undefined } });
});
afterAll(() => app[Symbol.asyncDispose]());

async function watched(by: EarshotClient, id: string): Promise<Migration[]> {
  const seen: Migration[] = [];
  for await (const run of by.watchMigration(id)) seen.push(run);
  return seen;
}

const sum = ({ progress: { uploaded, skipped, deleted, failed, remaining } }: Migration) =>
  uploaded + skipped + deleted + failed + remaining;

it('starts a run and watches it to its end, with a socket or without; then tells all of it', async () => {
  const ids = await seedCalls(app, 60);
  copier.takes = 20;
  copier.script = (id) =>
    id === ids[0]
      ? { kind: 'failed', code: 'NOT_AUDIO', message: 'a page' }
      : { kind: 'uploaded', bytes: 1000 };
  const run = await client.startMigration({ concurrency: 2, batchSize: 5 });
  expect(run).toMatchObject({ dryRun: false, options: { concurrency: 2 }, progress: { uploaded: 0 } });
  const [live, asked] = await Promise.all([watched(client, run.id), watched(polling, run.id)]);
  for (const seen of [live, asked]) {
    expect(seen.at(-1)).toMatchObject({
      status: 'SUCCEEDED',
      progress: { total: 60, uploaded: 59, failed: 1, remaining: 0, bytes: 59_000 },
      errors: [{ code: 'NOT_AUDIO', count: 1 }],
    });
    expect(seen.filter(({ progress }) => progress.total > 0).map(sum)).not.toContain(59);
  }
  expect(live.length).toBeGreaterThan(3);

  const items = [];
  for await (const item of client.iterate.migrationItems({ id: run.id, first: 25 })) items.push(item);
  expect(new Set(items.map(({ catiCall }) => catiCall.id)).size).toBe(60);
  const failed = await client.migrationItems({
    id: run.id,
    filter: { status: ['FAILED'] },
    withTotalCount: true,
  });
  expect(failed).toMatchObject({ totalCount: 1, nodes: [{ failure: { code: 'NOT_AUDIO' } }] });
  const { url } = await client.migrationReport(run.id, 'NDJSON');
  expect((await (await fetch(url)).text()).trim().split('\n')).toHaveLength(60);
  expect(await client.storageUsage()).toMatchObject({
    objects: 59,
    bytes: 59_000,
    byMonth: [{ objects: 59 }],
  });
});

it('pauses, changes limits, resumes, cancels; lists newest first', async () => {
  await seedCalls(app, 20);
  copier.hangs = true;
  const { id } = await client.startMigration();
  await expect(client.startMigration()).rejects.toThrow(ConflictError);
  const states: string[] = [];
  for await (const { status } of client.watchMigration(id)) {
    states.push(status);
    if (status === 'RUNNING' && !states.includes('PAUSED')) await client.pauseMigration(id);
    else if (status === 'PAUSED') {
      const limited = await client.updateMigrationLimits({ id, concurrency: 3, requestsPerMinute: 60 });
      expect(limited.options).toMatchObject({ concurrency: 3, requestsPerMinute: 60 });
      await client.resumeMigration(id);
    } else if (status === 'RUNNING') await client.cancelMigration(id);
  }
  copier.hangs = false;
  expect(states.at(-1)).toBe('CANCELLED');
  expect((await client.migrations({ first: 1 })).nodes).toEqual([await client.migration(id)]);
  const all = [];
  for await (const run of client.iterate.migrations({ first: 1 })) all.push(run.id);
  expect(all.length).toBeGreaterThan(1);
  expect(all.toSorted().toReversed()).toEqual(all);
});

it('rejects by the class of what is wrong', async () => {
  const nowhere = '00000000-0000-7000-8000-000000000000';
  const dry = await client.startMigration({ dryRun: true });
  const seen = [];
  for await (const { status, plan } of client.watchMigration(dry.id)) if (plan) seen.push(status);
  expect(seen).toEqual(['SUCCEEDED']);
  await expect(client.startMigration({ batchSize: 0 })).rejects.toThrow(InvalidInputError);
  await expect(client.migration(nowhere)).rejects.toThrow(NotFoundError);
  await expect(client.migrationReport(dry.id)).rejects.toThrow(NotFoundError);
  await expect(client.watchMigration(nowhere).next()).rejects.toThrow(NotFoundError);
});
