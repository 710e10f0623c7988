import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import type { Express } from 'express';
import { codeOf } from '../error-code.js';
import { StartupError } from '../startup-error.js';

/** A phone on a bad network may take so long for one chunk or file. */
const REQUEST_TIMEOUT_MS = 30 * 60_000;
/** No byte either way for so long: the peer is gone. */
const IDLE_TIMEOUT_MS = 2 * 60_000;
const HEADERS_TIMEOUT_MS = 20_000;

export class HttpServer {
  readonly server: Server;
  /** All of them: Node's own list forgets a connection that was upgraded to a WebSocket, and close waits for it. */
  private readonly sockets = new Set<Socket>();
  private requestsUnderWay = 0;
  /** Called when a request has ended. */
  private ended: () => void = () => undefined;
  /** Resolves when the last connection is gone, once `drain` was called. */
  private closed: Promise<unknown> = Promise.resolve();

  constructor(app: Express) {
    this.server = createServer(
      { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: HEADERS_TIMEOUT_MS, keepAliveTimeout: 65_000 },
      app,
    );
    this.server.setTimeout(IDLE_TIMEOUT_MS);
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    // Node closes what is idle when close is called; a connection that falls idle later would stay for its keep-alive.
    this.server.on('request', (_req, res) => {
      this.requestsUnderWay += 1;
      res.once('close', () => {
        this.requestsUnderWay -= 1;
        if (!this.server.listening) this.server.closeIdleConnections();
        this.ended();
      });
    });
  }

  /** Resolves with the port. StartupError when it cannot listen. */
  async listen(host: string, port: number): Promise<number> {
    this.server.listen(port, host);
    try {
      await once(this.server, 'listening');
    } catch (error) {
      throw new StartupError(listenFault(error, host, port), { cause: error });
    }
    return (this.server.address() as AddressInfo).port;
  }

  /** Takes no new connection and waits for the requests under way, at most so many seconds. */
  async drain(seconds: number): Promise<void> {
    if (!this.server.listening) return;
    this.closed = once(this.server, 'close');
    this.server.close();
    if (this.requestsUnderWay === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000);
      this.ended = () => {
        if (this.requestsUnderWay > 0) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Behind `drain`: ends the requests that took too long, and after so many seconds the connections that are no requests. */
  async close(seconds: number): Promise<void> {
    this.server.closeAllConnections();
    const timer = setTimeout(() => {
      for (const socket of this.sockets) socket.destroy();
    }, seconds * 1000);
    await this.closed;
    clearTimeout(timer);
  }
}

function listenFault(error: unknown, host: string, port: number): string {
  const code = codeOf(error);
  if (code === 'EADDRINUSE')
    return `Port ${port} is in use. Stop what listens there, or set PORT to another one.`;
  if (code === 'EACCES')
    return `Port ${port} needs more rights than this user has. Set PORT to one above 1023.`;
  return `Cannot listen on HOST ${host}, port ${port} (${String(code)}).`;
}
