import { Deepcall, type DeepcallOptions } from '../../../server/providers/deepcall.js';
import { FakeProvider } from '../../support/fake-provider/fake-provider.js';
import { FAKE_ACCOUNT, type FakeAuth } from '../../support/fake-provider/identity.js';
import type { Script } from '../../support/fake-provider/script.js';
import { describeProvider, NOW } from './provider-contract.js';

const { userId, token, ssid } = FAKE_ACCOUNT;

function adapter(
  fake: FakeProvider,
  options: DeepcallOptions = { userId, token, ssid },
  connection = {},
): Deepcall {
  const origins = { recordingUrl: fake.origin, apiUrl: fake.origin };
  return new Deepcall({ ...origins, ...options }, { allowHosts: [fake.host], ...connection }, () => NOW);
}

describeProvider('deepcall', {
  create: (fake, connection) => adapter(fake, undefined, connection),
  urlOf: (fake, callId) => fake.urlOf(callId, 'g1'),
  lasting404: 'gone',
});

describe('deepcall: two generations', () => {
  let fake: FakeProvider;
  let provider: Deepcall;

  beforeAll(async () => {
    fake = await FakeProvider.start();
    provider = adapter(fake);
  });
  beforeEach(() => {
    fake.reset();
    fake.auth = { g1: 'query', g2: 'ssid' };
  });
  afterAll(async () => {
    await provider.close();
    await fake.stop();
  });

  const ask = (callId: string, url: string | undefined = fake.urlOf(callId), by = provider) =>
    by.fetchRecording({ callId, url });

  const NOT_FOUND: Script = { kind: 'status', status: 404 };

  it.each<[FakeAuth['g1'], number]>([
    ['query', 1],
    ['bearer', 2],
    ['open', 1],
  ])('signs in to a G1 that wants %s in the order query, Bearer, none', async (g1, requests) => {
    fake.auth = { g1, g2: 'ssid' };
    const verdict = await ask('c1');
    expect(verdict).toMatchObject({ kind: 'found', byteSize: fake.audio.byteSize });
    expect(fake.requestsFor('c1')).toBe(requests);
    expect(fake.seen[0]).toMatchObject({ hasQueryToken: true, authorization: undefined });
    if (requests === 2) expect(fake.seen[1]).toMatchObject({ hasQueryToken: false, authorization: 'Bearer' });
  });

  it('tries without credentials last, then asks G2', async () => {
    fake.auth = { g1: 'closed', g2: 'ssid' };
    expect(await ask('c1')).toMatchObject({ kind: 'found' });
    expect(
      fake.seen.map(({ route, hasQueryToken, authorization }) => [route, hasQueryToken, authorization]),
    ).toEqual([
      ['g1', true, undefined],
      ['g1', false, 'Bearer'],
      ['g1', false, undefined],
      ['detail', false, undefined],
      ['stream', false, undefined],
    ]);
  });

  it.each<[FakeAuth['g2'], DeepcallOptions]>([
    ['ssid', { userId, ssid }],
    ['token', { userId, token }],
  ])('asks a G2 that wants the %s by call id alone', async (g2, options) => {
    fake.auth = { g1: 'closed', g2 };
    const other = adapter(fake, options);
    const verdict = await other.fetchRecording({ callId: 'c1' });
    expect(verdict).toMatchObject({ kind: 'found', byteSize: fake.audio.byteSize });
    expect(fake.requestsFor('c1', 'g1')).toBe(0);
    await other.close();
  });

  it('finds by G2 what G1 answers 404 for (a moved panel)', async () => {
    fake.script('c1', NOT_FOUND, 'g1');
    expect(await ask('c1')).toMatchObject({ kind: 'found' });
  });

  it.each<[string, Script, Script | undefined, string]>([
    ['1004', { kind: 'jsonError', code: 1004 }, undefined, 'gone'],
    ['1012', { kind: 'jsonError', code: 1012 }, undefined, 'gone'],
    ['404 as code', { kind: 'jsonError', code: 404 }, undefined, 'gone'],
    ['404 as status and code', { kind: 'jsonError', code: 404, status: 404 }, undefined, 'gone'],
    ['404 of the API without code', { kind: 'jsonError', status: 404 }, undefined, 'gone'],
    ['404 of the stream', { kind: 'audio' }, NOT_FOUND, 'gone'],
    ['404 of the route', NOT_FOUND, undefined, 'failed'],
    ['a login page', { kind: 'html' }, undefined, 'failed'],
    [
      'an empty list',
      { kind: 'jsonError', body: { status: 'success', data: { rcrdAr: [] } } },
      undefined,
      'notFoundUnconfirmed',
    ],
    [
      'a path that climbs',
      { kind: 'jsonError', body: { status: 'success', data: { rcrdAr: [{ rcrd: 'ab*..*..*x.mp3' }] } } },
      undefined,
      'notFoundUnconfirmed',
    ],
    [
      'a URL for a path',
      { kind: 'jsonError', body: { status: 'success', data: { rcrdAr: [{ rcrd: 'http://127.0.0.1/' }] } } },
      undefined,
      'notFoundUnconfirmed',
    ],
    ['1000', { kind: 'jsonError', code: 1000 }, undefined, 'failed'],
    ['1009', { kind: 'jsonError', code: 1009 }, undefined, 'failed'],
    ['1047', { kind: 'jsonError', code: 1047 }, undefined, 'failed'],
    ['an unknown code', { kind: 'jsonError', code: 7777 }, undefined, 'failed'],
    ['429', { kind: 'status', status: 429, retryAfter: '5' }, undefined, 'failed'],
    ['500', { kind: 'status', status: 500 }, undefined, 'failed'],
    ['401 without code', { kind: 'status', status: 401 }, undefined, 'refused'],
    ...[1011, 1013, 1014, 1015, 1039, 1044].map((code): [string, Script, undefined, string] => [
      String(code),
      { kind: 'jsonError', code },
      undefined,
      'configurationFault',
    ]),
    ['1011 under 401', { kind: 'jsonError', code: 1011, status: 401 }, undefined, 'configurationFault'],
  ])('after a 404 on G1, %s from G2 is %s', async (_what, detail, stream, kind) => {
    fake.script('c1', NOT_FOUND, 'g1');
    fake.script('c1', detail, 'detail');
    if (stream) fake.script('c1', stream, 'stream');
    expect(await ask('c1')).toMatchObject({ kind });
  });

  it('does not call a recording gone that G1 was never asked for', async () => {
    fake.script('c1', { kind: 'jsonError', code: 1004 }, 'detail');
    expect(await provider.fetchRecording({ callId: 'c1' })).toMatchObject({
      kind: 'notFoundUnconfirmed',
      timeTells: false,
    });
  });

  it('does not call a recording gone that G1 refuses', async () => {
    fake.script('c1', { kind: 'status', status: 403 }, 'g1');
    fake.script('c1', { kind: 'jsonError', code: 1004 }, 'detail');
    expect(await ask('c1')).toEqual({ kind: 'refused', status: 403 });
  });

  it('waits before it calls a recording of today gone', async () => {
    fake.script('c1', NOT_FOUND, 'g1');
    fake.script('c1', { kind: 'jsonError', code: 1012 }, 'detail');
    const source = { callId: 'c1', url: fake.urlOf('c1') };
    expect(
      await provider.fetchRecording({ ...source, callEndedAt: new Date(NOW - 3_600_000) }),
    ).toMatchObject({ kind: 'notReady' });
    expect(
      await provider.fetchRecording({ ...source, callEndedAt: new Date(NOW - 90_000_000) }),
    ).toMatchObject({ kind: 'gone' });
  });

  it('cannot confirm a 404 without credentials for G2', async () => {
    const poor = adapter(fake, { userId });
    fake.auth = { g1: 'open', g2: 'ssid' };
    fake.script('c1', NOT_FOUND);
    expect(await ask('c1', undefined, poor)).toMatchObject({ kind: 'notFoundUnconfirmed', timeTells: true });
    expect(poor.callIdHost).toBeUndefined();
    await poor.close();
  });

  it('without a URL and without credentials asks nobody, and says no more than that', async () => {
    const poor = adapter(fake, { userId });
    const callEndedAt = new Date(NOW - 90_000_000);
    expect(await poor.fetchRecording({ callId: 'c2', callEndedAt })).toMatchObject({ kind: 'notReady' });
    expect(fake.totalRequests).toBe(0);
    await poor.close();
  });

  it.each(['text/html; charset=utf-8', 'audio/mpeg', 'application/octet-stream'])(
    'reads an error that is declared as %s',
    async (contentType) => {
      fake.script('c1', { kind: 'jsonError', code: 1014, contentType });
      expect(await ask('c1')).toMatchObject({ kind: 'configurationFault' });
    },
  );

  it.each([1004, 1012, 404])('reads code %i under 200 from G1 as not found, and asks G2', async (code) => {
    fake.script('c1', { kind: 'jsonError', code }, 'g1');
    expect(await ask('c1')).toMatchObject({ kind: 'found' });
    expect(fake.requestsFor('c1', 'g1')).toBe(1);
  });

  it('accuses the account when G1 does in every way and G2 gives nothing', async () => {
    fake.script('c1', { kind: 'jsonError', code: 1011 }, 'g1');
    fake.script('c1', { kind: 'status', status: 500 }, 'detail');
    const verdict = await ask('c1');
    expect(verdict).toMatchObject({ kind: 'configurationFault', reason: expect.stringContaining('1011') });
    expect(fake.requestsFor('c1', 'g1')).toBe(3);
  });

  it('accuses nobody for a link that has expired: it asks for a new one', async () => {
    const url = fake.urlOf('c1', 'stream');
    fake.expireLinks();
    expect(await ask('c1', url)).toMatchObject({ kind: 'found' });
    expect(fake.seen.map(({ route }) => route)).toEqual(['stream', 'detail', 'stream']);
  });

  it('names a wrong configuration', async () => {
    const wrong = adapter(fake, { userId: '99999999', token, ssid });
    fake.script('c1', NOT_FOUND, 'g1');
    fake.auth = { g1: 'open', g2: 'ssid' };
    expect(await ask('c1', undefined, wrong)).toMatchObject({ kind: 'configurationFault' });
    await wrong.close();
  });

  it('expires after two months', () => {
    const endedAt = new Date('2025-08-08T00:00:00Z');
    expect(provider.expiry({ startedAt: undefined, endedAt })).toEqual(new Date('2025-10-08T00:00:00Z'));
    expect(provider.expiry({ startedAt: undefined, endedAt: undefined })).toBeUndefined();
  });
});
