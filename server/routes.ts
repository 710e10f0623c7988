import type { ApolloServer } from '@apollo/server';
import cors from 'cors';
import express, {
  type Express,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import helmet from 'helmet';
import type { Viewer } from './auth/viewer.js';
import { hideWebhookSecret, receiveWebhook, webhookBody, webhookGuard } from './cati/webhook.route.js';
import type { Config } from './config.js';
import { ConsoleApp } from './console-app/console-app.js';
import { consolePolicy } from './console-app/console-policy.js';
import { asSystem, asViewer } from './database-session.js';
import { DEMO_EXAMPLES } from './demo/demo-explorer.js';
import { errors } from './errors.js';
import { Explorer } from './explorer/explorer.js';
import { asGraphqlError } from './http/graphql.js';
import { graphqlHandler } from './http/graphql-handler.js';
import { corsOptions } from './http/cors.js';
import type { Health } from './http/health.js';
import type { Metrics } from './http/metrics.js';
import { readMultipart } from './http/multipart.js';
import { JSON_LIMIT, problemHandler } from './http/problem.js';
import { withRequestContext } from './http/request-context.js';
import { streamOfCall, streamOfLead, streamSigned } from './recordings/recording.route.js';
import { streamReport } from './migration-runs/report.route.js';
import { Scope } from './scope.js';
import type { Services } from './services.js';
import { CHECKSUM_ALGORITHMS } from './uploads/tus/tus-checksum.js';
import { TUS_PATH, tusProtocol } from './uploads/tus/tus-protocol.js';
import { tusAppend, tusCreate, tusStatus, tusTerminate } from './uploads/tus.route.js';
import { putUpload } from './uploads/upload.route.js';

type Handler = (req: Request, res: Response) => Promise<void> | void;
type ScopeHandler = (scope: Scope, req: Request, res: Response) => Promise<void>;

/**
 * One HTTP route with who may come in. `public`: everybody. `metrics`: this machine, or who has the token. `signed`: who
 * has the link, whose signature its handler checks. `bearer`: who is signed in. `graphql`: everybody, and the policy in
 * front of every root field. `webhook`: a provider that knows the secret, which its handler checks.
 */
export type Route = {
  readonly path: string;
  readonly methods: readonly ('get' | 'head' | 'put' | 'post' | 'patch' | 'delete')[];
} & (
  | { readonly access: 'public' | 'metrics'; readonly handler: Handler }
  | { readonly access: 'signed' | 'bearer'; readonly handler: ScopeHandler }
  | { readonly access: 'webhook'; readonly before: readonly RequestHandler[]; readonly handler: ScopeHandler }
  | { readonly access: 'graphql'; readonly handler: readonly RequestHandler[] }
);

/** What the routes are made of, beside the services. */
export interface RouteParts {
  readonly apollo: ApolloServer<Scope>;
  readonly health: Health;
  readonly metrics: Metrics;
}

/** Every HTTP route of this process: the second door, beside the GraphQL schema. What is not here is not answered. */
export function routesOf(services: Services, { apollo, health, metrics }: RouteParts): Route[] {
  const { config, playbackLinks, uploadLinks, reportLinks, providers, publicUrl } = services;
  const doorway = { ...config.webhooks, providers, publicUrl };
  const own: Route[] = [
    { path: '/healthz', methods: ['get'], access: 'public', handler: health.live },
    { path: '/readyz', methods: ['get'], access: 'public', handler: health.ready },
    { path: '/metrics', methods: ['get'], access: 'metrics', handler: metrics.answer },
  ];
  if (!config.roles.api) return own;
  return [
    ...own,
    {
      path: '/recordings/:id/:name',
      methods: ['get', 'head'],
      access: 'signed',
      handler: (scope, req, res) => streamSigned(playbackLinks, scope, req, res),
    },
    {
      path: '/api/leads/:leadId/recordings/:recordingId',
      methods: ['get', 'head'],
      access: 'bearer',
      handler: streamOfLead,
    },
    {
      path: '/api/cati/recording/:callId',
      methods: ['get', 'head'],
      access: 'bearer',
      handler: streamOfCall,
    },
    {
      path: '/uploads/:id',
      methods: ['put'],
      access: 'signed',
      handler: (scope, req, res) => putUpload(uploadLinks, scope, req, res),
    },
    { path: TUS_PATH, methods: ['post'], access: 'bearer', handler: tusCreate(publicUrl) },
    { path: `${TUS_PATH}/:id`, methods: ['head'], access: 'bearer', handler: tusStatus },
    { path: `${TUS_PATH}/:id`, methods: ['patch'], access: 'bearer', handler: tusAppend },
    { path: `${TUS_PATH}/:id`, methods: ['delete'], access: 'bearer', handler: tusTerminate },
    {
      path: '/reports/:id/:name',
      methods: ['get', 'head'],
      access: 'signed',
      handler: (scope, req, res) => streamReport(reportLinks, scope, req, res),
    },
    {
      path: '/webhooks/:provider/:secret',
      methods: ['get', 'post'],
      access: 'webhook',
      before: [webhookGuard(doorway), webhookBody],
      handler: (scope, req, res) => receiveWebhook(doorway, scope, req, res),
    },
    { path: '/graphql', methods: [], access: 'graphql', handler: graphqlHandlers(services, apollo) },
    ...consoleRoutes(services),
    ...(config.sandbox ? explorerRoutes(config) : []),
  ];
}

function consoleRoutes({ config, publicUrl }: Services): Route[] {
  const console = new ConsoleApp({ policy: () => consolePolicy(publicUrl(), config.storage) });
  return [
    { path: '/console', methods: ['get'], access: 'public', handler: console.page },
    { path: '/console/*path', methods: ['get'], access: 'public', handler: console.file },
  ];
}

function explorerRoutes(config: Config): Route[] {
  const explorer = explorerOf(config);
  return [
    { path: '/', methods: ['get'], access: 'public', handler: explorer.sandbox },
    { path: '/graphiql', methods: ['get'], access: 'public', handler: explorer.graphiql },
    { path: '/explorer/:name', methods: ['get'], access: 'public', handler: explorer.file },
  ];
}

/** The routes as an application that a server can run. */
export function createRoutes(services: Services, parts: RouteParts): Express {
  const { config, logger } = services;
  const app = express();
  app
    .disable('x-powered-by')
    // One proxy of ours: what it appended counts, what the client wrote itself does not.
    .set('trust proxy', config.http.trustProxy ? 1 : false)
    .set('etag', false)
    .set('query parser', 'simple');
  app.use(
    hideWebhookSecret,
    withRequestContext,
    parts.metrics.middleware,
    helmet({ crossOriginResourcePolicy: { policy: 'cross-origin' } }),
  );
  if (config.roles.api) app.use(TUS_PATH, tusProtocol(config.uploads.maxBytes, CHECKSUM_ALGORITHMS));
  app.use(cors(corsOptions(config.http.corsOrigins)));
  for (const route of routesOf(services, parts)) mount(app, route, services);
  app.use((_req: Request, _res: Response, next: NextFunction) => next(errors.notFound('page')));
  app.use(problemHandler(logger));
  return app;
}

/** The access word decides as whom the handler works: a route cannot be mounted without one. */
function mount(app: Express, route: Route, services: Services): void {
  if (route.access === 'graphql') {
    app.use(route.path, ...route.handler);
    return;
  }
  const handler = handlerOf(route, services);
  const before = route.access === 'webhook' ? route.before : [];
  for (const method of route.methods) app.route(route.path)[method](...before, handler);
}

function handlerOf(route: Exclude<Route, { access: 'graphql' }>, services: Services): Handler {
  switch (route.access) {
    case 'public':
    case 'metrics':
      return (req, res) => route.handler(req, res);
    case 'signed':
    case 'webhook':
      return (req, res) => asSystem(() => route.handler(new Scope(services, undefined), req, res));
    case 'bearer':
      return async (req, res) => {
        const viewer = await services.authenticator.viewer(req.headers.authorization);
        if (!viewer) throw errors.unauthenticated();
        await asViewer(viewer, () => route.handler(new Scope(services, viewer), req, res));
      };
  }
}

function graphqlHandlers(services: Services, apollo: ApolloServer<Scope>): RequestHandler[] {
  const json = express.json({ limit: JSON_LIMIT });
  return [identify(services), multipart(services), json, graphql(services, apollo)];
}

/** In production nobody's credentials are shown, not even the demo's. */
function explorerOf({ demo, production, auth }: Config): Explorer {
  const examples = demo && !production ? DEMO_EXAMPLES : undefined;
  return new Explorer({ examples, signsIn: examples !== undefined && auth.kind !== 'jwks' });
}

interface Identity {
  viewer?: Viewer | undefined;
  /** Why the token is no good. */
  refusal?: Error;
}

const identities = new WeakMap<Request, Identity>();

/** Finds out who asks, and asks the database as them for the rest of the request. A bad token is answered as GraphQL. */
function identify({ authenticator }: Services) {
  return async (req: Request, _res: Response, next: NextFunction): Promise<void> => {
    const identity: Identity = await authenticator.viewer(req.headers.authorization).then(
      (viewer) => ({ viewer }),
      (refusal: Error) => ({ refusal }),
    );
    identities.set(req, identity);
    asViewer(identity.viewer, next);
  };
}

function graphql(services: Services, apollo: ApolloServer<Scope>): RequestHandler {
  return graphqlHandler(apollo, (req) => {
    const { viewer, refusal } = identities.get(req) ?? {};
    if (refusal !== undefined) return Promise.reject(asGraphqlError(refusal));
    return Promise.resolve(new Scope(services, viewer, req.ip));
  });
}

/** A file is read only for somebody who signed in, and never for a page of another site (CSRF). */
function multipart({ config }: Services) {
  return async (req: Request, _res: Response, next: NextFunction): Promise<void> => {
    if (req.is('multipart/form-data')) {
      if (!req.headers['apollo-require-preflight'] && !req.headers['x-apollo-operation-name']) {
        throw errors.badRequest('Send the header apollo-require-preflight with a multipart request.');
      }
      const { viewer, refusal } = identities.get(req) ?? {};
      if (!viewer) throw refusal ?? errors.unauthenticated();
      req.body = await readMultipart(req, { fieldBytes: JSON_LIMIT, fileBytes: config.uploads.maxBytes });
    }
    next();
  };
}
