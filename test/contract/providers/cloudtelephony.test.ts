import { CloudTelephony } from '../../../server/providers/cloudtelephony.js';
import { FakeProvider } from '../../support/fake-provider/fake-provider.js';
import { FAKE_ACCOUNT } from '../../support/fake-provider/identity.js';
import { cloudTelephonyWire } from '../../support/fake-provider/webhooks.js';
import { describeProvider } from './provider-contract.js';
import { requestOf, UNREADABLE_WIRES } from './webhook-request.js';

describeProvider('cloudtelephony', {
  create: (fake, connection, now) => new CloudTelephony({ recordingUrl: fake.origin }, connection, now),
  urlOf: (fake, callId) => fake.urlOf(callId, 'cloud'),
  lasting404: 'notFoundUnconfirmed',
});

describe('cloudtelephony: errors under 200', () => {
  it.each([
    [{ type: 'error' }, { kind: 'failed', code: 'SOURCE_UNREACHABLE' }],
    [
      { type: 'error', message: 'x' },
      { kind: 'failed', code: 'SOURCE_UNREACHABLE' },
    ],
    [{ type: 'success' }, { kind: 'found' }],
  ])('reads %j', async (body, expected) => {
    await using fake = await FakeProvider.start();
    const provider = new CloudTelephony({ recordingUrl: fake.origin }, { allowHosts: [fake.host] });
    fake.script('c1', { kind: 'jsonError', body });
    expect(await provider.fetchRecording({ callId: 'c1', url: fake.urlOf('c1', 'cloud') })).toMatchObject(
      expected,
    );
    await provider.close();
  });

  it('has nothing to fetch without a URL', async () => {
    const provider = new CloudTelephony({}, {});
    expect(await provider.fetchRecording({ callId: 'c1' })).toMatchObject({ kind: 'notReady' });
  });
});

describe('cloudtelephony: webhooks', () => {
  const { webhookSecret } = FAKE_ACCOUNT;
  const provider = new CloudTelephony({ webhookSecret, retentionDays: 30 }, {});
  const url = 'https://records.example/a.mp3?sig=x%2Fy';

  it.each([false, true])('reads its query, keys with spaces: %s', (spaced) => {
    expect(provider.parseWebhook(requestOf(cloudTelephonyWire('call-1', url, spaced)))).toEqual({
      ignored: [],
      events: [
        {
          callId: 'call-1',
          status: 'COMPLETED',
          statusCode: 'COMPLETED',
          campaign: undefined,
          interviewerKey: undefined,
          userId: '10000002',
          fromNumber: '910000000001',
          toNumber: '910000000002',
          startedAt: new Date('2025-08-08T13:58:32Z'),
          endedAt: new Date('2025-08-08T13:58:51Z'),
          talkSeconds: 8,
          recording: { expected: true, url },
        },
      ],
    });
  });

  it.each([
    [{ CallSid: 'a', campid: '7', Uniqueid: 'b' }, 'a', '7'],
    [{ Uniqueid: 'b', campid: '7' }, 'b', '7'],
    [{ campid: '7' }, '7', undefined],
  ])('finds the call id of %j', (query, callId, campaign) => {
    const { events } = provider.parseWebhook(requestOf({ method: 'GET', query }));
    expect(events).toMatchObject([{ callId, campaign }]);
  });

  it.each([
    ['ANSWER', 'ANSWERED'],
    ['ANSWERED', 'ANSWERED'],
    ['NOANSWER', 'NO_ANSWER'],
    ['NO ANSWER', 'NO_ANSWER'],
    ['no-answer', 'NO_ANSWER'],
    ['Not Answered', 'NO_ANSWER'],
    ['UNANSWERED', 'NO_ANSWER'],
    ['BUSY', 'BUSY'],
    ['CANCEL', 'CANCELLED'],
    ['CONGESTION', 'FAILED'],
    ['ANSWERINGMACHINE', undefined],
    ['constructor', undefined],
    ['', undefined],
  ])('reads the status %s whole: %s', (Status, status) => {
    const { events } = provider.parseWebhook(requestOf({ method: 'GET', query: { CallSid: 'a', Status } }));
    expect(events).toMatchObject([{ status }]);
  });

  it.each(Object.entries(UNREADABLE_WIRES))('makes nothing of %s', (_name, wire) => {
    const parsed = provider.parseWebhook(requestOf(wire));
    expect(parsed.events).toEqual([]);
    expect(parsed.ignored.length).toBeGreaterThan(0);
  });

  it('knows its secret, and acknowledges with OK', () => {
    const wire = cloudTelephonyWire('a', url);
    expect(provider.verifyWebhook(requestOf(wire, { pathSecret: webhookSecret }))).toBe(true);
    expect(provider.verifyWebhook(requestOf(wire, { pathSecret: `${webhookSecret}x` }))).toBe(false);
    expect(provider.verifyWebhook(requestOf(wire))).toBe(false);
    expect(new CloudTelephony({}, {}).verifyWebhook(requestOf(wire, { pathSecret: '' }))).toBe(false);
    expect(provider.acknowledgement).toMatchObject({ status: 200, body: 'OK' });
  });
});
