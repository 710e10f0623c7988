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
  const id = randomUUID();
  res.setHeader('X-Request-Id', id);
  storage.run({ id }, next);
}

export function requestId(): string | undefined {
  return storage.getStore()?.id;
}
