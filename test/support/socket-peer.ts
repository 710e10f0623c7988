import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';
import type { GraphqlError } from './graphql.js';

export interface Frame {
  type: string;
  id?: string;
  payload?: unknown;
}

export interface SocketAnswer {
  data?: { recordingChanged: { attempts: number } } | null;
  errors?: GraphqlError[];
}

export interface PeerOptions extends ClientOptions {
  token?: string | undefined;
  protocol?: string | undefined;
}

/** An app in this process or another one. */
interface Reachable {
  readonly url: string;
}

/** One WebSocket that speaks graphql-transport-ws by hand, for what a well-behaved client would not send. */
export class SocketPeer {
  /** All that came, oldest first. */
  readonly frames: Frame[] = [];
  /** The code of the close frame, once there was one. */
  readonly closed: Promise<number>;
  private readonly waiting = new Set<() => void>();
  private count = 0;

  private constructor(readonly ws: WebSocket) {
    this.closed = new Promise((resolve) => ws.once('close', resolve));
    void this.closed.then(() => this.wake());
    ws.on('error', () => undefined);
    ws.on('message', (data: Buffer) => {
      this.frames.push(JSON.parse(data.toString()) as Frame);
      this.wake();
    });
  }

  /** Connects; says nothing. */
  static async connect(
    app: Reachable,
    { protocol = 'graphql-transport-ws', ...options }: PeerOptions = {},
  ): Promise<SocketPeer> {
    const ws = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, protocol, options);
    const peer = new SocketPeer(ws);
    await once(ws, 'open');
    return peer;
  }

  /** The status by which an upgrade is refused. */
  static refusedUpgrade(url: string, options: ClientOptions = {}): Promise<number> {
    const ws = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', options);
    ws.on('error', () => undefined);
    return new Promise((resolve, reject) => {
      ws.once('unexpected-response', (_req, { statusCode = 0 }) => {
        resolve(statusCode);
        ws.terminate();
      });
      ws.once('open', () => {
        reject(new Error('it was let in'));
        ws.terminate();
      });
    });
  }

  /** Connects, and is let in. */
  static async open(app: Reachable, options: PeerOptions): Promise<SocketPeer> {
    const peer = await SocketPeer.connect(app, options);
    peer.init(options.token);
    await peer.frame(({ type }) => type === 'connection_ack');
    return peer;
  }

  init(token: string | undefined): void {
    this.send({
      type: 'connection_init',
      ...(token !== undefined && { payload: { authorization: `Bearer ${token}` } }),
    });
  }

  send(frame: Frame | string): void {
    this.ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Begins an operation, given as JSON or as an object, and answers its id. */
  subscribe(payload: string | object): string {
    const id = String(++this.count);
    const json = typeof payload === 'string' ? payload : JSON.stringify(payload);
    this.send(`{"type":"subscribe","id":"${id}","payload":${json}}`);
    return id;
  }

  /** Ends an operation. */
  complete(id: string): void {
    this.send({ type: 'complete', id });
  }

  /** The first frame of this operation that is one of these types. */
  frameOf(id: string, ...types: string[]): Promise<Frame> {
    return this.frame((frame) => frame.id === id && types.includes(frame.type));
  }

  /** The answers to an operation so far. */
  answers(id: string): SocketAnswer[] {
    return this.frames
      .filter((frame) => frame.id === id && frame.type === 'next')
      .map(({ payload }) => payload as SocketAnswer);
  }

  /** The first frame of this kind, one that came already too. */
  async frame(matches: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const found = this.frames.find(matches);
      if (found) return found;
      if (this.ws.readyState === WebSocket.CLOSED) throw new Error(`closed with ${await this.closed}`);
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  /** The errors by which an operation is refused, before or while it begins. */
  async refusal(operation: string | object): Promise<GraphqlError[]> {
    const { type, payload } = await this.frameOf(this.subscribe(operation), 'error', 'next');
    return type === 'error' ? (payload as GraphqlError[]) : ((payload as SocketAnswer).errors ?? []);
  }

  close(): void {
    this.ws.close();
  }

  private wake(): void {
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const wake of waiting) wake();
  }
}
