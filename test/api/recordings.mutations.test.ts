import type { Role, User } from '../../server/auth/user.entity.js';
import { deepcallReport, UNSET_TEMPLATE } from '../support/fake-provider/webhooks.js';
import { graphql, tokenOf } from '../support/graphql.js';
import { ProviderApp, tellOf } from '../support/provider-app.js';
import { below, collected, keysBelow } from '../support/upload-steps.js';

let provider: ProviderApp;
const users = {} as Record<Role, User>;
beforeAll(async () => {
  provider = await ProviderApp.start();
  for (const role of ['TELECALLER', 'INTERVIEWER', 'QUALITY_AGENT', 'MANAGER', 'ADMIN'] as const)
    users[role] = await provider.app.make.user(role);
});
afterAll(() => provider[Symbol.asyncDispose]());

let count = 0;
async function copied(script?: Parameters<ProviderApp['fake']['script']>[1]) {
  const callId = `m${String(++count).padStart(23, '0')}`;
  if (script) provider.fake.script(callId, script);
  await provider.report(deepcallReport({ callId, recordingUrl: provider.fake.urlOf(callId) }));
  return { callId, ...(await provider.settled(callId)) };
}

async function ask(role: Role, mutation: string, input: object) {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input!`;
  const selection =
    mutation === 'replayWebhook'
      ? 'catiCall { callId }'
      : 'recording { id status url { url } error { code } }';
  const query = `mutation ($input: ${type}) { ${mutation}(input: $input) { ${selection} } }`;
  type Data = Record<string, Record<string, Record<string, unknown> | null>>;
  const token = await tokenOf(provider.app, users[role]);
  const { code, data } = await graphql<Data>(provider.app, query, { token, variables: { input } });
  return { code, answer: data?.[mutation] };
}

const retry = (recordingId: unknown) =>
  provider.app.beforeStoring(() => ask('MANAGER', 'retryRecording', { recordingId }));

const NO = 'FORBIDDEN';

describe('retryRecording', () => {
  it.each([
    ['a login page, which is FAILED for good', { kind: 'html' } as const, 'FAILED'],
    ['gone at its source', { kind: 'status', status: 404 } as const, 'DELETED'],
  ])('%s', async (_name, script, status) => {
    const callId = `m${String(++count).padStart(23, '0')}`;
    provider.fake.script(callId, script);
    provider.fake.script(callId, { kind: 'jsonError', code: 1004 }, 'detail');
    await provider.report(deepcallReport({ callId, recordingUrl: provider.fake.urlOf(callId) }));
    const { id, status: before } = await provider.settled(callId);
    expect(before).toBe(status);
    provider.fake.script(callId, { kind: 'audio' });
    const { code, answer } = await retry(id);
    expect([code, answer?.['recording']?.['status']]).toEqual(['OK', 'PENDING']);
    expect(
      await provider.recordingWhere(callId, (recording) => recording.status === 'UPLOADED'),
    ).toBeTruthy();
  });

  it('takes a try forward that is planned for later', async () => {
    const callId = `m${String(++count).padStart(23, '0')}`;
    // Not ready, of a call that was over an hour ago: asked for again in half an hour.
    provider.fake.script(callId, { kind: 'status', status: 403 });
    await tellOf(provider, callId, { ago: 4000 });
    const { id } = await provider.recordingWhere(
      callId,
      ({ next_attempt_at }) => Number(next_attempt_at) > Date.now() + 600_000,
    );
    provider.fake.script(callId, { kind: 'audio' });
    const { code, answer } = await retry(id);
    expect([code, answer?.['recording']?.['status']]).toEqual(['OK', 'PENDING']);
    expect(await provider.settled(callId)).toMatchObject({ status: 'UPLOADED' });
  });

  it('leaves alone what is under way, and what waits with nobody to ask', async () => {
    const { id, callId } = await copied({ kind: 'html' });
    const claim = `update recordings set status = 'PENDING', claim_id = gen_random_uuid(),
      claimed_until = now() + interval '1 hour', next_attempt_at = null where id = $1 returning claim_id`;
    const [held] = await provider.app.database.query<{ claim_id: string }>(claim, [id]);
    expect((await ask('ADMIN', 'retryRecording', { recordingId: id })).code).toBe('OK');
    expect(await provider.recording(callId)).toMatchObject({
      status: 'PENDING',
      ...held,
      next_attempt_at: null,
    });
    const lead = await provider.app.make.lead(users.TELECALLER);
    const waiting = await provider.app.make.recording({ status: 'PENDING' });
    await provider.app.make.callLog(lead, users.TELECALLER, { recording: waiting.id });
    expect((await ask('ADMIN', 'retryRecording', { recordingId: waiting.id })).code).toBe('OK');
  });

  it('is refused for what is stored', async () => {
    const { id } = await copied();
    expect((await ask('ADMIN', 'retryRecording', { recordingId: id })).code).toBe('CONFLICT');
  });

  it('is refused where nothing is left to try from', async () => {
    const lead = await provider.app.make.lead(users.TELECALLER);
    const recording = await provider.app.make.recording({ status: 'FAILED' });
    await provider.app.make.callLog(lead, users.TELECALLER, { recording: recording.id });
    expect((await ask('ADMIN', 'retryRecording', { recordingId: recording.id })).code).toBe('CONFLICT');
  });

  it.each<[Role, string]>([
    ['TELECALLER', NO],
    ['INTERVIEWER', NO],
    ['QUALITY_AGENT', NO],
  ])('%s: %s', async (role, code) => {
    const { id } = await copied();
    expect((await ask(role, 'retryRecording', { recordingId: id })).code).toBe(code);
  });
});

describe('deleteRecording', () => {
  it('leaves a tombstone, and no bytes', async () => {
    const { id, callId } = await copied();
    const input = { recordingId: id, reason: '  the respondent asked for it ' };
    const { answer } = await ask('ADMIN', 'deleteRecording', input);
    expect(answer?.['recording']).toEqual({ id, status: 'DELETED', url: null, error: { code: 'REMOVED' } });
    await collected(provider.app, below.recording(id));
    const [row] = await provider.app.database.query('select * from recordings where id = $1', [id]);
    expect(row).toMatchObject({
      removed_by_id: users.ADMIN.id,
      removed_reason: 'the respondent asked for it',
      removed_at: expect.any(Date) as Date,
    });
    // Nothing brings it back.
    await provider.report(deepcallReport({ callId, recordingUrl: `${provider.fake.urlOf(callId)}?again` }));
    expect((await ask('ADMIN', 'retryRecording', { recordingId: id })).code).toBe('CONFLICT');
    expect((await ask('ADMIN', 'deleteRecording', input)).code).toBe('OK');
    expect(await keysBelow(provider.app, below.recording(id))).toEqual([]);
  });

  it('is refused on legal hold', async () => {
    const { id } = await copied();
    await provider.app.database.query('update recordings set legal_hold = true where id = $1', [id]);
    const { code } = await ask('ADMIN', 'deleteRecording', { recordingId: id, reason: 'x' });
    expect(code).toBe('CONFLICT');
  });

  it.each(['', '   ', 'x'.repeat(501)])('a reason of 1 to 500 characters is needed', async (reason) => {
    const { id } = await copied();
    expect((await ask('ADMIN', 'deleteRecording', { recordingId: id, reason })).code).toBe('BAD_USER_INPUT');
  });

  it.each(['TELECALLER', 'INTERVIEWER', 'QUALITY_AGENT', 'MANAGER'] as const)('%s may not', async (role) => {
    const { id } = await copied();
    expect((await ask(role, 'deleteRecording', { recordingId: id, reason: 'x' })).code).toBe(NO);
  });
});

describe('replayWebhook', () => {
  const latest = async () => (await provider.events()).at(-1)?.id ?? '';

  it('applies an event again', async () => {
    const { callId } = await copied();
    const eventId = await latest();
    await provider.app.database.query(`update cati_calls set status = 'INITIATED' where call_id = $1`, [
      callId,
    ]);
    const { answer } = await ask('MANAGER', 'replayWebhook', { eventId });
    expect(answer?.['catiCall']).toEqual({ callId });
    expect((await provider.call(callId))?.['status']).toBe('COMPLETED');
    expect((await provider.recording(callId))?.status).toBe('UPLOADED');
    const audited = await provider.app.database.query(
      `select role from audit_events join users on users.id = actor_id
       where kind = 'WEBHOOK_REPLAYED' and subject_id = $1`,
      [eventId],
    );
    expect(audited).toEqual([{ role: 'MANAGER' }]);
  });

  it('of an empty event applies nothing', async () => {
    await provider.send(UNSET_TEMPLATE);
    const { code, answer } = await ask('ADMIN', 'replayWebhook', { eventId: await latest() });
    expect([code, answer]).toEqual(['OK', { catiCall: null }]);
  });

  it('of an event that is not there is NOT_FOUND', async () => {
    const eventId = '0192c0de-0000-7000-8000-000000000000';
    expect((await ask('ADMIN', 'replayWebhook', { eventId })).code).toBe('NOT_FOUND');
  });

  it.each(['TELECALLER', 'INTERVIEWER', 'QUALITY_AGENT'] as const)('%s may not', async (role) => {
    expect((await ask(role, 'replayWebhook', { eventId: await latest() })).code).toBe(NO);
  });
});
