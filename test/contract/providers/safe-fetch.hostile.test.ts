import { FetchBlocked, FetchError } from '../../../server/providers/fetch/fetch-error.js';
import type { ResolvedAddress } from '../../../server/providers/fetch/guarded-connector.js';
import { createHostPolicy, type HostPolicy } from '../../../server/providers/fetch/host-policy.js';
import { SafeFetch } from '../../../server/providers/safe-fetch.js';
import { Canary } from '../../support/fake-provider/canary.js';
import { HOSTILE_URLS } from './hostile-urls.js';

/** The worst configuration: every host, port and scheme is allowed. Only the addresses are judged. */
const ANY_HOST: HostPolicy = { refusal: () => undefined, permitsPrivate: () => false };

const DNS: Readonly<Record<string, readonly string[]>> = {
  localhost: ['127.0.0.1', '::1'],
  'localhost.': ['127.0.0.1'],
  'private.example': ['127.0.0.1'],
  'private.example.': ['127.0.0.1'],
  'mixed.example': ['203.0.112.1', '127.0.0.1'],
  'v6-private.example': ['::1'],
  'mapped.example': ['::ffff:127.0.0.1'],
  'public.example': ['127.0.0.1'],
};

const resolver = async (hostname: string): Promise<ResolvedAddress[]> =>
  (DNS[hostname] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

let canary: Canary;
let fetcher: SafeFetch;

beforeAll(async () => {
  canary = await Canary.start();
  fetcher = new SafeFetch({ policy: ANY_HOST, resolver, limits: { totalMs: 5000 } });
});

afterAll(async () => {
  await fetcher.close();
  await canary[Symbol.asyncDispose]();
});

it('has a canary that hears whoever reaches it', async () => {
  await using own = await Canary.start();
  const host = `127.0.0.1:${own.port}`;
  const allowed = new SafeFetch({ policy: createHostPolicy({ ownHosts: [], allowHosts: [host] }) });
  const response = await allowed.fetch({ url: `http://${host}/` });
  expect(await response.body.toArray()).toEqual([Buffer.from('secret')]);
  expect(own.connections).toBe(1);
  await allowed.close();
});

it.each(HOSTILE_URLS.map((url) => [JSON.stringify(url), url]))(
  'does not connect for %s',
  async (_name, url) => {
    const before = canary.connections;
    const error: unknown = await fetcher
      .fetch({ url: url.replace('PORT', String(canary.port)) })
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(FetchError);
    if (!url.includes('nothing.example') && !url.includes('xn--')) expect(error).toBeInstanceOf(FetchBlocked);
    expect(canary.connections).toBe(before);
  },
);

it('covers at least sixty of them', () => {
  expect(new Set(HOSTILE_URLS).size).toBeGreaterThanOrEqual(60);
});

describe('a resolver that alternates (DNS rebinding)', () => {
  it('is asked once per connection, and its private answer is refused', async () => {
    await using benign = await Canary.start('127.0.0.1');
    const asked: string[] = [];
    const answers = ['127.0.0.1', '10.0.0.1', '127.0.0.1'];
    const rebinding = new SafeFetch({
      // The loopback plays the public address here.
      policy: { refusal: () => undefined, permitsPrivate: (_hostname, address) => address === '127.0.0.1' },
      limits: { totalMs: 3000 },
      resolver: async (hostname) => [{ address: answers[asked.push(hostname) - 1] ?? '10.0.0.1', family: 4 }],
    });
    const url = `http://rebind.example:${benign.port}/`;
    expect(await (await rebinding.fetch({ url })).body.toArray()).toEqual([Buffer.from('secret')]);
    // No second resolution stood between the check and the connection.
    expect(asked).toHaveLength(1);
    await expect(rebinding.fetch({ url })).rejects.toMatchObject({ reason: 'address' });
    expect(asked).toHaveLength(2);
    expect(benign.connections).toBe(1);
    await rebinding.close();
  });

  it('does not reach the canary by a host that is allowed by name', async () => {
    const named = new SafeFetch({
      policy: createHostPolicy({ ownHosts: [], allowHosts: [`named.example:${canary.port}`] }),
      resolver: async () => [{ address: '127.0.0.1', family: 4 }],
    });
    const before = canary.connections;
    await expect(named.fetch({ url: `http://named.example:${canary.port}/` })).rejects.toMatchObject({
      reason: 'address',
    });
    expect(canary.connections).toBe(before);
    await named.close();
  });
});
