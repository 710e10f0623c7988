import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { contentDisposition } from '../../../server/http/content-disposition.js';
import { sendBytes } from '../../../server/http/send-bytes.js';
import type { Representation } from '../../../server/http/send-bytes.js';

export const BYTES = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 251));
export const ETAG = '"sha-256,abc"';
export const MODIFIED = 'Sun, 06 Nov 1994 08:49:37 GMT';
export const EARLIER = 'Sun, 06 Nov 1994 08:49:36 GMT';
export const LATER = 'Sun, 06 Nov 1994 08:49:38 GMT';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** Whether the answer ended as its head had announced. */
  complete: boolean;
}

/** What the tests set and see, anew for each. */
export const served: {
  representation: Representation;
  /** One entry for each request: undefined where sendBytes resolved, else what it rejected with. */
  outcomes: unknown[];
  outcomeArrived: () => void;
  /** Resolves when the client has the head and some of the body. */
  bytesArrived: Promise<void>;
  onBytesArrived: () => void;
  port: number;
} = {
  representation: representationOf(BYTES),
  outcomes: [],
  outcomeArrived: () => undefined,
  bytesArrived: Promise.resolve(),
  onBytesArrived: () => undefined,
  port: 0,
};

export function representationOf(bytes: Buffer, open?: Representation['open']): Representation {
  return {
    byteSize: bytes.length,
    contentType: 'audio/mpeg',
    etag: ETAG,
    // Half a second more than an HTTP-date can say.
    modifiedAt: new Date(Date.parse(MODIFIED) + 500),
    disposition: contentDisposition('inline', 'call.mp3'),
    open:
      open ??
      (async (range) => Readable.from(range ? [bytes.subarray(range.first, range.last + 1)] : [bytes])),
  };
}

export async function send(method: string, headers: Record<string, string | string[]> = {}): Promise<Answer> {
  const req = request({ port: served.port, method, headers, agent: false });
  req.end();
  const [res] = await once(req, 'response');
  const chunks: Buffer[] = [];
  res.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    served.onBytesArrived();
  });
  res.on('error', () => undefined);
  await new Promise((done) => res.once('close', done));
  return {
    status: res.statusCode,
    headers: res.headers,
    body: Buffer.concat(chunks),
    complete: res.complete,
  };
}

/** The outcome of the one request that was sent. */
export async function outcome(): Promise<unknown> {
  if (served.outcomes.length === 0) await new Promise<void>((done) => (served.outcomeArrived = done));
  expect(served.outcomes).toHaveLength(1);
  return served.outcomes[0];
}

/** A real server that answers every request with what `served` holds. */
export function useByteServer(): void {
  let server: Server;
  beforeAll(async () => {
    server = createServer((req, res) => {
      void sendBytes(req, res, served.representation)
        .catch((error: unknown) => {
          if (!res.headersSent) res.writeHead(503, { 'Content-Length': 0 }).end();
          return error;
        })
        .then((result) => {
          served.outcomes.push(result ?? undefined);
          served.outcomeArrived();
        });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    served.port = (server.address() as AddressInfo).port;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  beforeEach(() => {
    served.outcomes = [];
    served.outcomeArrived = () => undefined;
    served.bytesArrived = new Promise((done) => (served.onBytesArrived = done));
    served.representation = representationOf(BYTES);
  });
}
