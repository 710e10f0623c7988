import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { FakeAudio } from './audio.js';
import { FAKE_ACCOUNT, g2Refusal, linkToken, mayReadG1, mayReadTwilio, type FakeAuth } from './identity.js';
import { play, send } from './play.js';
import { ScriptBook, type Route, type Script } from './script.js';

export interface FakeProviderOptions {
  readonly auth?: Partial<FakeAuth>;
  /** The script of every call that has none of its own. */
  readonly fallback?: (callId: string) => Script;
  /** The bytes that all recordings share; by default a call of a minute. */
  readonly audio?: Buffer;
  readonly now?: () => number;
  /** Milliseconds before a recording is answered; none by default. */
  readonly latency?: (callId: string) => number;
}

/** What a request looked like to the provider. */
export interface SeenRequest {
  readonly route: Route;
  readonly callId: string;
  readonly method: string;
  readonly hasQueryToken: boolean;
  readonly authorization: 'Bearer' | 'Basic' | undefined;
  /** When it came, in milliseconds. */
  readonly at: number;
}

const MAX_SEEN = 1000;

/** DeepCall (both generations), CloudTelephony and Twilio in one HTTP server on the loopback, recordings by script. */
export class FakeProvider implements AsyncDisposable {
  auth: FakeAuth;
  readonly audio: FakeAudio;
  /** The latest requests for recordings. */
  readonly seen: SeenRequest[] = [];
  readonly #scripts: ScriptBook;
  readonly #counts = new Map<string, number>();
  #epoch = 0;

  private constructor(
    private readonly server: Server,
    private readonly options: FakeProviderOptions,
  ) {
    this.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.auth = { g1: 'query', g2: 'ssid', ...options.auth };
    this.audio = new FakeAudio(options.audio);
    this.#scripts = new ScriptBook(options.fallback ?? (() => ({ kind: 'audio' })), options.now ?? Date.now);
    server.on('request', (request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  static async start(options: FakeProviderOptions = {}): Promise<FakeProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FakeProvider(server, options);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** `127.0.0.1:port`, as it must stand among the hosts that may be fetched. */
  readonly host: string;

  get origin(): string {
    return `http://${this.host}`;
  }

  /** On one route only, or on every route that gives out the recording. */
  script(callId: string, script: Script, route?: Route): void {
    this.#scripts.set(callId, script, route);
  }

  /** Forgets all scripts and counts. */
  reset(): void {
    this.#scripts.clear();
    this.#counts.clear();
    this.seen.length = 0;
  }

  /** Every G2 link given out so far answers like an expired one. */
  expireLinks(): void {
    this.#epoch += 1;
  }

  requestsFor(callId: string, route?: Route): number {
    return this.#counts.get(`${route ?? '*'} ${callId}`) ?? 0;
  }

  get totalRequests(): number {
    return this.#counts.get('*') ?? 0;
  }

  /** The path as a webhook's `recordings[].file` gives it. */
  fileOf(callId: string): string {
    return `/202508/${callId}_0000000002_2025-8-8-19-28-43_CTC.mp3`;
  }

  /** A recording's URL as the provider's webhook gives it. For G2, a link of now. */
  urlOf(callId: string, route: Exclude<Route, 'detail'> = 'g1'): string {
    const { accountSid, userId } = FAKE_ACCOUNT;
    if (route === 'g1') return `${this.origin}/v2/recording/direct/${userId}${this.fileOf(callId)}`;
    if (route === 'stream')
      return `${this.origin}/api/v2/recording/directstream/${this.#link(callId).replaceAll('*', '/')}`;
    if (route === 'cloud') return `${this.origin}/cloud/recordings/${callId}.mp3?signature=fake%2Fsigned`;
    return `${this.origin}/2010-04-01/Accounts/${accountSid}/Recordings/RE${callId}.mp3`;
  }

  #link(callId: string): string {
    return `${linkToken(callId, this.#epoch)}*mp3*${FAKE_ACCOUNT.userId}*2025*08*08*${callId}_CTC.mp3`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.origin);
    const { pathname } = url;
    const { authorization } = request.headers;
    const callId = /([^/]+?)(?:_[^/]*)?(?:\.mp3)?$/.exec(pathname)?.[1] ?? '';
    if (pathname === '/api/v2/CallReport/detail' && request.method === 'POST') {
      return this.#detail(request, response);
    }
    if (pathname.startsWith('/v2/recording/direct/')) {
      this.#count('g1', callId, request, url);
      if (!mayReadG1(this.auth, url, authorization)) return send(response, 401, 'text/plain', 'sign in');
      return this.#play('g1', callId, request, response);
    }
    if (pathname.startsWith('/api/v2/recording/directstream/')) {
      this.#count('stream', callId, request, url);
      const good = pathname.includes(`/${linkToken(callId, this.#epoch)}/`);
      if (!good) return apiError(response, 1014);
      return this.#play('stream', callId, request, response);
    }
    if (pathname.startsWith('/cloud/recordings/')) {
      this.#count('cloud', callId, request, url);
      // A signed URL must come back unchanged.
      if (url.search !== '?signature=fake%2Fsigned')
        return send(response, 403, 'text/plain', 'bad signature');
      return this.#play('cloud', callId, request, response);
    }
    if (pathname.startsWith(`/2010-04-01/Accounts/${FAKE_ACCOUNT.accountSid}/Recordings/RE`)) {
      const id = callId.slice(2);
      this.#count('twilio', id, request, url);
      if (!mayReadTwilio(authorization)) return send(response, 401, 'text/plain', 'sign in');
      return this.#play('twilio', id, request, response);
    }
    send(response, 404, 'text/html', 'no such route');
  }

  async #detail(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await jsonBody(request);
    const callId = String(body['clId']);
    this.#count('detail', callId, request, new URL(this.origin));
    const refusal = g2Refusal(this.auth, body);
    if (refusal !== undefined) return apiError(response, refusal);
    const script = this.#scripts.next(callId, 'detail');
    if (script.kind !== 'audio') return play(script, callId, this.audio, request, response);
    const answer = { status: 'success', data: { rcrdAr: [{ ndId: 'to', rcrd: this.#link(callId) }] } };
    send(response, 200, 'application/json', JSON.stringify(answer));
  }

  async #play(
    route: Route,
    callId: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { latency } = this.options;
    if (latency) await delay(latency(callId));
    return play(this.#scripts.next(callId, route), callId, this.audio, request, response);
  }

  #count(route: Route, callId: string, request: IncomingMessage, url: URL): void {
    for (const key of ['*', `* ${callId}`, `${route} ${callId}`]) {
      this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    }
    const scheme = /^(Bearer|Basic) /.exec(request.headers.authorization ?? '')?.[1];
    if (this.seen.length >= MAX_SEEN) this.seen.shift();
    this.seen.push({
      route,
      callId,
      method: request.method ?? '',
      hasQueryToken: url.searchParams.has('token'),
      authorization: scheme === 'Bearer' || scheme === 'Basic' ? scheme : undefined,
      at: performance.now(),
    });
  }
}

function apiError(response: ServerResponse, code: number): void {
  send(response, 200, 'application/json', JSON.stringify({ status: 'error', message: 'fake', code }));
}

async function jsonBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>;
}
