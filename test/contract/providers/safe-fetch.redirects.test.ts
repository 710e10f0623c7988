import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHostPolicy } from '../../../server/providers/fetch/host-policy.js';
import { SafeFetch, type SafeRequest } from '../../../server/providers/safe-fetch.js';
import { Canary } from '../../support/fake-provider/canary.js';

type Seen = Pick<IncomingMessage, 'url' | 'headers' | 'method'>;

/** Redirects as its path says: `/hop?to=<location>&status=<code>`; anything else is answered `here`. */
class Hops {
  readonly seen: Seen[] = [];

  constructor(readonly server: Server) {
    server.on('request', (request: IncomingMessage, response) => {
      this.seen.push({ url: request.url, headers: request.headers, method: request.method });
      const url = new URL(request.url ?? '/', 'http://here');
      const to = url.searchParams.get('to');
      if (to === null) response.end('here');
      else response.writeHead(Number(url.searchParams.get('status') ?? 302), { location: to }).end();
    });
  }

  static async start(): Promise<Hops> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Hops(server);
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  to(location: string, status = 302): string {
    return `http://${this.host}/hop?to=${encodeURIComponent(location)}&status=${status}`;
  }
}

let first: Hops;
let second: Hops;
let canary: Canary;
let fetcher: SafeFetch;

beforeAll(async () => {
  [first, second, canary] = await Promise.all([Hops.start(), Hops.start(), Canary.start()]);
  fetcher = new SafeFetch({
    policy: createHostPolicy({ ownHosts: [], allowHosts: [first.host, second.host] }),
  });
});

beforeEach(() => {
  first.seen.length = 0;
  second.seen.length = 0;
});

afterAll(async () => {
  await fetcher.close();
  await canary[Symbol.asyncDispose]();
  for (const { server } of [first, second]) await new Promise((resolve) => server.close(resolve));
});

const secrets = { headers: { authorization: 'Bearer TOPSECRET' }, query: { token: 'TOPSECRET' } };

async function textOf(request: SafeRequest): Promise<string> {
  const { body } = await fetcher.fetch(request);
  return Buffer.concat((await body.toArray()) as Buffer[]).toString();
}

it.each([301, 302, 303, 307, 308])('follows a %i', async (status) => {
  expect(await textOf({ url: first.to('/end', status) })).toBe('here');
});

it('follows three redirects, and no fourth', async () => {
  const chain = (hops: number): string => (hops === 0 ? '/end' : first.to(chain(hops - 1)));
  expect(await textOf({ url: chain(3) })).toBe('here');
  await expect(textOf({ url: chain(4) })).rejects.toMatchObject({ reason: 'redirects' });
  expect(await textOf({ url: chain(5), maxRedirects: 5 })).toBe('here');
});

it('does not circle', async () => {
  const loop = first.to('');
  await expect(textOf({ url: loop })).rejects.toMatchObject({ reason: 'redirects' });
});

it('keeps credentials within their origin and gives them to no other', async () => {
  await textOf({ url: first.to(second.to('/end')), credentials: secrets });
  expect(first.seen[0]?.url).toContain('token=TOPSECRET');
  expect(first.seen[0]?.headers.authorization).toBe('Bearer TOPSECRET');
  expect(second.seen).toHaveLength(2);
  expect(JSON.stringify(second.seen)).not.toContain('TOPSECRET');
});

it('sends the header on within the same origin', async () => {
  await textOf({ url: first.to('/end'), credentials: secrets });
  expect(first.seen[1]?.headers.authorization).toBe('Bearer TOPSECRET');
});

it('does not give credentials back after a detour', async () => {
  await textOf({ url: first.to(second.to(`http://${first.host}/end`)), credentials: secrets });
  expect(first.seen[1]?.headers.authorization).toBeUndefined();
});

it('takes a token out of a target that a server has put it into', async () => {
  await textOf({ url: first.to(`http://${second.host}/end?t=TOPSECRET&keep=1`), credentials: secrets });
  expect(second.seen[0]?.url).toBe('/end?keep=1');
});

it.each([
  ['a private address', () => `http://127.0.0.1:${canary.port}/`, 'port'],
  ['another private host', () => `http://127.0.0.2:${canary.port}/`, 'host'],
  ['the metadata service', () => 'http://169.254.169.254/latest/meta-data/', 'host'],
  ['a mapped address', () => `http://[::ffff:127.0.0.1]:${canary.port}/`, 'host'],
  ['userinfo', () => `http://public.example@127.0.0.1:${canary.port}/`, 'userinfo'],
  ['a backslash', () => `http:\\\\127.0.0.1:${canary.port}/`, 'url'],
  ['a relative authority', () => `//127.0.0.1:${canary.port}/`, 'port'],
  ['a file', () => 'file:///etc/passwd', 'scheme'],
  ['data', () => 'data:text/plain,secret', 'scheme'],
  ['a foreign host', () => 'https://evil.example/', 'host'],
])('refuses a redirect to %s, at any hop', async (_name, target, reason) => {
  const before = canary.connections;
  await expect(textOf({ url: first.to(target()) })).rejects.toMatchObject({ name: 'FetchBlocked', reason });
  await expect(textOf({ url: first.to(second.to(target())) })).rejects.toMatchObject({
    name: 'FetchBlocked',
    reason,
  });
  expect(canary.connections).toBe(before);
});

it('does not repeat a POST, whose body may be secret, elsewhere', async () => {
  const request = { url: first.to(second.to('/end'), 307), method: 'POST', body: 'TOPSECRET' } as const;
  await expect(textOf(request)).rejects.toMatchObject({ reason: 'redirects' });
  expect(second.seen).toHaveLength(0);
});

it('asks for no compression and passes Range on', async () => {
  await textOf({ url: `http://${first.host}/`, headers: { range: 'bytes=0-1', 'accept-encoding': 'gzip' } });
  expect(first.seen[0]?.headers).toMatchObject({ range: 'bytes=0-1', 'accept-encoding': 'identity' });
});
