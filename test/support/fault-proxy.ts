import { createServer, request } from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Transform } from 'node:stream';

/** What befalls one request on its way to the server or back. */
export type Fault =
  /** The server never sees it. Without a code, the answer is empty. */
  | { kind: 'answer'; status: number; code: string; headers?: OutgoingHttpHeaders }
  /** The server carries it out, and the client hears something else. */
  | { kind: 'answer after'; status: number; code: string }
  /** The server carries it out, and the client hears nothing. */
  | { kind: 'cut after' }
  /** The same, on a connection that stays open; `done` is called when the server has answered. */
  | { kind: 'silence after'; done: () => void }
  | { kind: 'cut request'; afterBytes: number }
  /** One bit of the body changes. */
  | { kind: 'damage request' }
  | { kind: 'cut response'; afterBytes: number }
  /** Bytes of the answer, then silence on an open connection. */
  | { kind: 'stall response'; afterBytes: number }
  /** Read to its end and never answered; not passed on. */
  | { kind: 'silence' }
  /** Response headers are replaced. */
  | { kind: 'headers'; headers: OutgoingHttpHeaders };

export interface SeenRequest {
  method: string;
  /** Path and query. */
  url: string;
  fault: Fault['kind'] | undefined;
  /** What the server, or the fault in its place, answered. Undefined while nothing was. */
  status?: number;
}

type Choose = (request: IncomingMessage) => Fault | undefined;

/** An HTTP proxy before an S3 server that does to requests what networks and overloaded servers do. */
export class FaultProxy {
  readonly seen: SeenRequest[] = [];
  private choose: Choose = () => undefined;
  private readonly server = createServer((incoming, outgoing) => this.handle(incoming, outgoing));
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly target: URL) {
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  static async open(target: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(new URL(target));
    await new Promise<void>((listening) => proxy.server.listen(0, '127.0.0.1', listening));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Gives `fault` to the next `times` requests that match; everything else passes. */
  inject(fault: Fault, matches: (request: IncomingMessage) => boolean, times = 1): void {
    let left = times;
    this.choose = (incoming) => (left > 0 && matches(incoming) ? ((left -= 1), fault) : undefined);
  }

  clear(): void {
    this.choose = () => undefined;
    this.seen.length = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((closed) => this.server.close(closed));
  }

  private handle(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const fault = this.choose(incoming);
    const seen: SeenRequest = { method: incoming.method ?? '', url: incoming.url ?? '', fault: fault?.kind };
    this.seen.push(seen);
    incoming.on('error', () => undefined);
    outgoing.on('error', () => undefined);
    if (fault?.kind === 'answer') {
      seen.status = fault.status;
      answer(incoming, outgoing, fault);
    } else if (fault?.kind === 'silence') incoming.resume();
    else this.forward(incoming, outgoing, fault, seen);
  }

  private forward(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    fault: Fault | undefined,
    seen: SeenRequest,
  ): void {
    const { method, url, headers } = incoming;
    // The Host header stays as it was: it is signed.
    const upstream = request(
      { host: this.target.hostname, port: this.target.port, method, path: url, headers, agent: false },
      (response) => {
        if (response.statusCode !== undefined) seen.status = response.statusCode;
        respond(incoming, outgoing, response, fault);
      },
    );
    upstream.on('error', () => incoming.socket.destroy());
    outgoing.on('close', () => upstream.destroy());
    if (fault?.kind === 'cut request') {
      cutAfter(incoming, fault.afterBytes, () => {
        incoming.socket.destroy();
        upstream.destroy();
      });
    }
    if (fault?.kind === 'damage request') incoming.pipe(damage()).pipe(upstream);
    else incoming.pipe(upstream);
  }
}

function respond(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  response: IncomingMessage,
  fault: Fault | undefined,
): void {
  if (fault?.kind === 'cut after' || fault?.kind === 'answer after' || fault?.kind === 'silence after') {
    response.resume().on('end', () => {
      if (fault.kind === 'cut after') incoming.socket.destroy();
      else if (fault.kind === 'silence after') fault.done();
      else answer(incoming, outgoing, fault);
    });
    return;
  }
  const headers = { ...response.headers, ...(fault?.kind === 'headers' && fault.headers) };
  outgoing.writeHead(response.statusCode ?? 502, headers);
  if (fault?.kind !== 'cut response' && fault?.kind !== 'stall response') {
    response.pipe(outgoing);
    return;
  }
  let left = fault.afterBytes;
  response.on('data', (chunk: Buffer) => {
    if (left <= 0) return;
    const sent = chunk.subarray(0, left);
    left -= sent.length;
    outgoing.write(sent, () => {
      if (left <= 0 && fault.kind === 'cut response') incoming.socket.destroy();
    });
  });
}

function damage(): Transform {
  let isDone = false;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const passed = Buffer.from(chunk);
      if (!isDone) passed[0] = (passed[0] ?? 0) ^ 1;
      isDone = true;
      done(null, passed);
    },
  });
}

function cutAfter(stream: IncomingMessage, afterBytes: number, cut: () => void): void {
  let passed = 0;
  stream.on('data', (chunk: Buffer) => {
    passed += chunk.length;
    if (passed >= afterBytes) cut();
  });
}

/** An S3 error document; HEAD has none. */
function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  fault: { status: number; code: string; headers?: OutgoingHttpHeaders },
): void {
  incoming.resume();
  const document = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${fault.code}</Code><Message>injected</Message></Error>`;
  outgoing.writeHead(fault.status, { 'content-type': 'application/xml', ...fault.headers });
  outgoing.end(incoming.method === 'HEAD' || fault.code === '' ? '' : document);
}
