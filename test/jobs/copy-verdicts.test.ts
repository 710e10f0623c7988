import type { Script } from '../support/fake-provider/script.js';
import { cloudTelephonyWire, deepcallReport } from '../support/fake-provider/webhooks.js';
import { fixture } from '../support/fixtures.js';
import { ProviderApp, tellOf, type Told } from '../support/provider-app.js';

let provider: ProviderApp;
beforeAll(async () => {
  provider = await ProviderApp.start({ env: { SWEEP_SECONDS: '0.4', COPY_RETRY_SECONDS: '0.25' } });
});
afterAll(() => provider[Symbol.asyncDispose]());
beforeEach(() => provider.fake.reset());

let count = 0;
const newCallId = () => `v${String(++count).padStart(23, '0')}`;
const tell = (callId: string, told: Told = {}, target = provider): Promise<void> =>
  tellOf(target, callId, told);

describe('gone', () => {
  /** Not found for longer than a day, and to be tried again. */
  const aDayLater = (id: string, target = provider) =>
    target.app.database.query(
      `update recordings set status = 'EXPECTED', error_code = null, next_attempt_at = now() - interval '1 minute',
        not_found_since = not_found_since - interval '25 hours' where id = $1`,
      [id],
    );

  it('is a verdict when both generations do not know it', async () => {
    const callId = newCallId();
    provider.fake.script(callId, { kind: 'status', status: 404 }, 'g1');
    provider.fake.script(callId, { kind: 'jsonError', code: 1004 }, 'detail');
    await tell(callId);
    expect(await provider.settled(callId)).toMatchObject({
      status: 'DELETED',
      error_code: 'GONE_AT_SOURCE',
      attempts: 1,
    });
  });

  it('is not believed of one 404, where nobody confirms it, before a day is over', async () => {
    const callId = newCallId();
    provider.fake.script(callId, { kind: 'status', status: 404 });
    await provider.send(cloudTelephonyWire(callId, provider.fake.urlOf(callId, 'cloud')), 'cloudtelephony');
    const failed = await provider.settled(callId);
    expect(failed).toMatchObject({ status: 'FAILED', error_code: 'NOT_FOUND_UNCONFIRMED', attempts: 3 });
    await aDayLater(failed.id);
    expect(await provider.recordingWhere(callId, ({ status }) => status === 'DELETED')).toMatchObject({
      error_code: 'GONE_AT_SOURCE',
    });
  });

  it('is told by the days where DeepCall’s API cannot be asked', async () => {
    const env = { DEEPCALL_TOKEN: '', DEEPCALL_SSID: '', COPY_RETRY_SECONDS: '0.1', SWEEP_SECONDS: '0.4' };
    await using poor = await ProviderApp.start({ env }, { auth: { g1: 'open' } });
    const callId = newCallId();
    poor.fake.script(callId, { kind: 'status', status: 404 });
    await tell(callId, {}, poor);
    const failed = await poor.settled(callId);
    expect(failed).toMatchObject({ status: 'FAILED', error_code: 'NOT_FOUND_UNCONFIRMED' });
    await aDayLater(failed.id, poor);
    const { error_code } = await poor.recordingWhere(callId, ({ status }) => status === 'DELETED');
    expect(error_code).toBe('GONE_AT_SOURCE');
  });

  it('is never said of what nobody was asked for', async () => {
    const callId = newCallId();
    await provider.send(cloudTelephonyWire(callId, ''), 'cloudtelephony');
    const failed = await provider.settled(callId);
    expect(failed).toMatchObject({ status: 'FAILED', error_code: 'NOT_READY', not_found_since: null });
    await aDayLater(failed.id);
    await provider.recordingWhere(callId, ({ error_code }) => error_code === 'NOT_READY');
    expect(await provider.settled(callId)).toMatchObject({ status: 'FAILED', error_code: 'NOT_READY' });
  });

  it('is believed of 410', async () => {
    const callId = newCallId();
    provider.fake.script(callId, { kind: 'status', status: 410 });
    await provider.send(cloudTelephonyWire(callId, provider.fake.urlOf(callId, 'cloud')), 'cloudtelephony');
    expect((await provider.settled(callId)).error_code).toBe('GONE_AT_SOURCE');
  });
});

describe('not ready yet', () => {
  it('is no attempt: it is asked for again, and stored', async () => {
    const callId = newCallId();
    const late: Script = { kind: 'notReady', status: 404, requests: 2 };
    provider.fake.script(callId, late, 'g1');
    provider.fake.script(callId, { kind: 'jsonError', code: 1012 }, 'detail');
    await tell(callId, { ago: 1 });
    const waiting = await provider.recordingWhere(callId, ({ error_code }) => error_code === 'NOT_READY');
    expect(waiting).toMatchObject({ status: 'PENDING', attempts: 0 });
    expect(await provider.settled(callId)).toMatchObject({ status: 'UPLOADED', attempts: 1 });
  });

  it.each<[string, object]>([
    ['that is to end in 2099', { ivrSTime: '2099-08-08 19:28:32', ivrETime: '2099-08-08 19:28:51' }],
    ['of which no time is told', { ivrSTime: '0', ivrETime: '0' }],
  ])('is said for a day of a call %s, and no longer', async (_name, times) => {
    const callId = newCallId();
    provider.fake.script(callId, { kind: 'status', status: 404 }, 'g1');
    provider.fake.script(callId, { kind: 'jsonError', code: 1012 }, 'detail');
    const recordingUrl = provider.fake.urlOf(callId);
    await provider.report({ ...deepcallReport({ callId, recordingUrl }), ...times });
    const { id, status } = await provider.recordingWhere(callId, ({ error_code }) => error_code !== null);
    expect([status, (await provider.recording(callId))?.error_code]).toEqual(['PENDING', 'NOT_READY']);
    await provider.app.database.query(
      `with heard as (update cati_calls set inserted_at = now() - interval '25 hours' where recording_id = $1)
       update recordings set inserted_at = now() - interval '25 hours' where id = $1`,
      [id],
    );
    expect(await provider.settled(callId)).toMatchObject({ status: 'DELETED', error_code: 'GONE_AT_SOURCE' });
  });

  it('is asked for at growing distance', async () => {
    const callId = newCallId();
    provider.fake.script(callId, { kind: 'status', status: 403 });
    await tell(callId, { ago: 4000 });
    const { next_attempt_at, status } = await provider.recordingWhere(
      callId,
      ({ error_code }) => error_code === 'NOT_READY',
    );
    expect(status).toBe('PENDING');
    const wait = ((next_attempt_at?.getTime() ?? 0) - Date.now()) / 1000;
    expect(wait).toBeGreaterThan(1900);
    expect(wait).toBeLessThan(2100);
  });
});

it.each(['bytes 0-9999/SIZE', 'bytes 0-9999/*', 'bytes 0-SIZE/SIZE'])(
  'a part (%s), though the whole was asked for, is no recording',
  async (range) => {
    // Raw frames, of which no header tells how many there are; cut between two of them.
    const audio = await fixture('call.aac');
    const frameAt = (at: number) => (audio.readUInt32BE(at + 2) >> 5) & 0x1fff;
    let end = 0;
    while (end < 10_000) end += frameAt(end);
    const env = { COPY_RETRY_SECONDS: '0.1' };
    await using aac = await ProviderApp.start({ env }, { audio });
    const callId = newCallId();
    const contentRange = range.replaceAll('SIZE', String(aac.fake.audio.byteSize));
    aac.fake.script(callId, { kind: 'part', contentRange, first: 0, end });
    await tell(callId, {}, aac);
    expect(await aac.settled(callId)).toMatchObject({ error_code: 'TRUNCATED', attempts: 3 });
  },
);
