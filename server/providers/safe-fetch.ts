import { Readable } from 'node:stream';
import { Agent, type Dispatcher } from 'undici';
import { boundedBody } from './fetch/bounded-body.js';
import { targetWith, withoutSecrets, type Credentials } from './fetch/credentials.js';
import { Deadline } from './fetch/deadline.js';
import { BodyTooLarge, FetchBadResponse, FetchBlocked } from './fetch/fetch-error.js';
import { guardedConnector, systemResolver, type Resolver } from './fetch/guarded-connector.js';
import type { HostPolicy } from './fetch/host-policy.js';
import { readHeaders, type ResponseHeaders } from './fetch/response-headers.js';
import { translateError } from './fetch/translate-error.js';
import { guardUrl } from './fetch/url-guard.js';
import type { Caller } from './hosts/caller.js';
import type { HostGate } from './hosts/host-gate.js';
import { HostVisit } from './hosts/host-visit.js';

/** Milliseconds and bytes. */
export interface FetchLimits {
  readonly maxBytes: number;
  readonly maxHeaderBytes: number;
  readonly connectMs: number;
  readonly headersMs: number;
  /** Without a byte of the body. A reader's own pause does not count. */
  readonly idleMs: number;
  /** Of the whole fetch, redirects and body included. */
  readonly totalMs: number;
  readonly maxRedirects: number;
  readonly connectionsPerOrigin: number;
}

export const DEFAULT_LIMITS: FetchLimits = {
  maxBytes: 100 * 1024 * 1024,
  maxHeaderBytes: 16 * 1024,
  connectMs: 10_000,
  headersMs: 60_000,
  idleMs: 60_000,
  totalMs: 600_000,
  maxRedirects: 3,
  connectionsPerOrigin: 64,
};

export interface SafeFetchOptions {
  readonly policy: HostPolicy;
  readonly limits?: Partial<FetchLimits> | undefined;
  readonly resolver?: Resolver | undefined;
  /** What every request passes, each hop of a redirect too. */
  readonly gate?: HostGate | undefined;
}

export interface SafeRequest {
  readonly url: string;
  readonly method?: 'GET' | 'HEAD' | 'POST' | undefined;
  /** Sent to every hop: nothing secret. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Sent to the first URL's origin only. */
  readonly credentials?: Credentials | undefined;
  /** Of a POST, which follows no redirect, since its body may be secret. */
  readonly body?: string | undefined;
  readonly maxRedirects?: number | undefined;
  /** Milliseconds, for a listener who reads as slowly as it plays. */
  readonly totalMs?: number | undefined;
  readonly caller?: Caller | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface SafeResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  /** Read it or destroy it: it holds a connection. Its errors are FetchErrors. Empty for HEAD. */
  readonly body: Readable;
  /** `host[:port]` that gave the answer. */
  readonly finalUrlHost: string;
}

interface Hop {
  readonly url: URL;
  /** Where the credentials still go; undefined for good after the first step to another origin. */
  readonly credentials: Credentials | undefined;
  /** The query's credentials are not repeated on a redirect: its target is the server's own wish. */
  readonly first: boolean;
}

/** The last hop and its answer, which nobody has read. */
interface Asked {
  readonly hop: Hop;
  readonly visit: HostVisit;
  readonly answer: Dispatcher.ResponseData;
  readonly headers: ResponseHeaders;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Fetches URLs that strangers gave (webhooks) without becoming their tool: every hop is judged by the connection's
 * policy, connects only to checked addresses, and is bounded in bytes and time. One instance per provider connection.
 */
export class SafeFetch {
  readonly limits: FetchLimits;
  readonly #policy: HostPolicy;
  readonly #gate: HostGate | undefined;
  readonly #agent: Agent;

  constructor(options: SafeFetchOptions) {
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#policy = options.policy;
    this.#gate = options.gate;
    this.#agent = new Agent({
      connect: guardedConnector(options.policy, options.resolver ?? systemResolver, this.limits.connectMs),
      connections: this.limits.connectionsPerOrigin,
      maxHeaderSize: this.limits.maxHeaderBytes,
      headersTimeout: this.limits.headersMs,
      bodyTimeout: this.limits.idleMs,
      allowH2: false,
    });
  }

  /** @throws FetchError */
  async fetch(request: SafeRequest): Promise<SafeResponse> {
    const deadline = new Deadline(request.totalMs ?? this.limits.totalMs, request.signal);
    try {
      return this.#respond(request, await this.#follow(request, deadline), deadline);
    } catch (error) {
      deadline.release();
      throw deadline.failure ?? translateError(error);
    }
  }

  /** Ends at once whatever is still under way. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #follow(request: SafeRequest, deadline: Deadline): Promise<Asked> {
    const most = request.method === 'POST' ? 0 : (request.maxRedirects ?? this.limits.maxRedirects);
    let hop: Hop = {
      url: guardUrl(request.url, this.#policy),
      credentials: request.credentials,
      first: true,
    };
    for (let redirects = 0; ; redirects += 1) {
      const { visit, answer } = await this.#ask(request, hop, deadline);
      const headers = readHeaders(answer.headers, Date.now());
      if (!REDIRECTS.has(answer.statusCode)) return { hop, visit, answer, headers };
      discard(answer.body);
      visit.answered(answer.statusCode, headers);
      if (redirects >= most) throw new FetchBlocked('redirects');
      hop = this.#next(hop, answer.headers['location']);
    }
  }

  async #ask(request: SafeRequest, hop: Hop, deadline: Deadline): Promise<Pick<Asked, 'visit' | 'answer'>> {
    const visit = await HostVisit.begin(this.#gate, hop.url.host, request.caller, deadline.signal);
    try {
      const answer = await deadline.within(this.#send(request, hop, deadline.signal));
      return { visit, answer };
    } catch (error) {
      visit.failed(deadline.failure ?? translateError(error));
      throw error;
    }
  }

  #send(request: SafeRequest, hop: Hop, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    return this.#agent.request({
      origin: hop.url.origin,
      path: hop.first ? targetWith(hop.url, hop.credentials) : hop.url.pathname + hop.url.search,
      method: request.method ?? 'GET',
      headers: {
        'user-agent': 'earshot',
        ...request.headers,
        ...hop.credentials?.headers,
        'accept-encoding': 'identity',
      },
      body: request.body ?? null,
      signal,
    });
  }

  #next(hop: Hop, location: string | string[] | undefined): Hop {
    if (typeof location !== 'string') throw new FetchBlocked('redirect-target');
    const url = guardUrl(location, this.#policy, hop.url);
    if (url.origin === hop.url.origin) return { ...hop, url, first: false };
    return { url: withoutSecrets(url, hop.credentials), credentials: undefined, first: false };
  }

  #respond(request: SafeRequest, { hop, visit, answer, headers }: Asked, deadline: Deadline): SafeResponse {
    const isLong = request.method !== 'HEAD' && answer.statusCode < 300 && !request.caller?.brief;
    const encoding = answer.headers['content-encoding'];
    const refusal =
      encoding !== undefined && encoding !== 'identity'
        ? new FetchBadResponse('compressed')
        : request.method !== 'HEAD' &&
            answer.statusCode < 300 &&
            (headers.contentLength ?? 0) > this.limits.maxBytes
          ? new BodyTooLarge(this.limits.maxBytes)
          : undefined;
    if (refusal || !isLong) visit.answered(answer.statusCode, headers);
    if (refusal) {
      discard(answer.body);
      throw refusal;
    }
    const body =
      request.method === 'HEAD'
        ? emptied(answer.body, deadline)
        : boundedBody(answer.body, headers.contentLength, this.limits.maxBytes, deadline);
    visit.until(body);
    return { status: answer.statusCode, headers, body, finalUrlHost: hop.url.host };
  }
}

/** A destroyed body reports that it was cut off; nobody wants to know. */
function discard(body: Readable): void {
  body.on('error', () => undefined);
  body.destroy();
}

function emptied(body: Readable, deadline: Deadline): Readable {
  body.on('error', () => undefined);
  body.resume();
  deadline.release();
  return Readable.from([]);
}
