import { expressMiddleware } from '@as-integrations/express5';
import type { ApolloServer } from '@apollo/server';
import cors from 'cors';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import type { Viewer } from './auth/viewer.js';
import type { Config } from './config.js';
import { asSystem, asViewer } from './database-session.js';
import { DEMO_EXAMPLES } from './demo/demo-explorer.js';
import { errors } from './errors.js';
import { Explorer } from './explorer/explorer.js';
import { asGraphqlError } from './http/graphql.js';
import { corsOptions } from './http/cors.js';
import type { Health } from './http/health.js';
import type { Metrics } from './http/metrics.js';
import { readMultipart } from './http/multipart.js';
import { JSON_LIMIT, problemHandler } from './http/problem.js';
import { withRequestContext } from './http/request-context.js';
import { streamOfLead, streamSigned } from './recordings/recording.route.js';
import { Scope } from './scope.js';
import type { Services } from './services.js';
import { putUpload } from './uploads/upload.route.js';

type Handler = (req: Request, res: Response) => Promise<void> | void;

/** Every HTTP route, with who may come in: the second door, beside the GraphQL schema. */
export function createRoutes(
  services: Services,
  apollo: ApolloServer<Scope>,
  health: Health,
  metrics: Metrics,
): Express {
  const { config, logger } = services;
  const app = express();
  app
    .disable('x-powered-by')
    // One proxy of ours: what it appended counts, what the client wrote itself does not.
    .set('trust proxy', config.http.trustProxy ? 1 : false)
    .set('etag', false)
    .set('query parser', 'simple');
  app.use(
    withRequestContext,
    metrics.middleware,
    helmet({ crossOriginResourcePolicy: { policy: 'cross-origin' } }),
    cors(corsOptions(config.http.corsOrigins)),
  );

  const open = (handler: Handler) => (req: Request, res: Response) => handler(req, res);
  /** No token: the link's own signature is checked by the handler. */
  const signed =
    (handler: (scope: Scope, req: Request, res: Response) => Promise<void>) =>
    (req: Request, res: Response) =>
      asSystem(() => handler(new Scope(services, undefined), req, res));
  const bearer =
    (handler: (scope: Scope, req: Request, res: Response) => Promise<void>) =>
    async (req: Request, res: Response) => {
      const viewer = await services.authenticator.viewer(req.headers.authorization);
      if (!viewer) throw errors.unauthenticated();
      await asViewer(viewer, () => handler(new Scope(services, viewer), req, res));
    };

  app.get('/healthz', open(health.live));
  app.get('/readyz', open(health.ready));
  app.get('/metrics', open(metrics.answer));
  if (!config.roles.api) return finish(app, services);

  const recording = signed((scope, req, res) => streamSigned(services.playbackLinks, scope, req, res));
  app.route('/recordings/:id/:name').get(recording).head(recording);
  const ofLead = bearer(streamOfLead);
  app.route('/api/leads/:leadId/recordings/:recordingId').get(ofLead).head(ofLead);
  app.put(
    '/uploads/:id',
    signed((scope, req, res) => putUpload(services.uploadLinks, scope, req, res)),
  );
  const json = express.json({ limit: JSON_LIMIT });
  app.use('/graphql', identify(services), multipart(services), json, graphql(services, apollo));
  if (config.sandbox) {
    const explorer = explorerOf(config);
    app.get('/', open(explorer.sandbox));
    app.get('/graphiql', open(explorer.graphiql));
    app.get('/explorer/:name', open(explorer.file));
  }
  logger.debug('routes ready');
  return finish(app, services);
}

/** In production nobody's credentials are shown, not even the demo's. */
function explorerOf({ demo, production, auth }: Config): Explorer {
  const examples = demo && !production ? DEMO_EXAMPLES : undefined;
  return new Explorer({ examples, signsIn: examples !== undefined && auth.kind !== 'jwks' });
}

function finish(app: Express, { logger }: Services): Express {
  app.use((_req: Request, _res: Response, next: NextFunction) => next(errors.notFound('page')));
  app.use(problemHandler(logger));
  return app;
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

function graphql(services: Services, apollo: ApolloServer<Scope>) {
  return expressMiddleware(apollo, {
    context: ({ req }) => {
      const { viewer, refusal } = identities.get(req) ?? {};
      if (refusal !== undefined) return Promise.reject(asGraphqlError(refusal));
      return Promise.resolve(new Scope(services, viewer, req.ip));
    },
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
