// Before any decorated class is evaluated.
import 'reflect-metadata';
import { setTimeout } from 'node:timers/promises';
import type { GraphQLSchema } from 'graphql';
import { ListeningLog } from './audit/listening-log.js';
import { Authenticator } from './auth/authenticator.js';
import { accessOf } from './auth/policy.js';
import { assertSafelisted } from './auth/safelist.js';
import { SignInThrottle } from './auth/sign-in-throttle.js';
import { Tokens, type TokenOptions } from './auth/tokens.js';
import type { Viewer } from './auth/viewer.js';
import { copyJob } from './cati/copy.job.js';
import { createCopying, type Copying } from './cati/copying.js';
import type { RecordingCopier } from './cati/copy-outcome.js';
import type { Config, Intervals } from './config.js';
import { migrate, openDatabase, poolOf } from './database.js';
import { seedDemo } from './demo/demo-data.js';
import { createApollo } from './http/graphql.js';
import { Health, remembered } from './http/health.js';
import { allowsOrigin } from './http/cors.js';
import { HttpServer } from './http/http-server.js';
import { Metrics } from './http/metrics.js';
import { operationMetrics } from './http/operation-metrics.js';
import { showSubscriptions } from './http/subscription-metric.js';
import { SubscriptionServer } from './http/subscriptions.js';
import { UrlSigner } from './http/signed-url.js';
import { ChoreLoop } from './jobs/chore-loop.js';
import { JobQueue } from './jobs/queue.js';
import { createLogger, type Logger } from './logger.js';
import { startEmbeddedPostgres } from './postgres/embedded-postgres.js';
import { showPool } from './pool-metrics.js';
import { createProviders } from './providers/registry.js';
import { PubSub } from './pubsub/pubsub.js';
import { Ffmpeg } from './media/ffmpeg.js';
import { showFfmpeg } from './media/ffmpeg-metric.js';
import { migrationChanged } from './migration-runs/migration-changed.topic.js';
import { ReportLinks } from './migration-runs/report-links.js';
import { RunFigures } from './migration-runs/run-figures.js';
import { mediaJob } from './recordings/media.job.js';
import { MediaPlan } from './recordings/media-plan.js';
import { recordingChanged } from './recordings/recording-changed.topic.js';
import { DirectPlayback } from './recordings/direct-playback.js';
import { PlaybackLinks } from './recordings/playback-links.js';
import { createRoutes } from './routes.js';
import { createSchema } from './schema.js';
import { Scope } from './scope.js';
import { generatedSecrets } from './secrets.js';
import type { Services } from './services.js';
import { openStorage } from './storage/open-storage.js';
import type { Storage } from './storage/storage.js';
import { lastSweepAt } from './sweep/storage-health.reader.js';
import { SweepMetrics } from './sweep/sweep-metrics.js';
import { sweepJob } from './sweep/sweep.job.js';
import { systemTransaction } from './unit-of-work.js';
import { ingestJob } from './uploads/ingest.job.js';
import { UploadLinks } from './uploads/upload-links.js';
import { createChores, createRunSupervisor, createTakeOvers, createWorkers } from './workers.js';

/** What a test puts in the place of a part. */
export interface Overrides {
  storage?: Storage;
  /** What migration runs copy with. */
  copier?: RecordingCopier;
  logger?: Logger;
  /** Jobs can be awaited (`services.queue.spy`). */
  spies?: boolean;
}

/** One running process: everything in it was made here, and is undone by `close` in the opposite order. */
export interface App extends AsyncDisposable {
  readonly services: Services;
  /** Without a slash at the end. */
  readonly url: string;
  /** Lines for people that tell where things are. */
  readonly notices: readonly string[];
  /** Readiness off, no new work, drain, then close everything. */
  close(): Promise<void>;
}

export async function createApp(config: Config, overrides: Overrides = {}): Promise<App> {
  const stack = new AsyncDisposableStack();
  try {
    return await assemble(config, overrides, stack);
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

async function assemble(config: Config, overrides: Overrides, stack: AsyncDisposableStack): Promise<App> {
  const notices: string[] = [];
  let publicUrl = config.http.publicUrl ?? '';
  const services = await openServices(config, overrides, stack, notices, () => publicUrl);
  const health = healthOf(services);
  const metrics = await metricsOf(services);
  const schema = await createSchema();
  const introspection = config.introspection && (!config.production || readsSchema);
  const apollo = createApollo<Scope>({
    schema,
    introspection,
    logger: services.logger,
    assertMaySend: config.safelist ? assertMaySend : undefined,
    metrics: operationMetrics(metrics.registry),
  });
  stack.defer(() => apollo.stop());
  await apollo.start();
  const http = new HttpServer(createRoutes(services, { apollo, health, metrics }));
  const sockets = createSockets(services, schema, introspection !== true);
  if (config.roles.api) sockets.attach(http.server);
  showSubscriptions(metrics.registry, sockets);
  const stopWorking = config.roles.worker ? await startWorking(services, metrics) : undefined;
  const runs = createRunSupervisor(services, overrides.copier && { copier: overrides.copier });
  runs.start();
  // Undone first: from here on the stack drains before it closes anything.
  stack.defer(async () => {
    health.drain();
    await Promise.all([drainRequests(http, config.intervals), runs.stop(), stopWorking?.()]);
    await Promise.all([sockets.close(), http.close(FAREWELL_SECONDS)]);
  });
  const port = await http.listen(config.http.host, config.http.port);
  publicUrl ||= `http://localhost:${port}`;
  const close = (): Promise<void> => stack.disposeAsync();
  return { services, url: publicUrl, notices, close, [Symbol.asyncDispose]: close };
}

/** A peer that is there answers the end of its socket at once; one that is gone is not waited for. */
const FAREWELL_SECONDS = 2;

/** The listener stays until the load balancer has seen that we are not ready: a connection that it sends is not refused. */
async function drainRequests(http: HttpServer, { readinessGrace, drain }: Intervals): Promise<void> {
  if (readinessGrace > 0 && http.server.listening) await setTimeout(readinessGrace * 1000);
  await http.drain(drain);
}

/** In production the schema is for those whose role opens it. */
function readsSchema({ viewerOrNobody }: Scope): boolean {
  return viewerOrNobody !== undefined && accessOf(viewerOrNobody, 'schema.read') !== 'none';
}

function assertMaySend({ viewerOrNobody }: Scope, document: string): void {
  assertSafelisted(viewerOrNobody, document);
}

/** How old the answer of the store may be that readiness goes by. */
const STORAGE_REMEMBERED_MS = 2000;

function healthOf({ orm, queue, storage }: Services): Health {
  return new Health({
    database: () => orm.em.fork().execute('select 1'),
    queue: () => queue.check(),
    storage: remembered(() => storage.reach(), STORAGE_REMEMBERED_MS),
  });
}

async function metricsOf({ config, ffmpeg, sweepMetrics, copying, queue, orm }: Services): Promise<Metrics> {
  const metrics = new Metrics(config.http.metrics);
  sweepMetrics.show(metrics.registry);
  copying.metrics.show(metrics.registry);
  queue.metrics.show(metrics.registry);
  showPool(metrics.registry, await poolOf(orm));
  showFfmpeg(metrics.registry, ffmpeg);
  return metrics;
}

function createSockets(
  services: Services,
  schema: GraphQLSchema,
  hidesSchema: boolean,
): SubscriptionServer<Viewer> {
  const { config, logger, authenticator } = services;
  return new SubscriptionServer<Viewer>({
    schema,
    logger,
    hidesSchema,
    allowsOrigin: (origin) => allowsOrigin(config.http.corsOrigins, origin),
    authenticate: (token) => authenticator.viewerOf(token),
    context: async (viewer) => new Scope(services, await authenticator.again(viewer)),
    assertMaySend: config.safelist
      ? async (viewer, document) => assertSafelisted(await authenticator.again(viewer), document)
      : undefined,
  });
}

/** Answers how to stop: no further job, those under way drained. */
async function startWorking(services: Services, { choreDone }: Metrics): Promise<() => Promise<void>> {
  const { queue, config, logger } = services;
  const { takeOver, sweep, drain } = config.intervals;
  const loops = [
    new ChoreLoop(createTakeOvers(services), takeOver, logger, choreDone),
    new ChoreLoop(createChores(services), sweep, logger, choreDone),
  ];
  await queue.work(createWorkers(services));
  for (const loop of loops) loop.start();
  return async () => {
    await Promise.all([...loops.map((loop) => loop.stop(drain)), queue.drain()]);
  };
}

async function openServices(
  config: Config,
  overrides: Overrides,
  stack: AsyncDisposableStack,
  notices: string[],
  publicUrl: () => string,
): Promise<Services> {
  const logger = overrides.logger ?? createLogger(config.logLevel);
  const url = await databaseUrl(config, stack, notices);
  const storage = stack.use(overrides.storage ?? (await openStorage(config.storage)));
  const orm = stack.adopt(
    await openDatabase({ url, poolSize: 20, statementTimeout: config.intervals.statementTimeout }),
    (open) => open.close(),
  );
  await migrate(orm);
  if (await bypassesRowSecurity(orm)) {
    notices.push(BYPASSES);
    logger.warn(BYPASSES);
  }
  if (config.demo) await seedDemo(orm, storage);

  const jobs = {
    ingest: ingestJob(config.intervals.ingestRetry),
    copy: copyJob,
    media: mediaJob,
    sweep: sweepJob,
  };
  const { drain } = config.intervals;
  const queue = stack.use(
    new JobQueue({ url, logger, drain, works: config.roles.worker, spies: overrides.spies }),
  );
  await queue.start(Object.values(jobs));
  const pubsub = stack.use(new PubSub(url, [recordingChanged, migrationChanged], logger));
  await pubsub.start();
  const { maxBytes } = config.providers;
  const providers = stack.use(createProviders({ ...config.providers, limits: { maxBytes } }));
  const listening = stack.use(new ListeningLog(systemTransaction(orm), logger));
  const sweepMetrics = new SweepMetrics(() => systemTransaction(orm)(lastSweepAt));
  const mediaPlan = new MediaPlan(queue, jobs.media, config.media.on);
  const made = {
    config,
    logger,
    orm,
    storage,
    queue,
    jobs,
    pubsub,
    providers,
    mediaPlan,
    listening,
    sweepMetrics,
  };
  return createServices({ ...made, ffmpeg: await findFfmpeg(config, logger) }, publicUrl);
}

const BYPASSES =
  "The database user bypasses row-level security: only the API's own checks keep one person's rows from another. " +
  'Give DATABASE_URL a user that is no superuser and has no BYPASSRLS.';

/** PostgreSQL asks no policy for a superuser, nor for who has BYPASSRLS. */
async function bypassesRowSecurity(orm: Services['orm']): Promise<boolean> {
  const rows = await orm.em
    .fork()
    .execute<{ bypasses: boolean }[]>(
      'select rolsuper or rolbypassrls as bypasses from pg_roles where rolname = current_user',
    );
  return rows[0]?.bypasses === true;
}

/** Looked for once, where media are made at all. */
async function findFfmpeg({ media, roles }: Config, logger: Logger): Promise<Ffmpeg | undefined> {
  if (!media.on || !roles.worker) return undefined;
  const found = await Ffmpeg.detect({
    command: media.ffmpeg,
    searchPath: media.searchPath,
    seconds: media.timeout,
  });
  if (found) logger.info({ version: found.version }, 'ffmpeg found');
  else
    logger.warn(
      'No ffmpeg: recordings have no waveform, and AMR and 3GP no copy that browsers play. They are made once there is one.',
    );
  return found;
}

async function databaseUrl(config: Config, stack: AsyncDisposableStack, notices: string[]): Promise<string> {
  if (config.database.kind === 'external') return config.database.url;
  const postgres = stack.use(await startEmbeddedPostgres({ dataDir: config.dataDir }));
  if (postgres.notice) notices.push(postgres.notice);
  return postgres.url;
}

type Made = Pick<
  Services,
  | 'config'
  | 'logger'
  | 'orm'
  | 'storage'
  | 'queue'
  | 'jobs'
  | 'pubsub'
  | 'providers'
  | 'mediaPlan'
  | 'ffmpeg'
  | 'listening'
  | 'sweepMetrics'
>;

async function createServices(made: Made, publicUrl: () => string): Promise<Services> {
  const { config, orm } = made;
  const tokens = new Tokens(await tokenOptions(config));
  const keys = config.urlSigningKeys ?? [(await generatedSecrets(config.dataDir)).signingKey];
  const signer = new UrlSigner(keys);
  return {
    ...made,
    publicUrl,
    copying: copyingOf(made),
    tokens,
    signInThrottle: new SignInThrottle(await poolOf(orm)),
    authenticator: new Authenticator(tokens, orm, config.intervals.roleCache),
    playbackLinks: new PlaybackLinks(signer, publicUrl, directPlaybackOf(made)),
    uploadLinks: new UploadLinks(signer, publicUrl),
    reportLinks: new ReportLinks(signer, publicUrl),
    runFigures: new RunFigures(),
  };
}

function directPlaybackOf({ config, storage, listening }: Made): DirectPlayback | undefined {
  return config.delivery === 'direct' && storage.direct
    ? new DirectPlayback(storage.direct, listening)
    : undefined;
}

function copyingOf({ config, orm, storage, queue, jobs, providers, logger, mediaPlan }: Made): Copying {
  const { intervals } = config;
  return createCopying({
    transaction: systemTransaction(orm),
    storage,
    providers,
    queue,
    job: jobs.copy,
    logger,
    media: mediaPlan,
    maxBytes: config.providers.maxBytes,
    claim: { lifetime: intervals.claim, renewal: intervals.claimRenewal },
    times: {
      delay: intervals.copyDelay,
      retry: intervals.copyRetry,
      notReady: intervals.copyNotReady,
      probe: intervals.providerProbe,
      overdue: intervals.sweep,
      sweep: intervals.copySweep,
    },
  });
}

async function tokenOptions({ auth, dataDir, intervals }: Config): Promise<TokenOptions> {
  switch (auth.kind) {
    case 'jwks':
      return { ...auth, cooldown: intervals.jwksCooldown };
    case 'secret':
      return { kind: 'secret', secret: auth.secret, lifetime: intervals.accessToken };
    case 'generated':
      return {
        kind: 'secret',
        secret: (await generatedSecrets(dataDir)).jwtSecret,
        lifetime: intervals.accessToken,
      };
  }
}
