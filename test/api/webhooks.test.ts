import { UNREADABLE_WIRES } from '../contract/providers/webhook-request.js';
import { FAKE_ACCOUNT } from '../support/fake-provider/identity.js';
import {
  cloudTelephonyWire,
  deepcallReport,
  deepcallWires,
  disorders,
  renamedReport,
  sendWebhook,
  UNSET_TEMPLATE,
} from '../support/fake-provider/webhooks.js';
import { ProviderApp } from '../support/provider-app.js';

// Without a worker: what the acknowledgement promises is there without one.
let provider: ProviderApp;
beforeAll(async () => {
  provider = await ProviderApp.start({ env: { EARSHOT_ROLES: 'api' } });
});
afterAll(() => provider[Symbol.asyncDispose]());

let count = 0;
/** As DeepCall's: letters and digits. */
const newCallId = () => `c${String(++count).padStart(23, '0')}`;

async function jobsOf(recordingId: string | undefined): Promise<number> {
  const rows = await provider.app.database.query(
    `select 1 from pgboss.job where name = 'recording.copy' and data->>'recordingId' = $1`,
    [recordingId],
  );
  return rows.length;
}

const accepted = async (response: Response) => [response.status, await response.text()];

describe('DeepCall', () => {
  const forms = Object.keys(deepcallWires({}));

  it.each(forms)('%s: one call, one expected recording, one job', async (form) => {
    const callId = newCallId();
    const recordingUrl = provider.fake.urlOf(callId);
    const wire = deepcallWires(deepcallReport({ callId, recordingUrl }))[form];
    expect(wire && (await accepted(await provider.send(wire)))).toEqual([200, 'GODBLESSYOU']);
    expect(await provider.call(callId)).toMatchObject({
      provider: 'deepcall',
      status: 'COMPLETED',
      status_code: '3',
      from_number: expect.stringMatching(/0000000001$/) as string,
      to_number: expect.stringMatching(/0000000002$/) as string,
      started_at: new Date('2025-08-08T13:58:32Z'),
      ended_at: new Date('2025-08-08T13:58:51Z'),
      talk_seconds: 8,
      provider_user_id: FAKE_ACCOUNT.userId,
      interviewer_key: '7',
    });
    const recording = await provider.recording(callId);
    expect(recording).toMatchObject({ status: 'EXPECTED', source_url: recordingUrl, attempts: 0 });
    expect(recording?.next_attempt_at).toBeInstanceOf(Date);
    expect(await jobsOf(recording?.id)).toBe(1);
  });

  it('both legs carry the same URL: one recording', async () => {
    const callId = newCallId();
    await provider.report(deepcallReport({ callId, recordingUrl: provider.fake.urlOf(callId) }));
    const rows = await provider.app.database.query('select 1 from recordings where source_url = $1', [
      provider.fake.urlOf(callId),
    ]);
    expect(rows).toHaveLength(1);
  });

  it('a path alone is below the recordings’ origin', async () => {
    const callId = newCallId();
    await provider.report(deepcallReport({ callId, file: provider.fake.fileOf(callId) }));
    expect((await provider.recording(callId))?.source_url).toBe(provider.fake.urlOf(callId));
  });

  it('renamed keys', async () => {
    const callId = newCallId();
    await provider.report(renamedReport(callId, provider.fake.urlOf(callId)));
    expect(await provider.call(callId)).toMatchObject({ status: 'COMPLETED', talk_seconds: 8 });
    expect((await provider.recording(callId))?.status).toBe('EXPECTED');
  });

  it.each(Object.keys(disorders('', '')))('%s', async (name) => {
    const callId = newCallId();
    const url = provider.fake.urlOf(callId);
    const disorder = disorders(callId, url)[name];
    for (const report of disorder?.reports ?? []) expect((await provider.report(report)).status).toBe(200);
    expect((await provider.call(callId))?.['status']).toBe('COMPLETED');
    const recording = await provider.recording(callId);
    expect(recording).toMatchObject({
      status: 'EXPECTED',
      source_url: disorder?.hasRecording ? url : null,
    });
    expect(await jobsOf(recording?.id)).toBe(1);
  });

  it('the same events at once, in both orders', async () => {
    const [first, second] = [newCallId(), newCallId()];
    const reports = [first, second].map((callId) =>
      deepcallReport({ callId, recordingUrl: provider.fake.urlOf(callId) }),
    );
    const wire = (list: unknown) => ({ method: 'POST' as const, body: JSON.stringify(list) });
    const sent = Array.from({ length: 8 }, (_, n) =>
      provider.send(wire(n % 2 ? [...reports, { n }] : [...reports.toReversed(), { n }])),
    );
    expect((await Promise.all(sent)).map(({ status }) => status)).toEqual(Array(8).fill(200));
    for (const callId of [first, second])
      expect(await jobsOf((await provider.recording(callId))?.id)).toBe(1);
  });

  it('a ringing call has no recording yet', async () => {
    const callId = newCallId();
    await provider.report(deepcallReport({ callId, callStatus: 1 }));
    expect(await provider.call(callId)).toMatchObject({ status: 'RINGING', recording_id: null });
  });

  it('a late event fills what was not known, and changes nothing that was', async () => {
    const callId = newCallId();
    const recordingUrl = provider.fake.urlOf(callId);
    await provider.report({ ...deepcallReport({ callId, recordingUrl }), masterAgent: '' });
    await provider.report({
      ...deepcallReport({ callId, callStatus: 1 }),
      masterAgent: 9,
      ivrSTime: '2025-08-01 00:00:00',
      ivrETime: null,
      talkDuration: null,
    });
    expect(await provider.call(callId)).toMatchObject({
      status: 'COMPLETED',
      interviewer_key: '9',
      started_at: new Date('2025-08-08T13:58:32Z'),
      ended_at: new Date('2025-08-08T13:58:51Z'),
      talk_seconds: 8,
    });
  });

  it('a later URL brings back what was gone, and not what was removed', async () => {
    const callId = newCallId();
    const { query } = provider.app.database;
    await provider.report(deepcallReport({ callId }));
    const id = (await provider.recording(callId))?.id;
    await query(`update recordings set status = 'DELETED', error_code = 'GONE_AT_SOURCE' where id = $1`, [
      id,
    ]);
    await provider.report(deepcallReport({ callId, recordingUrl: `${provider.fake.urlOf(callId)}?1` }));
    expect(await provider.recording(callId)).toMatchObject({ id, status: 'PENDING', error_code: null });
    await query(
      `update recordings set status = 'DELETED', error_code = 'REMOVED', removed_at = now() where id = $1`,
      [id],
    );
    await provider.report(deepcallReport({ callId, recordingUrl: `${provider.fake.urlOf(callId)}?2` }));
    expect(await provider.recording(callId)).toMatchObject({
      status: 'DELETED',
      error_code: 'REMOVED',
      source_url: `${provider.fake.urlOf(callId)}?1`,
    });
  });

  it('a later event never erases what is stored', async () => {
    const callId = newCallId();
    await provider.report(deepcallReport({ callId, recordingUrl: provider.fake.urlOf(callId) }));
    await provider.app.database.query(
      `update recordings set status = 'UPLOADED', recording_path = 'local:recordings/x.mp3', byte_size = 1,
        sha256 = 'a', uploaded_at = now() where id = $1`,
      [(await provider.recording(callId))?.id],
    );
    await provider.report(deepcallReport({ callId, recordingUrl: `${provider.fake.urlOf(callId)}?other` }));
    expect(await provider.recording(callId)).toMatchObject({
      status: 'UPLOADED',
      source_url: provider.fake.urlOf(callId),
    });
  });
});

describe('what carries nothing', () => {
  const wires = Object.entries({ ...UNREADABLE_WIRES, 'an unset template': UNSET_TEMPLATE });
  it.each(wires)('%s is acknowledged, kept aside and makes no row', async (_name, wire) => {
    const [before, calls] = [await provider.events(), await callCount()];
    expect(await accepted(await provider.send(wire))).toEqual([200, 'GODBLESSYOU']);
    expect(await callCount()).toBe(calls);
    const [event, ...others] = (await provider.events()).slice(before.length);
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      outcome: expect.stringMatching(/^(IGNORED|UNREADABLE)$/) as string,
      reason: expect.stringMatching(/^[A-Z_, ]+$/) as string,
    });
  });

  const callCount = async () => (await provider.app.database.query('select 1 from cati_calls')).length;
});

describe('the other providers', () => {
  it.each([false, true])('CloudTelephony’s GET, keys with spaces: %s', async (spaced) => {
    const callId = newCallId();
    const url = provider.fake.urlOf(callId, 'cloud');
    const wire = cloudTelephonyWire(callId, url, spaced);
    expect(await accepted(await provider.send(wire, 'cloudtelephony'))).toEqual([200, 'OK']);
    expect(await accepted(await provider.send(wire, 'cloudtelephony'))).toEqual([200, 'OK']);
    expect(await provider.call(callId)).toMatchObject({ provider: 'cloudtelephony', status: 'COMPLETED' });
    const recording = await provider.recording(callId);
    expect(recording).toMatchObject({ status: 'EXPECTED', source_url: url });
    expect(await jobsOf(recording?.id)).toBe(1);
  });

  it('Twilio signs; what is not signed is not there', async () => {
    const callId = `CA${newCallId()}`;
    const parameters = {
      CallSid: callId,
      CallStatus: 'completed',
      RecordingUrl: provider.fake.urlOf(callId, 'twilio'),
    };
    expect(await accepted(await provider.twilio(parameters))).toEqual([200, '<Response/>']);
    expect((await provider.recording(callId))?.status).toBe('EXPECTED');
    const body = new URLSearchParams(parameters).toString();
    const unsigned = { method: 'POST', contentType: 'application/x-www-form-urlencoded', body } as const;
    expect((await sendWebhook(`${provider.app.url}/webhooks/twilio/events`, unsigned)).status).toBe(404);
  });

  it('an absent recording is not expected', async () => {
    const callId = `CA${newCallId()}`;
    await provider.twilio({ CallSid: callId, RecordingStatus: 'absent', RecordingSid: 'RE1' });
    expect(await provider.call(callId)).toMatchObject({ recording_id: null });
  });
});

describe('who may post', () => {
  const body = () => JSON.stringify(deepcallReport({ callId: newCallId() }));
  const post = (path: string, init: RequestInit = {}, app = provider.app) =>
    fetch(`${app.url}${path}`, { method: 'POST', body: body(), ...init });

  it.each([
    ['a wrong secret', `/webhooks/deepcall/${FAKE_ACCOUNT.webhookSecret}x`],
    ['another provider’s name', `/webhooks/nobody/${FAKE_ACCOUNT.webhookSecret}`],
    ['no secret', '/webhooks/deepcall'],
    ['an inherited name', `/webhooks/__proto__/${FAKE_ACCOUNT.webhookSecret}`],
  ])('%s: not found, and nothing is kept', async (_name, path) => {
    const before = await provider.events();
    expect((await post(path)).status).toBe(404);
    expect(await provider.events()).toHaveLength(before.length);
  });

  it('a body over the bound is refused', async () => {
    const before = await provider.events();
    const path = `/webhooks/deepcall/${FAKE_ACCOUNT.webhookSecret}`;
    expect((await post(path, { body: 'x'.repeat(256 * 1024 + 1) })).status).toBe(413);
    expect((await post(path, { method: 'HEAD', body: null })).status).toBe(404);
    expect(await provider.events()).toHaveLength(before.length);
  });

  it.each([
    ['10.0.0.0/8', 403],
    ['127.0.0.0/8', 200],
    ['::1,127.0.0.1', 200],
    ['2001:db8::/32', 403],
  ])('with the allow-list %s: %i', async (WEBHOOK_ALLOW_IPS, status) => {
    await using other = await ProviderApp.start({ env: { WEBHOOK_ALLOW_IPS, EARSHOT_ROLES: 'api' } });
    const path = `/webhooks/deepcall/${FAKE_ACCOUNT.webhookSecret}`;
    expect((await post(path, {}, other.app)).status).toBe(status);
    expect(await other.events()).toHaveLength(status === 200 ? 1 : 0);
  });

  it('no secret is kept with an event', async () => {
    const rows = await provider.app.database.query(
      `select 1 from webhook_events where url like $1 or url not like '/webhooks/%/-%'`,
      [`%${FAKE_ACCOUNT.webhookSecret}%`],
    );
    expect(rows).toEqual([]);
  });
});
