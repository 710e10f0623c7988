import { Transform, type Readable } from 'node:stream';
import type { Deadline } from './deadline.js';
import { BodyTooLarge, BodyTruncated, FetchBadResponse } from './fetch-error.js';
import { translateBodyError } from './translate-error.js';

/**
 * A body that ends only when it is whole and never passes more than `maxBytes`. Every failure is a FetchError. It holds
 * one buffer at most, and frees its connection and its deadline when it has arrived, is destroyed or out of time.
 * @param expected bytes by Content-Length, where the answer names it.
 */
export function boundedBody(
  source: Readable,
  expected: number | undefined,
  maxBytes: number,
  deadline: Deadline,
): Readable {
  let received = 0;
  const body = new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      received += chunk.length;
      if (received > maxBytes) return callback(new BodyTooLarge(maxBytes));
      if (received > (expected ?? Infinity))
        return callback(new FetchBadResponse('longer than its Content-Length'));
      callback(null, chunk);
    },
    flush(callback) {
      deadline.release();
      callback(received < (expected ?? 0) ? new BodyTruncated(expected, received) : null);
    },
    destroy(error, callback) {
      deadline.release();
      source.destroy();
      callback(error);
    },
  });
  source.on('error', (error) =>
    body.destroy(deadline.failure ?? translateBodyError(error, expected, received)),
  );
  // An error that arrives before anyone reads must not end the process; whoever reads later still meets it.
  body.on('error', () => undefined);
  return source.pipe(body);
}
