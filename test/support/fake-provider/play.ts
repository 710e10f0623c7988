import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { FakeAudio } from './audio.js';
import type { Script } from './script.js';

const PIECE = Buffer.alloc(64 * 1024);

type Of<K extends Script['kind']> = Extract<Script, { kind: K }>;

/** Answers one authorised request as its recording's script says. */
export async function play(
  script: Script,
  callId: string,
  audio: FakeAudio,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  switch (script.kind) {
    case 'audio':
      return sendAudio(script, script.bytesOf ?? callId, audio, request, response);
    case 'html':
      return send(
        response,
        200,
        'text/html; charset=utf-8',
        '<!doctype html><title>Login</title><form></form>',
      );
    case 'jsonError':
      return sendJsonError(script, response);
    case 'part':
      return sendPart(script, audio.bytesOf(callId), response);
    case 'redirect':
      response.setHeader('location', script.to ?? request.url ?? '/');
      return send(response, script.status ?? 302, 'text/plain', 'elsewhere');
    case 'status':
      if (script.retryAfter !== undefined) response.setHeader('retry-after', script.retryAfter);
      return send(response, script.status, 'text/plain', `${script.status}`);
    case 'drip':
      return drip(script, audio.bytesOf(callId), response);
    case 'earlyClose':
      return closeEarly(script, audio.bytesOf(callId), response);
    case 'hang':
      return;
    case 'empty':
      return send(response, 200, 'audio/mpeg', '');
    case 'huge':
      return flood(script, response);
    case 'notReady':
      throw new Error('The script book resolves notReady.');
  }
}

export function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

function sendJsonError(script: Of<'jsonError'>, response: ServerResponse): void {
  const body = script.body ?? { status: 'error', message: 'fake', code: script.code };
  send(response, script.status ?? 200, script.contentType ?? 'application/json', JSON.stringify(body));
}

function sendPart(script: Of<'part'>, bytes: Buffer, response: ServerResponse): void {
  const body = bytes.subarray(script.first, script.end);
  if (script.length !== false) response.setHeader('content-length', body.length);
  response.writeHead(206, { 'content-type': 'audio/mpeg', 'content-range': script.contentRange });
  response.end(body);
}

function sendAudio(
  script: Of<'audio'>,
  callId: string,
  audio: FakeAudio,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const size = audio.byteSize;
  const asked = request.method === 'GET' ? rangeOf(request.headers.range, size) : undefined;
  if (asked === 'unsatisfiable') {
    response.setHeader('content-range', `bytes */${size}`);
    return send(response, 416, 'text/plain', '');
  }
  const { first, last } = asked ?? { first: 0, last: size - 1 };
  if (script.contentType !== null) response.setHeader('content-type', script.contentType ?? 'audio/mpeg');
  if (script.length !== false) response.setHeader('content-length', last - first + 1);
  if (asked) response.setHeader('content-range', `bytes ${first}-${last}/${size}`);
  response.writeHead(asked ? 206 : 200, { 'accept-ranges': 'bytes', etag: `"${callId}"` });
  if (request.method !== 'HEAD') audio.write(response, callId, first, last);
  response.end();
}

function rangeOf(header: string | undefined, size: number) {
  const match = /^bytes=(?:(\d+)-(\d*)|-(\d+))$/.exec(header ?? '');
  if (!match) return undefined;
  const [, from, to, suffix] = match;
  const first = from === undefined ? Math.max(0, size - Number(suffix)) : Number(from);
  const last = from !== undefined && to ? Math.min(Number(to), size - 1) : size - 1;
  return first < size ? { first, last } : 'unsatisfiable';
}

async function drip(script: Of<'drip'>, bytes: Buffer, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'audio/mpeg', 'content-length': bytes.length });
  for (let at = 0; at < bytes.length && !response.destroyed; at += script.bytes) {
    response.write(bytes.subarray(at, at + script.bytes));
    await delay(script.everyMs, undefined, { ref: false });
  }
  response.end();
}

function closeEarly(script: Of<'earlyClose'>, bytes: Buffer, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'audio/mpeg', 'content-length': bytes.length });
  response.write(bytes.subarray(0, script.afterBytes), () => response.destroy());
}

async function flood(script: Of<'huge'>, response: ServerResponse): Promise<void> {
  if (script.declared) response.setHeader('content-length', script.bytes);
  response.writeHead(200, { 'content-type': 'audio/mpeg' });
  const pieces = function* () {
    for (let left = script.bytes; left > 0; left -= PIECE.length) yield PIECE.subarray(0, left);
  };
  // The reader hangs up when it has had enough.
  await pipeline(Readable.from(pieces()), response).catch(() => undefined);
}
