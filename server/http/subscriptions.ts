import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  GraphQLError,
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import { CloseCode, type Context, type SubscribePayload } from 'graphql-ws';
import { useServer, type Extra } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { errors } from '../errors.js';
import type { Logger } from '../logger.js';
import { asGraphqlError, toGraphqlError } from './graphql.js';
import { OpenPerUser } from './socket-limits.js';
import { subscribeAfresh, type EventContext } from './subscription-events.js';
import { subscriptionDocument } from './subscription-document.js';

const PATH = '/graphql';
const SOCKETS_PER_USER = 10;
const SUBSCRIPTIONS_PER_SOCKET = 50;
const MAX_MESSAGE_BYTES = 64 * 1024;
/** A slow reader's socket is closed when so many bytes wait for it. */
const MAX_BUFFERED_BYTES = 1024 * 1024;
/** Larger delays do not fit setTimeout; a token that lasts longer is checked again by every subscribe. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export interface SocketViewer {
  readonly id: string;
  readonly expiresAt: Date;
}

export interface SubscriptionOptions<Viewer extends SocketViewer> {
  schema: GraphQLSchema;
  logger: Logger;
  allowsOrigin(origin: string): boolean;
  /** From the token of `connection_init`; throws for a bad one. */
  authenticate(token: string): Promise<Viewer>;
  /** A context for one event; throws when the viewer may not go on. */
  context(viewer: Viewer): Promise<EventContext>;
}

interface SocketState<Viewer> extends Record<PropertyKey, unknown> {
  viewer?: Viewer;
  expiry?: NodeJS.Timeout;
}

type Answer = { [Part in keyof ExecutionResult]: ExecutionResult[Part] | undefined };
type SocketContext<Viewer> = Context<Record<string, unknown>, Extra & SocketState<Viewer>>;

/**
 * graphql-transport-ws beside the HTTP API, for subscriptions only. None of Apollo's rules reach a socket, so what
 * holds over HTTP is applied here once more: who may connect, what a document may cost, what an error may tell.
 */
export class SubscriptionServer<Viewer extends SocketViewer> {
  private readonly sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  private readonly open = new OpenPerUser(SOCKETS_PER_USER);
  private readonly protocol;
  /** Whose each subscription is: graphql-ws hands its context on, and nothing else. */
  private readonly viewers = new WeakMap<EventContext, Viewer>();

  constructor(private readonly options: SubscriptionOptions<Viewer>) {
    this.protocol = useServer<Record<string, unknown>, SocketState<Viewer>>(
      {
        connectionInitWaitTimeout: 5000,
        isProd: true,
        onConnect: (ctx) => this.connect(ctx),
        onDisconnect: (ctx) => this.disconnect(ctx),
        onSubscribe: (ctx, _id, payload) => this.prepare(ctx, payload),
        subscribe: (args) => this.subscribe(args),
        onNext: (ctx, _id, _payload, _args, result) => this.masked(ctx, result),
        onError: (_ctx, _id, _payload, found) => found.map((error) => this.shown(error)),
      },
      this.sockets,
    );
    this.sockets.on('error', (error) => options.logger.warn({ err: error }, 'sockets'));
  }

  /** Takes the upgrade requests of an HTTP server. */
  attach(server: Server): void {
    server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy());
      const status = this.refusal(req);
      if (status === undefined)
        this.sockets.handleUpgrade(req, socket, head, (ws) => this.sockets.emit('connection', ws, req));
      else socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    });
  }

  /** Closes every socket with 1001, going away: clients connect again, to another process. */
  async close(): Promise<void> {
    await this.protocol.dispose();
  }

  private refusal({ url, headers }: IncomingMessage): string | undefined {
    if (url?.split('?')[0] !== PATH) return '404 Not Found';
    // Programs send no Origin; a browser always does.
    const { origin, host } = headers;
    const own = origin === `http://${host}` || origin === `https://${host}`;
    return origin === undefined || own || this.options.allowsOrigin(origin) ? undefined : '403 Forbidden';
  }

  /** False closes with 4403. */
  private async connect(ctx: SocketContext<Viewer>): Promise<boolean> {
    const viewer = await this.options.authenticate(tokenOf(ctx.connectionParams)).catch(() => undefined);
    if (!viewer || !this.open.open(viewer.id)) return false;
    ctx.extra.viewer = viewer;
    const delay = Math.min(viewer.expiresAt.getTime() - Date.now(), MAX_TIMER_MS);
    ctx.extra.expiry = setTimeout(
      () => ctx.extra.socket.close(CloseCode.Forbidden, 'The token has expired'),
      delay,
    );
    return true;
  }

  private disconnect({ extra }: SocketContext<Viewer>): void {
    clearTimeout(extra.expiry);
    if (extra.viewer) this.open.close(extra.viewer.id);
  }

  private async prepare(
    ctx: SocketContext<Viewer>,
    payload: SubscribePayload,
  ): Promise<ExecutionArgs | readonly GraphQLError[]> {
    try {
      const { viewer } = ctx.extra;
      if (!viewer) throw errors.unauthenticated();
      if (Object.keys(ctx.subscriptions).length > SUBSCRIPTIONS_PER_SOCKET) {
        throw errors.badRequest(`A connection carries at most ${SUBSCRIPTIONS_PER_SOCKET} subscriptions.`);
      }
      const { schema } = this.options;
      const document = subscriptionDocument(schema, payload);
      const contextValue = await this.options.context(viewer);
      this.viewers.set(contextValue, viewer);
      return {
        schema,
        document,
        variableValues: payload.variables ?? null,
        operationName: payload.operationName ?? null,
        contextValue,
      };
    } catch (error) {
      return [error instanceof GraphQLError ? error : asGraphqlError(error)];
    }
  }

  private subscribe(args: ExecutionArgs): ReturnType<typeof subscribeAfresh> {
    const context = args.contextValue as EventContext;
    const viewer = this.viewers.get(context);
    if (!viewer) throw new Error('a subscription without a viewer');
    return context.run(() => subscribeAfresh(args, () => this.options.context(viewer)));
  }

  /** Undefined: send it as it is. */
  private masked(
    { extra }: SocketContext<Viewer>,
    { data, errors: found }: Answer,
  ): FormattedExecutionResult | undefined {
    if (extra.socket.bufferedAmount > MAX_BUFFERED_BYTES) extra.socket.terminate();
    return found && { data: data ?? null, errors: found.map((error) => this.shown(error)) };
  }

  private shown(error: GraphQLError | object): ReturnType<typeof toGraphqlError> {
    const graphqlError = error instanceof GraphQLError ? error : new GraphQLError('');
    return toGraphqlError(graphqlError.toJSON(), graphqlError, this.options.logger);
  }
}

function tokenOf(params: Readonly<Record<string, unknown>> | undefined): string {
  const header = params?.['authorization'] ?? params?.['Authorization'];
  if (typeof header === 'string') return header.replace(/^Bearer +/i, '');
  const token = params?.['token'];
  return typeof token === 'string' ? token : '';
}
