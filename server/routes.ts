import { expressMiddleware } from '@as-integrations/express5';
import type { ApolloServer } from '@apollo/server';
import cors from 'cors';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import { errors } from './errors.js';
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
    .set('trust proxy', config.http.trustProxy)
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
      handler(new Scope(services, undefined), req, res);
  const bearer =
    (handler: (scope: Scope, req: Request, res: Response) => Promise<void>) =>
    async (req: Request, res: Response) => {
      const viewer = await services.authenticator.viewer(req.headers.authorization);
      if (!viewer) throw errors.unauthenticated();
      await handler(new Scope(services, viewer), req, res);
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
  app.use('/graphql', multipart(services), express.json({ limit: JSON_LIMIT }), graphql(services, apollo));
  logger.debug('routes ready');
  return finish(app, services);
}

function finish(app: Express, { logger }: Services): Express {
  app.use((_req: Request, _res: Response, next: NextFunction) => next(errors.notFound('page')));
  app.use(problemHandler(logger));
  return app;
}

function graphql(services: Services, apollo: ApolloServer<Scope>) {
  return expressMiddleware(apollo, {
    context: async ({ req }) => {
      try {
        return new Scope(services, await services.authenticator.viewer(req.headers.authorization));
      } catch (error) {
        throw asGraphqlError(error);
      }
    },
  });
}

/** A file is read only for somebody who signed in, and never for a page of another site (CSRF). */
function multipart({ authenticator, config }: Services) {
  return async (req: Request, _res: Response, next: NextFunction): Promise<void> => {
    if (req.is('multipart/form-data')) {
      if (!req.headers['apollo-require-preflight'] && !req.headers['x-apollo-operation-name']) {
        throw errors.badRequest('Send the header apollo-require-preflight with a multipart request.');
      }
      if (!(await authenticator.viewer(req.headers.authorization))) throw errors.unauthenticated();
      req.body = await readMultipart(req, { fieldBytes: JSON_LIMIT, fileBytes: config.uploads.maxBytes });
    }
    next();
  };
}
