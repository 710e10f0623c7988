import express, { type Request, type RequestHandler, type Response } from 'express';
import ipaddr from 'ipaddr.js';
import { errors } from '../errors.js';
import type { WebhookRequest } from '../providers/provider.js';
import type { ProviderRegistry } from '../providers/registry.js';
import type { Scope } from '../scope.js';

/** Bytes of an event. */
export const WEBHOOK_LIMIT = 256 * 1024;

/** The body as it came, whatever it is called: signatures are over the bytes. */
export const webhookBody: RequestHandler = express.raw({ type: () => true, limit: WEBHOOK_LIMIT });

interface Doorway {
  readonly providers: ProviderRegistry;
  readonly publicUrl: () => string;
  /** Addresses and CIDR ranges; undefined: any. */
  readonly allowIps: readonly string[] | undefined;
}

/** The secrets of requests under way: their paths have them no more. */
const secrets = new WeakMap<Request, string>();

/**
 * In front of all routes: takes the secret out of the path, whatever becomes of the request, so that nothing behind can
 * write it to a log.
 */
export const hideWebhookSecret: RequestHandler = (req, _res, next) => {
  const [, place, secret, search] = /^(\/+webhooks\/+[^/?]*\/+)([^?]+)(.*)$/i.exec(req.url) ?? [];
  if (secret !== undefined) {
    secrets.set(req, decoded(secret.replace(/\/+$/, '')));
    req.url = `${place}-${search}`;
  }
  next();
};

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** In front of the body's reader: refuses those who may not post. */
export function webhookGuard({ allowIps }: Pick<Doorway, 'allowIps'>): RequestHandler {
  return (req, _res, next) => {
    if (req.method !== 'GET' && req.method !== 'POST') throw errors.notFound('page');
    if (allowIps && !isAllowed(req.ip, allowIps)) throw errors.forbidden('This address may not post events.');
    next();
  };
}

/**
 * `POST /webhooks/deepcall/:secret`, `GET|POST /webhooks/:provider/:secret`: acknowledged when all of it is written. An
 * unknown provider and a wrong secret read alike.
 */
export async function receiveWebhook(
  { providers, publicUrl }: Doorway,
  scope: Scope,
  req: Request,
  res: Response,
): Promise<void> {
  const { provider: name = '' } = req.params as Record<string, string>;
  const provider = providers.get(name);
  const request = requestOf(req, publicUrl());
  if (!provider?.verifyWebhook(request)) throw errors.notFound('page');
  const { search } = new URL(request.url);
  await scope.webhookService.receive(provider, request, `/webhooks/${name}/-${search}`);
  const { status, body, contentType } = provider.acknowledgement;
  res.status(status).type(contentType).setHeader('Cache-Control', 'no-store').send(body);
}

function requestOf(req: Request, publicUrl: string): WebhookRequest {
  const body: unknown = req.body;
  return {
    method: req.method,
    url: `${publicUrl}${req.originalUrl}`,
    query: req.query as Record<string, string | string[]>,
    headers: req.headers,
    contentType: req.headers['content-type'],
    rawBody: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
    pathSecret: secrets.get(req),
  };
}

function isAllowed(ip: string | undefined, allowed: readonly string[]): boolean {
  if (ip === undefined || !ipaddr.isValid(ip)) return false;
  const address = ipaddr.process(ip);
  return allowed.some((entry) => {
    const [range, bits] = entry.includes('/') ? ipaddr.parseCIDR(entry) : wholeOf(entry);
    return range.kind() === address.kind() && address.match([range, bits] as [typeof address, number]);
  });
}

function wholeOf(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  const address = ipaddr.process(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}
