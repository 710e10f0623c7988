import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What befalls one request. */
export type Mishap =
  /** The connection breaks after so many bytes of the body. */
  | { kind: 'drop'; afterBytes: number }
  /** The server does it, and the client never hears. */
  | { kind: 'lose answer' }
  /** The server never sees it. */
  | { kind: 'answer'; status: number; headers?: OutgoingHttpHeaders }
  /** The server gets it twice, and the second answer comes back. */
  | { kind: 'twice' };

export interface Passing {
  /** The GraphQL operation, or `PUT`. */
  name: string;
  url: string;
  /** The how-manieth of its name, from 1. */
  count: number;
}

/** A phone's way to the server: an HTTP proxy that does what radio, gateways and stores do. */
export class BadNetwork implements AsyncDisposable {
  /** Connections that were tried while there was no network. */
  refused = 0;
  private isOffline = false;
  readonly mishaps: Record<string, number> = {};
  plan: (passing: Passing) => Mishap | undefined = () => undefined;
  private readonly counts = new Map<string, number>();
  private readonly sockets = new Set<Socket>();
  private target: URL | undefined;
  private readonly server = createServer((incoming, outgoing) => void this.pass(incoming, outgoing));

  private constructor() {
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
      if (!this.isOffline) return;
      this.refused += 1;
      socket.destroy();
    });
  }

  static async open(): Promise<BadNetwork> {
    const network = new BadNetwork();
    network.server.listen(0, '127.0.0.1');
    await once(network.server, 'listening');
    return network;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  leadTo(url: string): void {
    this.target = new URL(url);
  }

  goOffline(): void {
    this.isOffline = true;
    for (const socket of this.sockets) socket.destroy();
  }

  goOnline(): void {
    this.isOffline = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private async pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { socket } = incoming;
    incoming.on('error', () => undefined);
    outgoing.on('error', () => undefined);
    const mishap = incoming.method === 'OPTIONS' ? undefined : this.mishapFor(incoming);
    try {
      if (mishap?.kind === 'answer') return await answer(incoming, outgoing, mishap);
      if (mishap?.kind === 'drop') return await this.drop(incoming, mishap.afterBytes);
      const body = await buffer(incoming);
      const first = await this.forward(incoming, body);
      const response = mishap?.kind === 'twice' ? await this.forward(incoming, body) : first;
      if (mishap?.kind === 'lose answer') socket.destroy();
      else outgoing.writeHead(response.status, response.headers).end(response.body);
    } catch {
      socket.destroy();
    }
  }

  private mishapFor({ method, url = '', headers }: IncomingMessage): Mishap | undefined {
    const operation = headers['x-apollo-operation-name'];
    const name = typeof operation === 'string' ? operation : (method ?? '');
    const count = (this.counts.get(name) ?? 0) + 1;
    this.counts.set(name, count);
    const mishap = this.plan({ name, url, count });
    if (mishap) {
      const label = `${name} ${mishap.kind === 'answer' ? mishap.status : mishap.kind}`;
      this.mishaps[label] = (this.mishaps[label] ?? 0) + 1;
    }
    return mishap;
  }

  /** Part of the request really reaches the server. */
  private async drop(incoming: IncomingMessage, afterBytes: number): Promise<void> {
    const { socket } = incoming;
    const upstream = this.request(incoming);
    upstream.on('error', () => undefined);
    let passed = 0;
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      upstream.write(chunk.subarray(0, Math.max(0, afterBytes - passed)));
      passed += chunk.length;
      if (passed >= afterBytes) break;
    }
    socket.destroy();
    upstream.destroy();
  }

  private async forward(incoming: IncomingMessage, body: Buffer) {
    const upstream = this.request(incoming);
    upstream.end(body);
    const [response] = (await once(upstream, 'response')) as [IncomingMessage];
    const { 'transfer-encoding': _framing, ...headers } = response.headers;
    return { status: response.statusCode ?? 502, headers, body: await buffer(response) };
  }

  private request({ method, url, headers }: IncomingMessage) {
    const { target } = this;
    return request({ host: target?.hostname, port: target?.port, method, path: url, headers, agent: false });
  }
}

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { status, headers = {} }: Extract<Mishap, { kind: 'answer' }>,
): Promise<void> {
  await buffer(incoming);
  outgoing.writeHead(status, {
    'content-type': 'application/xml',
    'access-control-allow-origin': '*',
    ...headers,
  });
  outgoing.end('<Error><Code>Injected</Code></Error>');
}
