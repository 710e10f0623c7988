import { withDeadline } from './deadline.js';
import type { OperationKind } from './document.js';
import { EarshotError, NetworkError } from './errors.js';
import { extractFiles, multipartBody } from './multipart.js';
import type { AbortSignalLike, Platform } from './platform.js';
import { dataOf } from './response.js';

/** One operation on its way to the server. */
export interface OperationRequest {
  readonly document: string;
  readonly name: string;
  readonly kind: OperationKind;
  readonly variables: unknown;
  /** Whether sending it twice does what sending it once does. */
  readonly idempotent: boolean;
  /** How often it may be sent again; the client's own number when absent. */
  readonly retries?: number | undefined;
  readonly signal?: AbortSignalLike | undefined;
  readonly timeoutMs?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Resolves with the operation's `data`; rejects with an EarshotError. Whatever wraps one is one. */
export type Transport = (request: OperationRequest) => Promise<unknown>;

export interface HttpTransportOptions {
  readonly url: string;
  readonly platform: Platform;
  /** Asked anew for every request. */
  readonly token: () => string | undefined | Promise<string | undefined>;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** For requests that carry a file. */
  readonly uploadTimeoutMs: number;
}

/** Application errors come as application/graphql-response+json with a matching status (GraphQL over HTTP). */
const ACCEPT = 'application/graphql-response+json, application/json;q=0.9';

/** The body, and the header that belongs to it: for a form `fetch` writes its own, with the boundary. */
function bodyOf(platform: Platform, request: OperationRequest) {
  const { variables, files } = extractFiles(request.variables);
  const operations = { query: request.document, operationName: request.name, variables };
  return files.size > 0
    ? { body: multipartBody(platform, operations, files), headers: {}, isUpload: true }
    : { body: JSON.stringify(operations), headers: { 'content-type': 'application/json' }, isUpload: false };
}

async function tokenOf({ token }: HttpTransportOptions, operation: string): Promise<string | undefined> {
  try {
    return await token();
  } catch (cause) {
    if (cause instanceof EarshotError) throw cause;
    const message = 'The access token could not be obtained. Check the connection and try again.';
    throw new NetworkError(message, { code: 'NETWORK', operation, cause });
  }
}

/** GraphQL over HTTP POST; as a multipart request where a variable holds a file. */
export function createHttpTransport(options: HttpTransportOptions): Transport {
  const { platform, url } = options;

  async function send(request: OperationRequest, body: ReturnType<typeof bodyOf>, signal: AbortSignalLike) {
    const token = await tokenOf(options, request.name);
    const { fetch } = platform;
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          accept: ACCEPT,
          // Either header makes browsers ask first, so that the server's CSRF prevention lets forms through.
          'apollo-require-preflight': 'true',
          'x-apollo-operation-name': request.name,
          ...body.headers,
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...options.headers,
          ...request.headers,
        },
        body: body.body,
        signal,
      });
      return { response, text: await response.text() };
    } catch (cause) {
      const message = 'The server could not be reached. Check the connection and try again.';
      throw new NetworkError(message, { code: 'NETWORK', operation: request.name, cause });
    }
  }

  return async (request) => {
    const body = bodyOf(platform, request);
    const timeoutMs = request.timeoutMs ?? (body.isUpload ? options.uploadTimeoutMs : options.timeoutMs);
    const deadline = { operation: request.name, timeoutMs, signal: request.signal };
    const { response, text } = await withDeadline(platform, deadline, (signal) =>
      send(request, body, signal),
    );
    const header = (name: string) => response.headers.get(name);
    return dataOf({ status: response.status, body: text, header }, request.name, platform.now());
  };
}
