import type { User } from '../../server/auth/user.entity.js';
import type { Lead } from '../../server/leads/lead.entity.js';
import type { EarshotClient } from '../../sdk/core/index.js';
import { graphql, tokenOf } from '../support/graphql.js';
import { TestApp } from '../support/test-app.js';

let app: TestApp;
let telecaller: User;
let client: EarshotClient;
let lead: Lead;

beforeAll(async () => {
  app = await TestApp.start({ env: { EARSHOT_ROLES: 'api' } });
  telecaller = await app.make.user('TELECALLER');
  client = await app.client(telecaller);
});

beforeEach(async () => {
  lead = await app.make.lead(telecaller);
});

afterAll(() => app[Symbol.asyncDispose]());

/** Whether the lead's own counters say the same as its calls. */
async function counters(): Promise<{ calls: number; count: number; last: string | null }> {
  const { callCount: count, lastContactedAt: last } = await client.lead(lead.id);
  const { totalCount } = await client.callLogs({ filter: { leadId: lead.id }, withTotalCount: true });
  return { calls: totalCount ?? 0, count, last };
}

it('answers the call as it was logged, and so does every later question', async () => {
  const input = {
    leadId: lead.id,
    outcome: 'CONNECTED',
    durationSeconds: 61,
    startedAt: '2026-02-03T09:30:00.5+05:30',
    notes: '  Wants a call back at 5.\nUnd zwar bald: 😀  ',
  } as const;
  const logged = await client.logCall(input);
  expect(logged).toMatchObject({
    outcome: 'CONNECTED',
    durationSeconds: 61,
    startedAt: '2026-02-03T04:00:00.500Z',
    notes: 'Wants a call back at 5.\nUnd zwar bald: 😀',
    lead: { id: lead.id },
    telecaller: { id: telecaller.id },
    recording: null,
  });
  expect(await client.callLog(logged.id)).toMatchObject({ ...logged, recording: null });
  expect(await counters()).toEqual({ calls: 1, count: 1, last: '2026-02-03T04:00:00.500Z' });
});

it('needs no more than a lead and an outcome: now, with nothing else known', async () => {
  const before = Date.now();
  const logged = await client.logCall({ leadId: lead.id, outcome: 'NO_ANSWER' });
  expect(logged).toMatchObject({ durationSeconds: null, notes: null });
  expect(new Date(logged.startedAt).getTime()).toBeGreaterThanOrEqual(before);
  expect(new Date(logged.startedAt).getTime()).toBeLessThanOrEqual(Date.now());
});

it('keeps the latest call as lastContactedAt, in whatever order they are logged', async () => {
  for (const startedAt of [
    '2026-02-02T00:00:00.000Z',
    '2026-02-03T00:00:00.000Z',
    '2026-02-01T00:00:00.000Z',
  ])
    await client.logCall({ leadId: lead.id, outcome: 'BUSY', startedAt });
  expect(await counters()).toEqual({ calls: 3, count: 3, last: '2026-02-03T00:00:00.000Z' });
});

it('counts calls that are logged at once', async () => {
  await Promise.all(
    Array.from({ length: 10 }, () => client.logCall({ leadId: lead.id, outcome: 'CONNECTED' })),
  );
  expect(await counters()).toMatchObject({ calls: 10, count: 10 });
});

it('two calls in one request are each answered with the count of then', async () => {
  const input = `{ leadId: "${lead.id}", outcome: BUSY }`;
  const fields = 'callLog { lead { callCount } }';
  const query = `mutation { a: logCall(input: ${input}) { ${fields} } b: logCall(input: ${input}) { ${fields} } }`;
  const { data } = await graphql(app, query, { token: await tokenOf(app, telecaller) });
  expect(data).toEqual({
    a: { callLog: { lead: { callCount: 1 } } },
    b: { callLog: { lead: { callCount: 2 } } },
  });
});

describe('what cannot be is refused, by its field, and changes nothing', () => {
  const ahead = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();
  it.each<[string, object, string | undefined]>([
    ['a negative duration', { durationSeconds: -1 }, 'durationSeconds'],
    ['a duration beyond 32 bits', { durationSeconds: 2 ** 31 }, 'input'],
    ['a duration with a fraction', { durationSeconds: 1.5 }, 'input'],
    ['a start in the future', { startedAt: ahead(6) }, 'startedAt'],
    ['a start far in the future', { startedAt: '9999-12-31T23:59:59Z' }, 'startedAt'],
    ['a start before there were telephones', { startedAt: '0001-01-01T00:00:00Z' }, 'startedAt'],
    ['a start that is no time', { startedAt: 'yesterday' }, 'input'],
    ['a start without a zone', { startedAt: '2026-02-03T04:00:00' }, 'input'],
    ['notes of 5,001 characters', { notes: 'n'.repeat(5001) }, 'notes'],
    ['notes with a NUL', { notes: 'a\0b' }, 'notes'],
    ['a key of 201 characters', { idempotencyKey: 'k'.repeat(201) }, 'idempotencyKey'],
    ['a key with a NUL', { idempotencyKey: 'a\0b' }, 'idempotencyKey'],
    ['an outcome that is none', { outcome: 'MAYBE' }, 'input'],
    ['no outcome', { outcome: null }, 'input'],
  ])('%s', async (_name, changed, field) => {
    const input = { leadId: lead.id, outcome: 'BUSY', ...changed };
    const query = 'mutation ($input: LogCallInput!) { logCall(input: $input) { callLog { id } } }';
    const answer = await graphql(app, query, {
      token: await tokenOf(app, telecaller),
      variables: { input },
    });
    expect(answer.code).toBe('BAD_USER_INPUT');
    expect(answer.errors[0]?.extensions.field).toBe(field);
    expect(await counters()).toEqual({ calls: 0, count: 0, last: null });
  });

  it.each<[string, object]>([
    ['no seconds', { durationSeconds: 0 }],
    ['a phone whose clock runs ahead by less than five minutes', { startedAt: ahead(4) }],
    ['notes of 5,000 characters', { notes: '😀'.repeat(2500) }],
    ['notes of nothing but space', { notes: ' \n ' }],
    ['a key of 200 characters', { idempotencyKey: 'k'.repeat(200) }],
    ['nulls', { durationSeconds: null, startedAt: null, notes: null, idempotencyKey: null }],
  ])('but %s is well', async (_name, changed) => {
    await client.logCall({ leadId: lead.id, outcome: 'BUSY', ...changed });
    expect(await counters()).toMatchObject({ calls: 1, count: 1 });
  });
});

describe('with an idempotency key', () => {
  it('ten at once log one call, and all answer it', async () => {
    const input = { leadId: lead.id, outcome: 'CONNECTED', idempotencyKey: `ten-${lead.id}` } as const;
    const logged = await Promise.all(Array.from({ length: 10 }, () => client.logCall(input)));
    expect(new Set(logged.map(({ id }) => id)).size).toBe(1);
    expect(await counters()).toMatchObject({ calls: 1, count: 1 });
  });

  it('ten at once to ten leads log one call, and the others are told', async () => {
    const leads = await Promise.all(Array.from({ length: 10 }, () => app.make.lead(telecaller)));
    const idempotencyKey = `leads-${lead.id}`;
    const results = await Promise.allSettled(
      leads.map(({ id }) => client.logCall({ leadId: id, outcome: 'BUSY', idempotencyKey })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({ code: 'BAD_USER_INPUT', field: 'idempotencyKey' });
    const rows = await app.database.query<{ count: number }>(
      'select call_count as count from leads where id = any($1)',
      [leads.map(({ id }) => id)],
    );
    expect(rows.map(({ count }) => count).filter((count) => count !== 0)).toEqual([1]);
  });

  it('again, it answers the call that was logged, whatever else is said now', async () => {
    const input = { leadId: lead.id, outcome: 'CONNECTED', idempotencyKey: `again-${lead.id}` } as const;
    const first = await client.logCall({ ...input, notes: 'first' });
    const again = await client.logCall({
      ...input,
      leadId: lead.id.toUpperCase(),
      outcome: 'BUSY',
      notes: 'second',
    });
    expect(again).toEqual({ ...first, lead: expect.objectContaining({ id: lead.id }) as unknown });
    expect(await counters()).toMatchObject({ calls: 1, count: 1 });
  });

  it('is the caller’s own: another telecaller may have the same', async () => {
    const other = await app.make.user('TELECALLER');
    const theirs = await app.make.lead(other);
    const idempotencyKey = `same-${lead.id}`;
    const mine = await client.logCall({ leadId: lead.id, outcome: 'BUSY', idempotencyKey });
    const their = await (
      await app.client(other)
    ).logCall({ leadId: theirs.id, outcome: 'BUSY', idempotencyKey });
    expect(their.id).not.toBe(mine.id);
  });
});

it("an admin logs calls for anybody's lead, in their own name", async () => {
  const admin = await app.make.user('ADMIN');
  const logged = await (await app.client(admin)).logCall({ leadId: lead.id, outcome: 'BUSY' });
  expect(logged.telecaller.id).toBe(admin.id);
  expect((await client.lead(lead.id)).callCount).toBe(1);
  await expect(client.callLog(logged.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
