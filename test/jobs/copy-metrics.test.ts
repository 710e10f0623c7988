import { eventually } from '../support/eventually.js';
import { figures } from '../support/figures.js';
import { ProviderApp, tellOf } from '../support/provider-app.js';

let provider: ProviderApp;

beforeAll(async () => {
  provider = await ProviderApp.start({ env: { COPY_RETRY_SECONDS: '0.25' } });
});
afterAll(() => provider[Symbol.asyncDispose]());

it('counts attempts by provider and outcome, and the bytes that they brought', async () => {
  const [good, bad] = ['m0000000000000000000001', 'm0000000000000000000002'];
  provider.fake.script(bad, { kind: 'html' });
  for (const callId of [good, bad]) await tellOf(provider, callId, {});
  const of = (outcome: string) => `earshot_copies_total{provider="deepcall",mode="job",outcome="${outcome}"}`;
  await eventually(async () => {
    const told = await figures(provider.app);
    return told.get(of('uploaded')) === 1 && (told.get(of('NOT_AUDIO')) ?? 0) >= 1;
  });
  const told = await figures(provider.app);
  const bytes = provider.fake.audio.bytesOf(good).length;
  expect(told.get('earshot_copied_bytes_total{provider="deepcall"}')).toBe(bytes);
});
