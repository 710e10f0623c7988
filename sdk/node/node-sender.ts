import { request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import type { SendRequest, SendResponse, Sender } from '../core/uploads/upload-ports.js';

/** Without a byte on its way for so long, a connection is dead. */
const STALL_MS = 60_000;

/** Streams a file to its target; never more of it in memory than a pipe holds. */
export function nodeSender(stallMs = STALL_MS): Sender {
  return async (request) => {
    const stopper = new AbortController();
    const stop = () => stopper.abort();
    request.signal.addEventListener('abort', stop);
    if (request.signal.aborted) stop();
    try {
      return await send(request, stopper.signal, stallMs);
    } finally {
      request.signal.removeEventListener('abort', stop);
    }
  };
}

async function send(request: SendRequest, signal: AbortSignal, stallMs: number): Promise<SendResponse> {
  const { method, url, body, byteSize, onProgress } = request;
  const headers = { ...request.headers, 'content-length': String(byteSize) };
  const make = url.startsWith('https:') ? httpsRequest : httpRequest;
  const outgoing = make(url, { method, headers, signal });
  outgoing.setTimeout(stallMs, () => outgoing.destroy(new Error('The connection stalled.')));
  const answer = answerOf(outgoing);
  const sending = pipeline(streamOf(body), counting(onProgress), outgoing);
  // A store may answer before it has read everything, and hang up: then its answer counts.
  const response = await Promise.race([answer, sending.then(() => answer)]).catch(async (error: unknown) => {
    outgoing.destroy();
    await Promise.allSettled([sending]);
    throw error;
  });
  const said = await text(response);
  outgoing.destroy();
  await Promise.allSettled([sending]);
  const header = (name: string) => response.headers[name.toLowerCase()]?.toString() ?? null;
  return { status: response.statusCode ?? 0, header, text: said };
}

function answerOf(outgoing: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.on('error', reject);
    outgoing.once('close', () => reject(new Error('The connection was closed.')));
  });
}

const streamOf = (body: unknown): Readable =>
  body instanceof Readable ? body : Readable.from([body as Uint8Array]);

function counting(onProgress: (sentBytes: number) => void): Transform {
  let sent = 0;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      sent += chunk.length;
      onProgress(sent);
      done(null, chunk);
    },
  });
}
