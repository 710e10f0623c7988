import { createServer as createTcpServer, type Socket } from 'node:net';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { gzipSync } from 'node:zlib';
import { createHostPolicy } from '../../../server/providers/fetch/host-policy.js';
import { SafeFetch, type FetchLimits, type SafeRequest } from '../../../server/providers/safe-fetch.js';

const servers: { server: Server; sockets: Set<Socket> }[] = [];
const fetchers: SafeFetch[] = [];

afterEach(async () => {
  await Promise.all(fetchers.splice(0).map((fetcher) => fetcher.close()));
  for (const { server, sockets } of servers.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  servers.push({ server, sockets });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const http = (listener: RequestListener) => listen(createServer(listener));

/** Answers the first bytes of every request with exactly this, then what `after` does. */
const raw = (answer: string, after: (socket: Socket) => void = (socket) => socket.end()) =>
  listen(createTcpServer((socket) => socket.once('data', () => socket.write(answer, () => after(socket)))));

function fetcherFor(hosts: readonly string[], limits: Partial<FetchLimits> = {}): SafeFetch {
  const fetcher = new SafeFetch({
    policy: createHostPolicy({ ownHosts: [], allowHosts: hosts }),
    limits: { totalMs: 5000, headersMs: 5000, idleMs: 5000, ...limits },
  });
  fetchers.push(fetcher);
  return fetcher;
}

async function outcome(host: string, limits: Partial<FetchLimits> = {}, request: Partial<SafeRequest> = {}) {
  try {
    const response = await fetcherFor([host], limits).fetch({
      url: `http://${host}/a?token=TOPSECRET`,
      ...request,
    });
    let bytes = 0;
    for await (const chunk of response.body) bytes += (chunk as Buffer).length;
    return { status: response.status, bytes };
  } catch (error) {
    const { name, message } = error as Error;
    expect(`${message} ${JSON.stringify(error)}`).not.toMatch(/TOPSECRET|\/a\b/);
    return { error: name, ...(error as object) };
  }
}

describe('bodies', () => {
  it('passes a whole body', async () => {
    const host = await http((_request, response) => response.end('x'.repeat(1000)));
    expect(await outcome(host)).toEqual({ status: 200, bytes: 1000 });
  });

  it('refuses a body that is declared over the cap before it is read', async () => {
    const host = await http((_request, response) =>
      response.writeHead(200, { 'content-length': 2000 }).end('x'.repeat(2000)),
    );
    expect(await outcome(host, { maxBytes: 1999 })).toMatchObject({ error: 'BodyTooLarge', limit: 1999 });
  });

  it('accepts a body of exactly the cap', async () => {
    const host = await http((_request, response) => response.end('x'.repeat(2000)));
    expect(await outcome(host, { maxBytes: 2000 })).toEqual({ status: 200, bytes: 2000 });
  });

  it('cuts an endless body off at the cap, and holds little of it', async () => {
    let sent = 0;
    const host = await http((_request, response) => {
      const piece = Buffer.alloc(64 * 1024);
      const more = () => {
        while (!response.destroyed && response.write(piece)) sent += piece.length;
      };
      response.on('drain', more);
      more();
    });
    const limit = 1024 * 1024;
    expect(await outcome(host, { maxBytes: limit })).toMatchObject({ error: 'BodyTooLarge' });
    expect(sent).toBeLessThan(limit + 32 * 1024 * 1024);
  });

  it('does not read ahead of a reader who pauses', async () => {
    let sent = 0;
    const host = await http((_request, response) => {
      const piece = Buffer.alloc(64 * 1024);
      const more = () => {
        while (!response.destroyed && response.write(piece)) sent += piece.length;
      };
      response.on('drain', more);
      more();
    });
    const { body } = await fetcherFor([host]).fetch({ url: `http://${host}/` });
    await new Promise((resolve) => body.once('readable', resolve));
    let before = -1;
    while (before !== sent) {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(body.readableLength).toBeLessThanOrEqual(256 * 1024);
    body.destroy();
  });

  it('ends a body that falls silent', async () => {
    const host = await raw('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc', () => undefined);
    expect(await outcome(host, { idleMs: 200 })).toMatchObject({ error: 'FetchTimeout', phase: 'body' });
  });

  it('ends a body that drips for ever', async () => {
    const host = await raw('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n', (socket) => {
      const timer = setInterval(() => socket.write('x'), 20);
      socket.on('close', () => clearInterval(timer));
    });
    expect(await outcome(host, { totalMs: 400, idleMs: 300 })).toMatchObject({
      error: 'FetchTimeout',
      phase: 'total',
    });
  });

  it('ends an answer that nobody reads', async () => {
    const host = await raw('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc', () => undefined);
    const { body } = await fetcherFor([host], { totalMs: 200 }).fetch({ url: `http://${host}/` });
    await new Promise((resolve) => body.once('close', resolve));
    expect(body.errored).toMatchObject({ name: 'FetchTimeout', phase: 'total' });
  });

  it('names a body that is shorter than its Content-Length', async () => {
    const host = await raw('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc');
    expect(await outcome(host)).toMatchObject({ error: 'BodyTruncated', expected: 10, received: 3 });
  });

  it('names a chunked body that breaks off', async () => {
    const host = await raw('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n');
    expect(await outcome(host)).toMatchObject({ error: 'BodyTruncated', received: 3 });
  });

  it('takes no byte past the Content-Length', async () => {
    const host = await raw('HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabcdefghi');
    expect(await outcome(host)).toEqual({ status: 200, bytes: 3 });
  });

  it.each([
    ['two lengths', 'content-length: 3\r\ncontent-length: 5\r\n\r\nabcde'],
    ['length and chunks', 'content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'],
    ['no length', 'content-length: abc\r\n\r\nabc'],
    ['a negative length', 'content-length: -3\r\n\r\nabc'],
  ])('refuses an answer with %s', async (_name, rest) => {
    const host = await raw(`HTTP/1.1 200 OK\r\n${rest}`);
    expect(await outcome(host)).toMatchObject({ error: 'FetchBadResponse' });
  });

  it('takes a body without length until the connection ends', async () => {
    const host = await raw('HTTP/1.1 200 OK\r\n\r\nabcdef');
    expect(await outcome(host)).toEqual({ status: 200, bytes: 6 });
  });

  it.each(['gzip', 'deflate', 'br', 'x-unknown'])(
    'refuses Content-Encoding %s and never unpacks',
    async (encoding) => {
      const bomb = gzipSync(Buffer.alloc(1024 * 1024));
      const host = await http((_request, response) =>
        response.writeHead(200, { 'content-encoding': encoding }).end(bomb),
      );
      expect(await outcome(host)).toMatchObject({ error: 'FetchBadResponse', detail: 'compressed' });
    },
  );
});

describe('before the body', () => {
  it('ends a server that accepts and says nothing', async () => {
    const host = await raw('', () => undefined);
    expect(await outcome(host, { headersMs: 200 })).toMatchObject({
      error: 'FetchTimeout',
      phase: 'headers',
    });
  });

  it('ends headers that drip for ever', async () => {
    const host = await raw('HTTP/1.1 200 OK\r\n', (socket) => {
      const timer = setInterval(() => socket.write('x: y\r\n'), 20);
      socket.on('close', () => clearInterval(timer));
    });
    expect(await outcome(host, { totalMs: 400 })).toMatchObject({ error: 'FetchTimeout' });
  });

  it('refuses headers over their cap', async () => {
    const host = await raw(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, () => undefined);
    expect(await outcome(host)).toMatchObject({
      error: 'FetchBadResponse',
      detail: 'UND_ERR_HEADERS_OVERFLOW',
    });
  });

  it('refuses what is not HTTP', async () => {
    const host = await raw('SSH-2.0-OpenSSH_9.9\r\n', () => undefined);
    expect(await outcome(host)).toMatchObject({ error: 'FetchBadResponse' });
  });

  it('names a host where nobody listens', async () => {
    const host = await http(() => undefined);
    const [last] = servers.splice(-1);
    await new Promise((resolve) => last?.server.close(resolve));
    expect(await outcome(host)).toMatchObject({ error: 'FetchUnreachable', detail: 'ECONNREFUSED' });
  });

  it('stops when its caller does, before and during the body', async () => {
    const host = await raw('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc', () => undefined);
    const stop = new AbortController();
    const { body } = await fetcherFor([host]).fetch({ url: `http://${host}/`, signal: stop.signal });
    stop.abort();
    await expect(body.toArray()).rejects.toMatchObject({ name: 'FetchAborted' });
    expect(await outcome(host, {}, { signal: stop.signal })).toMatchObject({ error: 'FetchAborted' });
  });

  it.each([
    ['its caller does', { totalMs: 60_000 }, 'FetchAborted'],
    ['its time is up', { totalMs: 50 }, 'FetchTimeout'],
  ])('stops when %s, while the name is still looked up', async (_when, limits, error) => {
    const asked = Promise.withResolvers<void>();
    const stop = new AbortController();
    const fetcher = new SafeFetch({
      policy: createHostPolicy({ ownHosts: ['silent.example.com'], allowHosts: [] }),
      // Of a name server that does not answer.
      resolver: () => (asked.resolve(), new Promise(() => undefined)),
      limits: { connectMs: 60_000, ...limits },
    });
    fetchers.push(fetcher);
    const fetched = fetcher.fetch({ url: 'https://silent.example.com/', signal: stop.signal });
    const expected = expect(fetched).rejects.toMatchObject({ name: error });
    await asked.promise;
    if (limits.totalMs > 1000) stop.abort();
    await expected;
  });

  it('answers HEAD with headers and no body, whatever the length says', async () => {
    const host = await http((_request, response) =>
      response.writeHead(200, { 'content-length': 500_000 }).end(),
    );
    expect(await outcome(host, { maxBytes: 10 }, { method: 'HEAD' })).toEqual({ status: 200, bytes: 0 });
  });
});
