import type { Client } from 'graphql-ws/client';
import type { GraphQLErrorLike } from '../errors.js';
import type { Platform, WebSocketConstructor, WebSocketLike } from '../platform.js';

/** One answer of a subscription, as it came. */
export interface SocketResult {
  readonly data?: unknown;
  readonly errors?: readonly GraphQLErrorLike[] | undefined;
}

export interface SubscribeMessage {
  readonly query: string;
  readonly operationName: string;
  readonly variables: Record<string, unknown>;
}

/** Hears one subscription. After `refused`, `completed` or `lost` nothing comes. */
export interface LinkSink {
  /** The server has accepted the connection. */
  opened(): void;
  next(result: SocketResult): void;
  /** The server does not take the subscription. */
  refused(errors: readonly GraphQLErrorLike[]): void;
  /** The server has ended it. */
  completed(): void;
  /** The connection is gone, or never came; with the code of its close frame. */
  lost(code?: number): void;
}

export interface LinkOptions {
  /** `ws:` or `wss:`. */
  readonly url: string;
  readonly platform: Platform;
  readonly WebSocket: WebSocketConstructor;
  /** Asked once for each connection. */
  readonly token: () => string | undefined | Promise<string | undefined>;
}

/** From the first byte to the server's acknowledgement; a proxy may swallow the upgrade. */
const OPEN_MS = 10_000;
/** A phone that changed its network hears nothing of the old connection's end: ask for a sign of life. */
const PING_MS = 15_000;
const PONG_MS = 5000;

const READY_STATES = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 };

/** One connection from its beginning to its end, shared by many subscriptions. It never reconnects by itself. */
export class SocketLink {
  readonly #options: LinkOptions;
  readonly #sinks = new Set<LinkSink>();
  readonly #client: Promise<Client>;
  #phase: 'opening' | 'open' | 'over' = 'opening';
  #socket: WebSocketLike | undefined;
  #timer: unknown;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#within(OPEN_MS, () => this.end());
    this.#client = this.#load();
    this.#client.catch(() => this.end());
  }

  get isOver(): boolean {
    return this.#phase === 'over';
  }

  /** How many subscriptions it carries. */
  get size(): number {
    return this.#sinks.size;
  }

  /** Answers the way to end the subscription; the sink hears nothing of that. */
  subscribe(message: SubscribeMessage, sink: LinkSink): () => void {
    this.#sinks.add(sink);
    let cancel = (): void => undefined;
    this.#client.then(
      (client) => {
        if (!this.#sinks.has(sink)) return;
        cancel = this.#begin(client, message, sink);
        if (this.#phase === 'open') sink.opened();
      },
      () => undefined,
    );
    return () => {
      cancel();
      this.#drop(sink);
    };
  }

  /** Tells every subscription that the connection is lost, and closes it. */
  end(code?: number): void {
    if (this.isOver) return;
    this.#close();
    const sinks = [...this.#sinks];
    this.#sinks.clear();
    for (const sink of sinks) sink.lost(code);
  }

  /** Loaded when the first subscription needs it: who never subscribes pays nothing for it. */
  async #load(): Promise<Client> {
    const { createClient } = await import('graphql-ws/client');
    const { url, token } = this.#options;
    return createClient({
      url,
      webSocketImpl: this.#implementation(),
      retryAttempts: 0,
      connectionParams: async () => {
        const bearer = await token();
        return bearer ? { authorization: `Bearer ${bearer}` } : {};
      },
      on: {
        connected: () => this.#opened(),
        pong: (isReceived) => isReceived && this.#alive(),
        closed: (event) => this.end((event as { code?: number }).code),
        error: () => this.end(),
      },
    });
  }

  /** The platform's, but a constructor that throws (mixed content, a bad address) is a lost connection. */
  #implementation(): unknown {
    const make = (url: string, protocol?: string): WebSocketLike => {
      try {
        return (this.#socket = new this.#options.WebSocket(url, protocol));
      } catch {
        this.end();
        return { readyState: READY_STATES.CLOSED, send: () => undefined, close: () => undefined };
      }
    };
    function Socket(url: string, protocol?: string): WebSocketLike {
      return make(url, protocol);
    }
    return Object.assign(Socket, READY_STATES);
  }

  #begin(client: Client, payload: SubscribeMessage, sink: LinkSink): () => void {
    const hears = (): boolean => this.#sinks.has(sink);
    return client.subscribe(payload, {
      next: (result) => hears() && sink.next(result as SocketResult),
      error: (error) => {
        if (!Array.isArray(error)) this.end();
        else if (this.#drop(sink)) sink.refused(error as readonly GraphQLErrorLike[]);
      },
      complete: () => this.#drop(sink) && sink.completed(),
    });
  }

  #drop(sink: LinkSink): boolean {
    const had = this.#sinks.delete(sink);
    if (had && this.#sinks.size === 0) this.#close();
    return had;
  }

  #opened(): void {
    if (this.isOver) return;
    this.#phase = 'open';
    this.#alive();
    for (const sink of this.#sinks) sink.opened();
  }

  #alive(): void {
    if (this.isOver) return;
    this.#within(PING_MS, () => {
      this.#socket?.send('{"type":"ping"}');
      this.#within(PONG_MS, () => this.end());
    });
  }

  #within(milliseconds: number, callback: () => void): void {
    const { platform } = this.#options;
    platform.clearTimeout(this.#timer);
    this.#timer = platform.setTimeout(callback, milliseconds);
  }

  #close(): void {
    this.#phase = 'over';
    this.#options.platform.clearTimeout(this.#timer);
    // Disposed first, so that it does not open another one.
    this.#client.then((client) => client.dispose()).catch(() => undefined);
    this.#socket?.close();
  }
}
