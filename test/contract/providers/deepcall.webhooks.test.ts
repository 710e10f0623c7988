import { advanceStatus } from '../../../server/providers/call-progress.js';
import { Deepcall } from '../../../server/providers/deepcall.js';
import type { CallEvent, CallStatus } from '../../../server/providers/provider.js';
import { FAKE_ACCOUNT } from '../../support/fake-provider/identity.js';
import {
  deepcallReport,
  deepcallWires,
  disorders,
  renamedReport,
  UNSET_TEMPLATE,
  type Report,
} from '../../support/fake-provider/webhooks.js';
import { requestOf, UNREADABLE_WIRES } from './webhook-request.js';

const CALL_ID = '2me2nb2r2170000000012712';
const URL = 'https://host.example/x_CTC.mp3?token=foreign%2Fsigned';
const { userId, webhookSecret } = FAKE_ACCOUNT;
const provider = new Deepcall({ userId, webhookSecret }, {});

const parse = (report: unknown) =>
  provider.parseWebhook(
    requestOf({ method: 'POST', contentType: 'application/json', body: JSON.stringify(report) }),
  );

const eventOf = (more: Report, base: Report = deepcallReport({ callId: CALL_ID })): CallEvent => {
  const { events } = parse({ ...base, ...more });
  if (!events[0]) throw new Error('No event.');
  return events[0];
};

const EXPECTED: CallEvent = {
  callId: CALL_ID,
  status: 'COMPLETED',
  statusCode: '3',
  campaign: undefined,
  interviewerKey: '7',
  userId,
  fromNumber: '910000000001',
  toNumber: '910000000002',
  startedAt: new Date('2025-08-08T13:58:32Z'),
  endedAt: new Date('2025-08-08T13:58:51Z'),
  talkSeconds: 8,
  recording: { expected: true, url: URL },
};

describe('deepcall: wire forms', () => {
  it.each(Object.entries(deepcallWires(deepcallReport({ callId: CALL_ID, recordingUrl: URL }))))(
    'reads one and the same call from: %s',
    (_form, wire) => {
      expect(provider.parseWebhook(requestOf(wire))).toEqual({ events: [EXPECTED], ignored: [] });
    },
  );

  it('makes nothing of an unset template', () => {
    expect(provider.parseWebhook(requestOf(UNSET_TEMPLATE))).toEqual({ events: [], ignored: ['EMPTY'] });
    const blank = { ...UNSET_TEMPLATE, body: 'push_report=' };
    expect(provider.parseWebhook(requestOf(blank))).toEqual({ events: [], ignored: ['EMPTY'] });
  });

  it('reads renamed keys, as JSON and as a form', () => {
    const report = renamedReport(CALL_ID, URL);
    const expected = { ...EXPECTED, statusCode: 'completed', interviewerKey: undefined };
    expect(parse(report)).toEqual({ events: [expected], ignored: [] });
    const body = new URLSearchParams(report as Record<string, string>).toString();
    const form = { method: 'POST', contentType: 'application/x-www-form-urlencoded', body } as const;
    expect(provider.parseWebhook(requestOf(form))).toEqual({ events: [expected], ignored: [] });
    const query = { method: 'GET', query: report as Record<string, string> } as const;
    expect(provider.parseWebhook(requestOf(query)).events).toEqual([expected]);
  });

  it('reads every report of a list, and names those that it cannot', () => {
    const parsed = parse([
      deepcallReport({ callId: 'a' }),
      {},
      { callStatus: 3 },
      'x',
      deepcallReport({ callId: 'b' }),
    ]);
    expect(parsed.events.map(({ callId }) => callId)).toEqual(['a', 'b']);
    expect(parsed.ignored).toEqual(['EMPTY', 'UNREADABLE', 'NO_CALL_ID']);
  });

  it('bounds the reports of one request', () => {
    const parsed = parse(Array.from({ length: 1500 }, (_, at) => ({ callId: `c${at}` })));
    expect(parsed.events).toHaveLength(1000);
    expect(parsed.ignored).toEqual(['TOO_MANY']);
  });

  it.each(Object.entries(UNREADABLE_WIRES))('makes nothing of %s', (_name, wire) => {
    const parsed = provider.parseWebhook(requestOf(wire));
    expect(parsed.events).toEqual([]);
    expect(parsed.ignored.length).toBeGreaterThan(0);
  });

  it('knows its secret, and blesses', () => {
    const wire = deepcallWires(deepcallReport({ callId: CALL_ID }))['raw JSON object'] ?? UNSET_TEMPLATE;
    expect(provider.verifyWebhook(requestOf(wire, { pathSecret: webhookSecret }))).toBe(true);
    expect(provider.verifyWebhook(requestOf(wire, { pathSecret: 'wrong' }))).toBe(false);
    expect(provider.verifyWebhook(requestOf(wire))).toBe(false);
    expect(new Deepcall({}, {}).verifyWebhook(requestOf(wire, { pathSecret: '' }))).toBe(false);
    expect(provider.acknowledgement).toEqual({ status: 200, body: 'GODBLESSYOU', contentType: 'text/plain' });
  });
});

describe('deepcall: fields', () => {
  const codes: [CallStatus, number[]][] = [
    ['RINGING', [1, 2]],
    ['COMPLETED', [3]],
    ['ANSWERED', [4, 5, 6, 10]],
    ['NO_ANSWER', [7, 8, 9]],
    ['CANCELLED', [11, 12, 20, 21]],
    ['FAILED', [13, 14, 15, 16, 18]],
    ['BUSY', [17, 19]],
  ];
  it.each(codes.flatMap(([status, list]) => list.map((code) => [code, status] as const)))(
    'maps callStatus %i to %s, also as text',
    (code, status) => {
      expect(eventOf({ callStatus: code, nHDetail: [] })).toMatchObject({ status, statusCode: String(code) });
      expect(eventOf({ callStatus: String(code), nHDetail: [] })).toMatchObject({ status });
    },
  );

  it.each([
    [[{ status: 'answered' }, { status: 'busy' }], 'ANSWERED'],
    [[{ status: 'busy' }, { status: 'noanswer' }], 'BUSY'],
    [[{ status: 'NOANSWER' }], 'NO_ANSWER'],
    [[{ status: 'answering-machine' }], undefined],
    [[null, 7, 'x'], undefined],
    [[], undefined],
  ])('derives an unknown code from the legs %j: %s', (nHDetail, status) => {
    expect(eventOf({ callStatus: 99, nHDetail })).toMatchObject({ status, statusCode: '99' });
  });

  it.each([
    ['2025-08-08 19:28:32', '2025-08-08T13:58:32.000Z'],
    ['2025-08-08 00:10:00', '2025-08-07T18:40:00.000Z'],
    ['2025-08-08T13:58:32Z', '2025-08-08T13:58:32.000Z'],
    ['2025-08-08T19:28:32+05:30', '2025-08-08T13:58:32.000Z'],
    ['1754661512', '2025-08-08T13:58:32.000Z'],
    [1754661512000, '2025-08-08T13:58:32.000Z'],
    ['0', undefined],
    [0, undefined],
    ['', undefined],
    [null, undefined],
    ['0000-00-00 00:00:00', undefined],
    ['2025-02-30 10:00:00', undefined],
    ['2025-08-08 24:00:00', undefined],
    ['2025-08-08', undefined],
    ['1900-01-01 00:00:00', undefined],
    ['9999-01-01 00:00:00', undefined],
    [{}, undefined],
  ])('reads the time %j as %s', (ivrSTime, expected) => {
    expect(eventOf({ ivrSTime, ivrETime: null }).startedAt?.toISOString()).toBe(expected);
  });

  it.each([
    [8, 8],
    ['8', 8],
    ['8.9', 8],
    ['00:00:12', 12],
    [0, 0],
    [-5, undefined],
    ['x', undefined],
    [5000, 19],
    ['999999999', 19],
  ])('reads the talk %j of a call of 19 s as %s s', (talkDuration, seconds) => {
    expect(eventOf({ talkDuration }).talkSeconds).toBe(seconds);
  });

  it('drops an end before the start, and takes the hang-up where the end is missing', () => {
    expect(eventOf({ ivrETime: '2025-08-08 19:00:00' })).toMatchObject({
      endedAt: undefined,
      talkSeconds: 8,
    });
    expect(eventOf({ ivrETime: '0', lastHangupTime: '2025-08-08 19:28:50' }).endedAt).toEqual(
      new Date('2025-08-08T13:58:50Z'),
    );
  });

  it.each([
    [{ cType: 'IBD', masterAgentNumber: '910000000009', masterNumCTC: null }, '910000000002', '910000000009'],
    [{ cType: 'IBD', did: '910000000008', masterNumCTC: null }, '910000000002', '910000000008'],
    [{ masterNumCTC: null }, '0000000001', '910000000002'],
    [{ masterNumCTC: '+91 (00000) 00-001' }, '+910000000001', '910000000002'],
    [{ masterNumCTC: 'anonymous', api_para: '{"from":"0000000001"}' }, '0000000001', '910000000002'],
    [{ masterNumCTC: '9'.repeat(30), api_para: null, cNumber: null }, undefined, '0000000002'],
  ])('reads the numbers of %j', (more, fromNumber, toNumber) => {
    expect(eventOf(more)).toMatchObject({ fromNumber, toNumber });
  });

  it.each([
    [{ campId: -1 }, { campaign: undefined }],
    [{ campId: 0 }, { campaign: undefined }],
    [{ campId: 55 }, { campaign: '55' }],
    [{ masterAgent: '' }, { interviewerKey: undefined }],
    [{ masterAgent: 12 }, { interviewerKey: '12' }],
    [{ campId: 'a\u0000b\n' }, { campaign: 'ab' }],
    [{ callStatus: 'x'.repeat(41) }, { statusCode: undefined }],
  ])('reads %j as %j', (more, expected) => {
    expect(eventOf(more)).toMatchObject(expected);
  });
});

describe('deepcall: which recording', () => {
  const BASE = `https://s-ct3.sarv.com/v2/recording/direct/${userId}`;
  const leg = (recordingUrl: unknown) => ({ status: 'answered', recordingUrl });

  it.each<[string, Report, string | undefined]>([
    [
      'the first absolute URL of the legs',
      { nHDetail: [leg('/rel.mp3'), leg(URL), leg('https://b.example/')], recordings: [{ file: '/a.mp3' }] },
      URL,
    ],
    ['legs as a JSON string', { nHDetail: JSON.stringify([leg(URL)]) }, URL],
    [
      'the file of recordings',
      { nHDetail: [], recordings: [{ file: '/202508/x_CTC.mp3' }] },
      `${BASE}/202508/x_CTC.mp3`,
    ],
    ['a file without a slash', { nHDetail: [], recordings: [{ file: 'x.mp3' }] }, `${BASE}/x.mp3`],
    ['a text in recordings', { nHDetail: [], recordings: ['/x.mp3'] }, `${BASE}/x.mp3`],
    ['a URL in recordings', { nHDetail: [], recordings: [{ url: URL }] }, URL],
    ['a top-level alias', { nHDetail: [], recordings: [], recording_url: URL }, URL],
    ['a climbing path', { nHDetail: [], recordings: [{ file: '/../../etc/passwd' }] }, undefined],
    ['an encoded climb', { nHDetail: [], recordings: [{ file: '/%2e%2e/%2E./x' }] }, undefined],
    ['an encoded slash', { nHDetail: [], recordings: [{ file: '/a%2fb.mp3' }] }, undefined],
    ['another authority', { nHDetail: [], recordings: [{ file: '//evil.example/x.mp3' }] }, undefined],
    ['a query', { nHDetail: [], recordings: [{ file: '/x.mp3?token=1' }] }, undefined],
    ['another scheme', { nHDetail: [leg('file:///etc/passwd')], recordings: [] }, undefined],
    ['no recording', { nHDetail: [], recordings: '[]' }, undefined],
  ])('takes %s', (_what, more, url) => {
    expect(eventOf(more).recording.url).toBe(url);
  });

  it('takes the account of the report before its own', () => {
    const event = eventOf({ userId: '20000002', nHDetail: [], recordings: ['/x.mp3'] });
    expect(event).toMatchObject({
      userId: '20000002',
      recording: { url: expect.stringContaining('/direct/20000002/x.mp3') },
    });
  });

  it.each([
    [{ callStatus: 3 }, true],
    [{ callStatus: 7 }, false],
    [{ callStatus: 7, recordings: [{ file: '/x.mp3' }] }, true],
    [{ callStatus: 1 }, false],
  ])('expects a recording after %j: %s', (more, expected) => {
    expect(eventOf({ nHDetail: [], ...more }).recording.expected).toBe(expected);
  });
});

describe('deepcall: disorder', () => {
  it.each(Object.entries(disorders(CALL_ID, URL)))('%s', (_name, { reports, hasRecording }) => {
    const events = reports.flatMap((report) => parse(report).events);
    expect(new Set(events.map(({ callId }) => callId))).toEqual(new Set([CALL_ID]));
    const status = events.reduce<CallStatus | undefined>(
      (known, event) => advanceStatus(known, event.status),
      undefined,
    );
    expect(status).toBe('COMPLETED');
    expect(events.some((event) => event.recording.url === URL)).toBe(hasRecording);
  });

  it('keeps an end that another end follows, and learns from nothing', () => {
    expect(advanceStatus('BUSY', 'NO_ANSWER')).toBe('BUSY');
    expect(advanceStatus('COMPLETED', 'RINGING')).toBe('COMPLETED');
    expect(advanceStatus('NO_ANSWER', 'COMPLETED')).toBe('COMPLETED');
    expect(advanceStatus('RINGING', undefined)).toBe('RINGING');
    expect(advanceStatus(undefined, 'RINGING')).toBe('RINGING');
  });
});
