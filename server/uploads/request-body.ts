import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { errors } from '../errors.js';

/**
 * A request's body as a stream of its own. Whoever destroys it early leaves the connection alone: what is left of the
 * body is read and thrown away, so that the sender, who may hear nothing before all is sent, learns why.
 */
export function requestBody(req: IncomingMessage): Readable {
  const body = new PassThrough();
  body.on('error', () => undefined);
  body.once('close', () => {
    req.unpipe(body);
    req.resume();
  });
  req.once('close', () => {
    if (!req.complete) body.destroy(errors.badRequest('The connection ended before the file did.'));
  });
  return req.pipe(body);
}
