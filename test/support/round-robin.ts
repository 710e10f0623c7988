import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy that hands each request to the next server in turn, whatever connection it comes by. */
export class RoundRobin implements AsyncDisposable {
  /** Requests by server. */
  readonly counts: number[];
  private turn = 0;
  private readonly server = createServer((incoming, outgoing) => {
    const index = this.turn++ % this.targets.length;
    this.counts[index] = (this.counts[index] ?? 0) + 1;
    const { hostname: host, port } = new URL(this.targets[index] ?? '');
    const { method, url: path, headers } = incoming;
    const upstream = request({ host, port, method, path, headers, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    upstream.on('error', () => incoming.socket.destroy());
    incoming.pipe(upstream);
  });

  private constructor(private readonly targets: readonly string[]) {
    this.counts = targets.map(() => 0);
  }

  static async open(targets: readonly string[]): Promise<RoundRobin> {
    const proxy = new RoundRobin(targets);
    await new Promise<void>((listening) => proxy.server.listen(0, '127.0.0.1', listening));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }
}
