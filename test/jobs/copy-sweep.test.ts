import { createChores } from '../../server/workers.js';
import { cloudTelephonyWire, deepcallReport } from '../support/fake-provider/webhooks.js';
import { ProviderApp } from '../support/provider-app.js';

let provider: ProviderApp;
beforeAll(async () => {
  provider = await ProviderApp.start({ env: { SWEEP_SECONDS: '600', COPY_DELAY_SECONDS: '3600' } });
});
afterAll(() => provider[Symbol.asyncDispose]());
beforeEach(() => provider.fake.reset());

const query = (text: string, values: unknown[] = []) => provider.app.database.query(text, values);
/** One turn of what a worker does now and then. */
const sweep = (what: 'failed' | 'unplanned' | 'untold') =>
  createChores(provider.app.services)
    .find(({ name }) => name === `copies.sweep-${what}`)
    ?.run(new AbortController().signal);

let count = 0;
const newCallId = () => `s${String(++count).padStart(23, '0')}`;

/** A webhook tells of a call; what the facts say of its recording comes true. */
async function recording(facts: string, cloud = false): Promise<string> {
  const callId = newCallId();
  if (cloud)
    await provider.send(cloudTelephonyWire(callId, provider.fake.urlOf(callId, 'cloud')), 'cloudtelephony');
  else await provider.report(deepcallReport({ callId }));
  await query(
    `update recordings set ${facts} where id = (select recording_id from cati_calls where call_id = $1)`,
    [callId],
  );
  return callId;
}

/** A failure so long ago, after so many attempts, of a source that is gone in so many days. */
const failed = (ago: string, attempts = 3, days = 30, code = 'SOURCE_TIMEOUT') =>
  `status = 'FAILED', error_code = '${code}', next_attempt_at = null, attempts = ${attempts},
   error_at = now() - interval '${ago}', source_expires_at = now() + interval '${days} days'`;

describe('what should be there and never came', () => {
  it('is asked for by the call’s id, where it was expected and nobody planned it', async () => {
    const callId = await recording(`next_attempt_at = null, updated_at = now() - interval '7 hours'`);
    expect(await sweep('unplanned')).toBe(1);
    expect(await provider.settled(callId)).toMatchObject({ status: 'UPLOADED' });
    expect(provider.fake.requestsFor(callId, 'detail')).toBe(1);
  });

  it('is asked for by the call’s id, where no event told of it', async () => {
    const callId = newCallId();
    await query(
      `insert into cati_calls (id, inserted_at, provider, call_id, status, started_at)
       values (gen_random_uuid(), now() - interval '8 hours', 'deepcall', $1, 'COMPLETED', now() - interval '2 days')`,
      [callId],
    );
    expect(await sweep('untold')).toBe(1);
    const { id } = await provider.settled(callId);
    const [row] = await query(
      `select status, source_expires_at > now() + interval '58 days' as late from recordings where id = $1`,
      [id],
    );
    expect(row).toEqual({ status: 'UPLOADED', late: true });
  });

  it('is asked for behind thousands of a provider that has stopped, a part of them each turn', async () => {
    await query(`insert into provider_states (provider, stopped_code, stopped_reason, stopped_at)
      values ('deepcall', 'CONFIGURATION_FAULT', 'x', now())`);
    await query(
      `with made as (
         insert into recordings (id, inserted_at, updated_at, status, source_expires_at)
         select gen_random_uuid(), now(), now() - interval '7 hours', 'EXPECTED', now() + n * interval '1 second'
         from generate_series(1, 20001) n returning id, source_expires_at)
       insert into cati_calls (id, inserted_at, provider, call_id, status, recording_id)
       select gen_random_uuid(), now(),
         case when source_expires_at = max(source_expires_at) over () then 'cloudtelephony' else 'deepcall' end,
         'behind' || id, 'COMPLETED', id from made`,
    );
    expect(await sweep('unplanned')).toBe(0);
    expect(await sweep('unplanned')).toBe(1);
    // From the beginning: at the end, and once the provider goes on.
    expect(await sweep('unplanned')).toBe(0);
    await query('delete from provider_states');
    await query(
      `update recordings set updated_at = now() where status = 'EXPECTED'
       and source_expires_at > (select min(source_expires_at) from recordings where status = 'EXPECTED')`,
    );
    expect(await sweep('unplanned')).toBe(1);
  });

  it.each<[string, string]>([
    ['of a call that was not held', `'deepcall', 'NO_ANSWER', now() - interval '8 hours'`],
    ['of a call that has hardly ended', `'deepcall', 'COMPLETED', now() - interval '1 hour'`],
    ['of a provider that cannot be asked by id', `'twilio', 'COMPLETED', now() - interval '8 hours'`],
    ['of a provider that is not connected', `'other', 'COMPLETED', now() - interval '8 hours'`],
    ['of a call that is older than what is kept', `'deepcall', 'COMPLETED', now() - interval '70 days'`],
  ])('is not asked for %s', async (_name, facts) => {
    const callId = newCallId();
    await query(
      `insert into cati_calls (id, inserted_at, call_id, provider, status, started_at)
       values (gen_random_uuid(), now() - interval '8 hours', $1, ${facts})`,
      [callId],
    );
    expect(await sweep('untold')).toBe(0);
    expect(await provider.recording(callId)).toBeUndefined();
  });
});

describe('what failed', () => {
  it.each<[string, string]>([
    ['for the first time', failed('7 hours')],
    ['a few times, a few days ago', failed('50 hours', 6)],
    ['a hundred times, more than a week ago', failed('200 hours', 100)],
    ['a hundred times, and is gone in two days', failed('7 hours', 100, 2)],
  ])('%s, is tried once more', async (_name, facts) => {
    const callId = await recording(facts);
    expect(await sweep('failed')).toBe(1);
    await provider.recordingWhere(callId, ({ status }) => status === 'UPLOADED');
  });

  it.each<[string, string]>([
    ['a moment ago', failed('5 hours')],
    ['a few times, and not long enough ago', failed('40 hours', 6)],
    ['for good', failed('7 hours', 3, 30, 'NOT_AUDIO')],
    ['and is gone by now', failed('7 hours', 3, -1)],
  ])('%s, is left alone', async (_name, facts) => {
    const callId = await recording(facts);
    expect(await sweep('failed')).toBe(0);
    expect((await provider.recording(callId))?.status).toBe('FAILED');
  });

  it('of a provider that has stopped, is left alone until it goes on', async () => {
    const callId = await recording(failed('7 hours'));
    await query(`insert into provider_states (provider, stopped_code, stopped_reason, stopped_at)
      values ('deepcall', 'CONFIGURATION_FAULT', 'x', now())`);
    expect(await sweep('failed')).toBe(0);
    await query('delete from provider_states');
    expect(await sweep('failed')).toBe(1);
    await provider.recordingWhere(callId, ({ status }) => status === 'UPLOADED');
  });

  it('is taken up a bounded part at a time, soonest to expire first', async () => {
    // More than one turn's worth, of which the last is the first to expire. Nobody works on them here.
    await query(
      `with made as (
         insert into recordings (id, inserted_at, updated_at, status, error_code, error_at, source_expires_at)
         select gen_random_uuid(), now(), now(), 'FAILED', 'SOURCE_TIMEOUT', now() - interval '7 hours',
           now() + interval '20 days' - n * interval '1 hour' from generate_series(1, 120) n returning id)
       insert into cati_calls (id, inserted_at, provider, call_id, status, recording_id)
       select gen_random_uuid(), now(), 'deepcall', 'bounded' || id, 'COMPLETED', id from made`,
    );
    expect(await sweep('failed')).toBe(100);
    const [left] = await query(
      `select count(*)::int as count, min(source_expires_at) > now() + interval '18 days' as latest
       from recordings join cati_calls on recording_id = recordings.id
       where call_id like 'bounded%' and recordings.status = 'FAILED' and error_at < now() - interval '6 hours'`,
    );
    expect(left).toEqual({ count: 20, latest: true });
    expect(await sweep('failed')).toBe(20);
  });

  it('because it was not found, is asked for when a day has made that a verdict', async () => {
    const facts = (since: string, at: string) =>
      `status = 'FAILED', error_code = 'NOT_FOUND_UNCONFIRMED', next_attempt_at = null, attempts = 3,
       not_found_since = now() - interval '${since}', error_at = now() - interval '${at}'`;
    const early = await recording(facts('23 hours', '1 hour'), true);
    expect(await sweep('failed')).toBe(0);
    const due = await recording(facts('25 hours', '2 hours'), true);
    provider.fake.script(due, { kind: 'status', status: 404 });
    expect(await sweep('failed')).toBe(1);
    expect(await provider.recordingWhere(due, ({ status }) => status === 'DELETED')).toMatchObject({
      error_code: 'GONE_AT_SOURCE',
    });
    expect((await provider.recording(early))?.status).toBe('FAILED');
  });
});
