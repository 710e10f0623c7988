import { createProviders, type ProviderRegistry } from '../../../server/providers/registry.js';
import { sizeOfSource } from '../../../server/providers/source-size.js';
import { FakeProvider } from '../../support/fake-provider/fake-provider.js';
import { FAKE_ACCOUNT } from '../../support/fake-provider/identity.js';
import type { Script } from '../../support/fake-provider/script.js';

const { userId, token, ssid, accountSid, authToken } = FAKE_ACCOUNT;

let fake: FakeProvider;
let providers: ProviderRegistry;
beforeAll(async () => {
  fake = await FakeProvider.start();
});
// Anew each time: a host that asks for patience is left alone by all that comes after.
beforeEach(() => {
  fake.reset();
  const { origin } = fake;
  providers = createProviders({
    deepcall: { userId, token, ssid, recordingUrl: origin, apiUrl: origin },
    cloudtelephony: { recordingUrl: origin },
    twilio: { accountSid, authToken, apiUrl: origin },
    allowHosts: [fake.host],
    limits: { headersMs: 500, totalMs: 2000 },
  });
});
afterEach(() => providers[Symbol.asyncDispose]());
afterAll(() => fake.stop());

let count = 0;
async function sizeAt(provider: string, script: Script): Promise<number | undefined> {
  const callId = `z${String(++count).padStart(23, '0')}`;
  fake.script(callId, script);
  const route = ({ deepcall: 'g1', cloudtelephony: 'cloud', twilio: 'twilio' } as const)[provider];
  const found = providers.get(provider);
  if (!found || !route) throw new Error(`no ${provider}`);
  return sizeOfSource(found, { callId, url: fake.urlOf(callId, route) }, new AbortController().signal);
}

const methods = () => fake.seen.map(({ method }) => method);

describe.each(['deepcall', 'cloudtelephony', 'twilio'])('%s', (provider) => {
  it('is asked once, by HEAD, with its credentials', async () => {
    expect(await sizeAt(provider, { kind: 'audio' })).toBe(fake.audio.byteSize);
    expect(methods()).toEqual(['HEAD']);
  });

  it.each<[string, Script]>([
    ['refuses HEAD', { kind: 'notReady', status: 405, requests: 1 }],
    ['does not know HEAD', { kind: 'notReady', status: 501, requests: 1 }],
    ['tells no length', { kind: 'audio', length: false }],
  ])('is asked for one byte where it %s', async (_name, script) => {
    expect(await sizeAt(provider, script)).toBe(fake.audio.byteSize);
    expect(methods()).toEqual(['HEAD', 'GET']);
  });

  it.each<[string, Script]>([
    ['a page', { kind: 'html' }],
    ['an error under 200', { kind: 'jsonError', code: 1009 }],
    ['404', { kind: 'status', status: 404 }],
    ['410', { kind: 'status', status: 410 }],
    ['429', { kind: 'status', status: 429, retryAfter: '60' }],
    ['403', { kind: 'status', status: 403 }],
    ['nothing', { kind: 'empty' }],
    ['a private address', { kind: 'redirect', to: 'http://127.0.0.1:1/x' }],
    ['silence', { kind: 'hang' }],
  ])('has no length in %s', async (_name, script) => {
    expect(await sizeAt(provider, script)).toBeUndefined();
  });
});

it('DeepCall’s second generation is asked where the first does not find it', async () => {
  const callId = 'onlyg2';
  fake.script(callId, { kind: 'status', status: 404 }, 'g1');
  const deepcall = providers.get('deepcall');
  if (!deepcall) throw new Error('no deepcall');
  const source = { callId, url: fake.urlOf(callId) };
  expect(await sizeOfSource(deepcall, source, new AbortController().signal)).toBe(fake.audio.byteSize);
  expect(methods()).toEqual(['HEAD', 'POST', 'HEAD']);
});
