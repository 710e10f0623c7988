import { timingSafeEqual } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import { errors } from '../errors.js';

export interface MetricsOptions {
  /** Whoever has it may read. */
  token?: string | undefined;
  /** Without a token: whether a request from this machine may. */
  loopback: boolean;
}

/** What proxies add to a request, as a rule or when they are told to. One of them means that it came from elsewhere. */
const PROXIED = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
] as const;

/** Prometheus figures of this process, for its own machine or for who has the token. */
export class Metrics {
  readonly registry = new Registry();
  private readonly requests: Histogram<'method' | 'route' | 'status'>;
  private readonly chores: Counter<'chore'>;

  constructor(private readonly options: MetricsOptions) {
    collectDefaultMetrics({ register: this.registry });
    this.requests = new Histogram({
      name: 'earshot_http_request_duration_seconds',
      help: 'Time from the first byte of a request to the last byte of its answer.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
      registers: [this.registry],
    });
    this.chores = new Counter({
      name: 'earshot_chores_done_total',
      help: 'Things that chores did: uploads expired and collected, recordings purged, dead claims taken over, ….',
      labelNames: ['chore'],
      registers: [this.registry],
    });
  }

  readonly choreDone = (chore: string, things: number): void => {
    this.chores.inc({ chore }, things);
  };

  readonly middleware = (req: Request, res: Response, next: NextFunction): void => {
    const end = this.requests.startTimer({ method: req.method });
    res.once('close', () => end({ route: routeOf(req), status: String(res.statusCode) }));
    next();
  };

  readonly answer = async (req: Request, res: Response): Promise<void> => {
    if (!this.mayRead(req)) throw errors.notFound('page');
    res.type(this.registry.contentType).send(await this.registry.metrics());
  };

  private mayRead(req: Request): boolean {
    const { token, loopback } = this.options;
    if (token === undefined) return loopback && isOfThisMachine(req);
    const given = Buffer.from(req.headers.authorization ?? '');
    const expected = Buffer.from(`Bearer ${token}`);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}

/** The pattern, never the path: ids would make a series each. */
function routeOf(req: Request): string {
  const route = req.route as { path?: unknown } | undefined;
  if (typeof route?.path === 'string') return route.path;
  return req.baseUrl === '/graphql' ? '/graphql' : 'other';
}

function isOfThisMachine({ socket, headers }: Request): boolean {
  return isLoopback(socket.remoteAddress) && PROXIED.every((name) => headers[name] === undefined);
}

function isLoopback(address: string | undefined): boolean {
  return address === '127.0.0.1' || address === '::1' || address === '::ffff:127.0.0.1';
}
