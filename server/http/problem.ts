import type { NextFunction, Request, Response } from 'express';
import { isOutage } from '../database-fault.js';
import { EarshotError, errors } from '../errors.js';
import type { Logger } from '../logger.js';
import { requestId } from './request-context.js';

/** Any failure as one of the table's: what is not one of ours is INTERNAL, and its own words stay in the log. */
export function toEarshotError(error: unknown): EarshotError {
  if (error instanceof EarshotError) return error;
  // Express's and its body parser's own refusals carry a status that is safe to show.
  const status = statusOf(error);
  if (status === 413) return errors.tooLarge('body', JSON_LIMIT);
  if (status !== undefined && status >= 400 && status < 500)
    return errors.badRequest('The request could not be read.');
  if (isOutage(error))
    return errors.unavailable('The database cannot answer at the moment. Try again.', { cause: error });
  return errors.internal(error);
}

/** Bytes of a JSON body. */
export const JSON_LIMIT = 256 * 1024;

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined;
  return typeof error.status === 'number' ? error.status : undefined;
}

/** Answers a failure as a problem document (RFC 9457), or cuts the connection when half an answer is out already. */
export function sendProblem(logger: Logger, error: unknown, req: Request, res: Response): void {
  const problem = toEarshotError(error);
  const level = problem.status >= 500 ? 'error' : 'debug';
  logger[level](
    { err: problem.cause ?? problem, requestId: requestId(), method: req.method, path: req.path },
    problem.code,
  );
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const { code, status, message, details } = problem;
  if (details.retryAfterSeconds !== undefined)
    res.setHeader('Retry-After', String(details.retryAfterSeconds));
  if (status === 401) res.setHeader('WWW-Authenticate', 'Bearer');
  res.setHeader('Cache-Control', 'no-store');
  res
    .status(status)
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: 'about:blank',
        title: code,
        status,
        code,
        detail: message,
        ...details,
        requestId: requestId(),
      }),
    );
}

/** Express's last handler. */
export function problemHandler(logger: Logger) {
  return (error: unknown, req: Request, res: Response, _next: NextFunction): void =>
    sendProblem(logger, error, req, res);
}
