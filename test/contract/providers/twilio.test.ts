import { Twilio } from '../../../server/providers/twilio.js';
import { twilioSignature } from '../../../server/providers/twilio/signature.js';
import { FAKE_ACCOUNT } from '../../support/fake-provider/identity.js';
import { twilioHeaders, twilioWire } from '../../support/fake-provider/webhooks.js';
import { describeProvider } from './provider-contract.js';
import { requestOf, UNREADABLE_WIRES } from './webhook-request.js';

const { accountSid, authToken } = FAKE_ACCOUNT;

describeProvider('twilio', {
  create: (fake, connection, now) =>
    new Twilio({ accountSid, authToken, apiUrl: fake.origin }, connection, now),
  urlOf: (fake, callId) => fake.urlOf(callId, 'twilio'),
  lasting404: 'notFoundUnconfirmed',
});

describe('twilio: webhooks', () => {
  const provider = new Twilio({ accountSid, authToken }, {});
  const url = 'https://earshot.example/webhooks/twilio/x?a=b';
  const status = {
    CallSid: 'CA1',
    AccountSid: accountSid,
    CallStatus: 'completed',
    CallDuration: '12',
    From: '+15550000001',
    To: '+15550000002',
    Timestamp: 'Fri, 08 Aug 2025 13:58:51 +0000',
  };
  const recording = {
    CallSid: 'CA1',
    RecordingSid: 'RE1',
    RecordingStatus: 'completed',
    RecordingDuration: '11',
  };

  it('signs as Twilio documents it', () => {
    const parameters = new URLSearchParams({
      To: '+15550000002',
      From: '+15550000001',
      Digits: '2',
      Caller: '+15550000001',
      CallSid: 'CA0001',
    });
    parameters.append('Digits', '1');
    parameters.append('Digits', '2');
    // printf %s '<url>CallSidCA0001Caller+15550000001Digits1Digits2…' | openssl dgst -sha1 -hmac 12345 -binary | base64
    const signed = 'https://earshot.example/hook?foo=1&bar=2';
    expect(twilioSignature('12345', signed, parameters)).toBe('RwCIxaklsNUM3cBtzc4qobSivBI=');
  });

  it('verifies the signature over the exact URL and every parameter', () => {
    const headers = twilioHeaders(url, status);
    const verify = (parameters: Record<string, string>, at = url, given: Record<string, string> = headers) =>
      provider.verifyWebhook(requestOf(twilioWire(parameters), { url: at, headers: given }));
    expect(verify(status)).toBe(true);
    expect(verify({ ...status, CallStatus: 'busy' })).toBe(false);
    expect(verify({ ...status, More: '1' })).toBe(false);
    expect(verify(status, `${url}&c=d`)).toBe(false);
    expect(verify(status, url, {})).toBe(false);
    expect(verify(status, url, { 'x-twilio-signature': '' })).toBe(false);
    expect(
      new Twilio({ accountSid, authToken: 'other' }, {}).verifyWebhook(
        requestOf(twilioWire(status), { url, headers }),
      ),
    ).toBe(false);
  });

  it('verifies a GET, whose parameters are the URL’s', () => {
    const headers = twilioHeaders(url, {});
    const wire = { method: 'GET', query: { a: 'b' } } as const;
    expect(provider.verifyWebhook(requestOf(wire, { url, headers }))).toBe(true);
    expect(provider.verifyWebhook(requestOf(wire, { url: `${url}c`, headers }))).toBe(false);
  });

  it('reads a status callback', () => {
    expect(provider.parseWebhook(requestOf(twilioWire(status)))).toEqual({
      ignored: [],
      events: [
        {
          callId: 'CA1',
          status: 'COMPLETED',
          statusCode: 'completed',
          campaign: undefined,
          interviewerKey: undefined,
          userId: accountSid,
          fromNumber: '+15550000001',
          toNumber: '+15550000002',
          startedAt: undefined,
          endedAt: new Date('2025-08-08T13:58:51Z'),
          talkSeconds: 12,
          recording: { expected: false, url: undefined },
        },
      ],
    });
  });

  it.each([
    ['https://api.twilio.com/Recordings/RE1', 'https://api.twilio.com/Recordings/RE1.mp3'],
    ['https://api.twilio.com/Recordings/RE1?a=b', 'https://api.twilio.com/Recordings/RE1.mp3?a=b'],
    ['https://api.twilio.com/Recordings/RE1.wav', 'https://api.twilio.com/Recordings/RE1.wav'],
  ])('asks for MP3: %s', (RecordingUrl, expected) => {
    const { events } = provider.parseWebhook(requestOf(twilioWire({ ...recording, RecordingUrl })));
    expect(events).toMatchObject([
      { status: undefined, talkSeconds: 11, recording: { expected: true, url: expected } },
    ]);
  });

  it('hears that there is no recording', () => {
    const { events } = provider.parseWebhook(
      requestOf(twilioWire({ ...recording, RecordingStatus: 'absent' })),
    );
    expect(events[0]?.recording).toEqual({ expected: false, url: undefined, absent: true });
  });

  it.each([
    ['queued', 'INITIATED'],
    ['ringing', 'RINGING'],
    ['in-progress', 'ANSWERED'],
    ['no-answer', 'NO_ANSWER'],
    ['absent', 'NO_ANSWER'],
    ['busy', 'BUSY'],
    ['canceled', 'CANCELLED'],
    ['failed', 'FAILED'],
    ['something-new', undefined],
  ])('reads the status %s: %s', (CallStatus, expected) => {
    const { events } = provider.parseWebhook(requestOf(twilioWire({ CallSid: 'CA1', CallStatus })));
    expect(events).toMatchObject([{ status: expected, statusCode: CallStatus }]);
  });

  it.each(Object.entries(UNREADABLE_WIRES))('makes nothing of %s', (_name, wire) => {
    expect(provider.parseWebhook(requestOf(wire)).events).toEqual([]);
  });

  it('keeps recordings until somebody deletes them', () => {
    expect(provider.expiry()).toBeUndefined();
  });
});
