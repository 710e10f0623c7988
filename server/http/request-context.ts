import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';

/** What every line of a log and every error of one request shares. */
export interface RequestContext {
  /** Answered as `X-Request-Id`, and in every error. */
  readonly id: string;
}

const storage = new AsyncLocalStorage<RequestContext>();

export function withRequestContext(_req: Request, res: Response, next: NextFunction): void {
  const context = newRequestContext();
  res.setHeader('X-Request-Id', context.id);
  inRequestContext(context, next);
}

/** For work that no HTTP request asked for: each operation of a socket is a request of its own. */
export function newRequestContext(): RequestContext {
  return { id: randomUUID() };
}

export function inRequestContext<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

export function requestId(): string | undefined {
  return storage.getStore()?.id;
}
