import { FakeProvider } from '../support/fake-provider/fake-provider.js';
import { deepcallReport } from '../support/fake-provider/webhooks.js';
import { ProviderApp } from '../support/provider-app.js';

let count = 0;
const newCallId = () => `h${String(++count).padStart(23, '0')}`;

/** The most requests that came within one second. */
function mostInASecond({ seen }: FakeProvider): number {
  const within = (from: number) => seen.filter(({ at }) => at >= from && at < from + 1000).length;
  return Math.max(...seen.map(({ at }) => within(at)));
}

it('a host is asked no more often than it may be, however many requests a recording takes', async () => {
  // Three refused tries of the first generation, then the lookup and the stream of the second: five for each.
  await using provider = await ProviderApp.start(
    { env: { PROVIDER_REQUESTS_PER_MINUTE: '120' } },
    { auth: { g1: 'closed' } },
  );
  const { fake } = provider;
  const calls = [newCallId(), newCallId()];
  for (const callId of calls)
    await provider.report(deepcallReport({ callId, recordingUrl: fake.urlOf(callId) }));
  for (const callId of calls) expect(await provider.settled(callId)).toMatchObject({ status: 'UPLOADED' });
  expect(fake.seen).toHaveLength(10);
  // Two that were saved up, and two a second.
  expect(mostInASecond(fake)).toBeLessThanOrEqual(4);
});

describe('a provider whose recordings and whose API lie at two hosts', () => {
  let api: FakeProvider;
  let provider: ProviderApp;
  beforeEach(async () => {
    api = await FakeProvider.start();
    provider = await ProviderApp.start({ env: { DEEPCALL_API_URL: api.origin } }, {}, [api]);
  });
  afterEach(async () => {
    await provider[Symbol.asyncDispose]();
    await api.stop();
  });

  const tell = async (url: (callId: string) => string | undefined): Promise<string> => {
    const callId = newCallId();
    await provider.report(deepcallReport({ callId, recordingUrl: url(callId) }));
    return callId;
  };

  it('that asks for patience at the one is asked on at the other', async () => {
    const { fake } = provider;
    const limited = newCallId();
    fake.script(limited, { kind: 'status', status: 404 });
    api.script(limited, { kind: 'status', status: 429, retryAfter: '120' });
    await provider.report(deepcallReport({ callId: limited, recordingUrl: fake.urlOf(limited) }));
    await provider.recordingWhere(limited, ({ error_code }) => error_code === 'SOURCE_RATE_LIMITED');

    expect(await provider.settled(await tell((id) => fake.urlOf(id)))).toMatchObject({ status: 'UPLOADED' });

    // Only the API knows of this one, and the API is left alone.
    const waiting = await tell(() => undefined);
    const { next_attempt_at } = await provider.recordingWhere(
      waiting,
      (recording) => Number(recording.next_attempt_at) > Date.now() + 60_000,
    );
    expect(Number(next_attempt_at)).toBeLessThan(Date.now() + 121_000);
    expect(api.requestsFor(waiting)).toBe(0);
  });

  it('counts what a redirect asks of the other, too', async () => {
    const { fake } = provider;
    const callId = newCallId();
    fake.script(callId, {
      kind: 'redirect',
      to: `${api.origin}/cloud/recordings/${callId}.mp3?signature=fake%2Fsigned`,
    });
    api.script(callId, { kind: 'status', status: 429, retryAfter: '120' }, 'cloud');
    await provider.report(deepcallReport({ callId, recordingUrl: fake.urlOf(callId) }));
    await provider.recordingWhere(callId, ({ error_code }) => error_code === 'SOURCE_RATE_LIMITED');
    expect(await provider.settled(await tell((id) => fake.urlOf(id)))).toMatchObject({ status: 'UPLOADED' });
  });
});
