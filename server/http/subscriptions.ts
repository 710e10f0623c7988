import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  GraphQLError,
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import {
  CloseCode,
  handleProtocols,
  makeServer,
  type Context,
  type Server as ProtocolServer,
  type SubscribePayload,
} from 'graphql-ws';
import { WebSocketServer } from 'ws';
import { errors } from '../errors.js';
import { atTime } from './at-time.js';
import { asGraphqlError, toGraphqlError, type ShownErrorOptions } from './graphql.js';
import { toEarshotError } from './problem.js';
import { inRequestContext, newRequestContext, type RequestContext } from './request-context.js';
import { serveSocket, type Connected } from './socket-connection.js';
import { OpenPerUser } from './socket-limits.js';
import { subscribeAfresh, type EventContext } from './subscription-events.js';
import { subscriptionDocument } from './subscription-document.js';

const PATH = '/graphql';
const SOCKETS_PER_USER = 10;
const SUBSCRIPTIONS_PER_SOCKET = 50;
const MAX_MESSAGE_BYTES = 64 * 1024;

export interface SocketViewer {
  readonly id: string;
  readonly expiresAt: Date;
}

export interface SubscriptionOptions<Viewer extends SocketViewer> extends ShownErrorOptions {
  schema: GraphQLSchema;
  allowsOrigin(origin: string): boolean;
  /** From the token of `connection_init`; throws for a bad one. */
  authenticate(token: string): Promise<Viewer>;
  /** A context for one event; throws when the viewer may not go on. */
  context(viewer: Viewer): Promise<EventContext>;
  /** Throws where this viewer may not send this document. All may when absent. */
  assertMaySend?: ((viewer: Viewer, document: string) => Promise<void>) | undefined;
}

/** 1013, try again later (IANA's registry of close codes): no word on the token, and clients do try again. */
const TRY_AGAIN_LATER = 1013;

const GOING_AWAY = 1001;

interface SocketState<Viewer> extends Connected {
  viewer?: Viewer;
}

/** One subscription, from its message to its end. */
interface Operation<Viewer> {
  readonly viewer: Viewer;
  readonly request: RequestContext;
}

type Answer = { [Part in keyof ExecutionResult]: ExecutionResult[Part] | undefined };
type SocketContext<Viewer> = Context<Record<string, unknown>, SocketState<Viewer>>;

/**
 * graphql-transport-ws beside the HTTP API, for subscriptions only. None of Apollo's rules reach a socket, so what
 * holds over HTTP is applied here once more: who may connect, what a document may cost, what an error may tell.
 */
export class SubscriptionServer<Viewer extends SocketViewer> {
  private readonly sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    handleProtocols,
  });
  private readonly open = new OpenPerUser(SOCKETS_PER_USER);
  private readonly connections = new Set<SocketContext<Viewer>>();
  private readonly protocol: ProtocolServer<SocketState<Viewer>>;
  /** By the context that an operation runs in, and by its message's payload: graphql-ws hands one or the other on. */
  private readonly operations = new WeakMap<object, Operation<Viewer>>();

  constructor(private readonly options: SubscriptionOptions<Viewer>) {
    this.protocol = makeServer<Record<string, unknown>, SocketState<Viewer>>({
      connectionInitWaitTimeout: 5000,
      onConnect: (ctx) => this.connect(ctx),
      onSubscribe: (ctx, _id, payload) => this.prepare(ctx, payload),
      subscribe: (args) => this.subscribe(args),
      onNext: (_ctx, _id, payload, _args, result) => this.masked(payload, result),
      onError: (_ctx, _id, payload, found) => this.shown(payload, found),
    });
    this.sockets.on('error', (error) => options.logger.warn({ err: error }, 'sockets'));
  }

  /** Takes the upgrade requests of an HTTP server. */
  attach(server: Server): void {
    server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy());
      const status = this.refusal(req);
      if (status === undefined)
        this.sockets.handleUpgrade(req, socket, head, (ws) =>
          serveSocket(this.protocol, { socket: ws }, this.options.logger),
        );
      else {
        // No timeout of the HTTP server's holds for it any more: it is not left to the other side to close it.
        socket.once('finish', () => socket.destroy());
        socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      }
    });
  }

  /** Closes every socket with 1001, going away: clients connect again, to another process. */
  async close(): Promise<void> {
    for (const socket of this.sockets.clients) socket.close(GOING_AWAY, 'Going away');
    await new Promise<void>((resolve) => this.sockets.close(() => resolve()));
  }

  /** Subscriptions under way, or about to begin, over all sockets. */
  get subscriptionCount(): number {
    return [...this.connections].reduce(
      (sum, { subscriptions }) => sum + Object.keys(subscriptions).length,
      0,
    );
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
    const { connectionParams, extra } = ctx;
    const { socket } = extra;
    const viewer = await this.options.authenticate(tokenOf(connectionParams)).catch((error: unknown) => {
      if (toEarshotError(error).retryable) socket.close(TRY_AGAIN_LATER, 'Try again later');
      return undefined;
    });
    // It may have gone while the token was checked: nobody would count it out again.
    if (!viewer || socket.readyState !== socket.OPEN) return false;
    if (!this.open.open(viewer.id)) {
      socket.close(TRY_AGAIN_LATER, 'Too many connections');
      return false;
    }
    extra.viewer = viewer;
    this.connections.add(ctx);
    const forget = atTime(viewer.expiresAt, () => socket.close(CloseCode.Forbidden, 'The token has expired'));
    socket.once('close', () => {
      forget();
      this.open.close(viewer.id);
      this.connections.delete(ctx);
    });
    return true;
  }

  private async prepare(
    { extra: { viewer }, subscriptions }: SocketContext<Viewer>,
    payload: SubscribePayload,
  ): Promise<ExecutionArgs | readonly GraphQLError[]> {
    if (!viewer) return [asGraphqlError(errors.unauthenticated())];
    const operation = { viewer, request: newRequestContext() };
    this.operations.set(payload, operation);
    return inRequestContext(operation.request, async () => {
      try {
        if (Object.keys(subscriptions).length > SUBSCRIPTIONS_PER_SOCKET)
          throw errors.badRequest(`A connection carries at most ${SUBSCRIPTIONS_PER_SOCKET} subscriptions.`);
        return await this.prepared(operation, payload);
      } catch (error) {
        return [error instanceof GraphQLError ? error : asGraphqlError(error)];
      }
    });
  }

  private async prepared(operation: Operation<Viewer>, payload: SubscribePayload): Promise<ExecutionArgs> {
    const { schema, assertMaySend } = this.options;
    await assertMaySend?.(operation.viewer, payload.query);
    const document = subscriptionDocument(schema, payload);
    const contextValue = await this.options.context(operation.viewer);
    this.operations.set(contextValue, operation);
    const { variables: variableValues = null, operationName = null } = payload;
    return { schema, document, variableValues, operationName, contextValue };
  }

  private async subscribe(args: ExecutionArgs): ReturnType<typeof subscribeAfresh> {
    const context = args.contextValue as EventContext;
    const operation = this.operations.get(context);
    if (!operation) throw new Error('a subscription without a viewer');
    const { viewer, request } = operation;
    try {
      return await inRequestContext(request, () =>
        context.run(() => subscribeAfresh(args, () => this.options.context(viewer))),
      );
    } catch (error) {
      return { errors: [asGraphqlError(error)] };
    }
  }

  /** Undefined: send it as it is. */
  private masked(
    payload: SubscribePayload,
    { data, errors: found }: Answer,
  ): FormattedExecutionResult | undefined {
    return found && { data: data ?? null, errors: this.shown(payload, found) };
  }

  private shown(payload: SubscribePayload, found: readonly object[]): GraphQLFormattedError[] {
    const show = (): GraphQLFormattedError[] =>
      found.map((one) => {
        const error = one instanceof GraphQLError ? one : new GraphQLError('');
        return toGraphqlError(error.toJSON(), error, this.options);
      });
    const operation = this.operations.get(payload);
    return operation ? inRequestContext(operation.request, show) : show();
  }
}

function tokenOf(params: Readonly<Record<string, unknown>> | undefined): string {
  const header = params?.['authorization'] ?? params?.['Authorization'];
  if (typeof header === 'string') return header.replace(/^Bearer +/i, '');
  const token = params?.['token'];
  return typeof token === 'string' ? token : '';
}
