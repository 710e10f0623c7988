import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** What becomes of an upgrade to a WebSocket; requests always pass. */
type Upgrades = 'pass' | 'refuse' | 'swallow';

/** A proxy between client and server that does to sockets what company networks and tunnels do. */
export class SocketProxy implements AsyncDisposable {
  upgrades: Upgrades = 'pass';
  /** Upgrades asked for so far. */
  asked = 0;
  readonly #open = new Set<Duplex>();
  readonly #server = createServer((incoming, outgoing) => this.#forward(incoming, outgoing));

  private constructor(public target: string) {
    this.#server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#upgrade(incoming, socket, head),
    );
  }

  static async start(target: string): Promise<SocketProxy> {
    const proxy = new SocketProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/graphql`;
  }

  /** WebSockets that are open. */
  get open(): number {
    return this.#open.size;
  }

  /** Resolves when the last one is closed. */
  async allClosed(): Promise<void> {
    while (this.#open.size > 0) await Promise.all([...this.#open].map((socket) => once(socket, 'close')));
  }

  /** Ends every WebSocket without a close frame. */
  cut(): void {
    for (const socket of this.#open) socket.destroy();
  }

  /** Every WebSocket stays open, and nothing passes through it any more. */
  freeze(): void {
    for (const socket of this.#open) socket.emit('freeze');
  }

  #forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { hostname, port } = new URL(this.target);
    const { method, url, headers } = incoming;
    const upstream = request({ hostname, port, method, path: url, headers }, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
    });
    upstream.on('error', () => outgoing.destroy());
    incoming.pipe(upstream);
  }

  #upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.asked += 1;
    this.#open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.end());
    socket.on('close', () => this.#open.delete(socket));
    if (this.upgrades === 'refuse') socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
    else if (this.upgrades === 'swallow') socket.resume();
    else this.#join(incoming, socket, head);
  }

  #join({ method, url, httpVersion, rawHeaders }: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { hostname, port } = new URL(this.target);
    const upstream: Socket = connect(Number(port), hostname);
    const lines = Array.from(
      { length: rawHeaders.length / 2 },
      (_, at) => `${rawHeaders[2 * at]}: ${rawHeaders[2 * at + 1]}`,
    );
    upstream.write([`${method} ${url} HTTP/${httpVersion}`, ...lines, '', ''].join('\r\n'));
    upstream.write(head);
    upstream.pipe(socket).pipe(upstream);
    socket.on('freeze', () => {
      upstream.unpipe(socket);
      socket.unpipe(upstream);
      socket.resume();
    });
    upstream.on('error', () => socket.destroy());
    upstream.on('close', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
