import type { EarshotError } from './errors.js';
import type { AbortSignalLike, FetchLike, Platform, WebSocketConstructor } from './platform.js';
import type { RetryPolicy } from './retry.js';
import type { Transport } from './transport.js';

/** A token, or where to get one: a function is asked before every request, so it may refresh. */
export type TokenSource = string | (() => string | undefined | Promise<string | undefined>);

export interface EarshotClientOptions {
  /** The GraphQL endpoint, such as `https://calls.example.com/graphql`. */
  readonly url: string;
  readonly token?: TokenSource | undefined;
  /** The platform's own when absent. */
  readonly fetch?: FetchLike | undefined;
  /** For subscriptions; the platform's own when absent. */
  readonly webSocketImpl?: WebSocketConstructor | undefined;
  /** Where subscriptions go: `wss://…`. `url` with ws in the place of http when absent. */
  readonly socketUrl?: string | undefined;
  /** Sent with every request over HTTP. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Names the app in the server's metrics. */
  readonly clientName?: string | undefined;
  readonly clientVersion?: string | undefined;
  /** For a whole request, each try for itself. 30,000 when absent, 0 for none. */
  readonly timeoutMs?: number | undefined;
  /** The same for requests that carry a file. 300,000 when absent. */
  readonly uploadTimeoutMs?: number | undefined;
  /** Of queries, and of mutations that are safe to repeat. `{ retries: 0 }` turns it off. */
  readonly retry?: Partial<RetryPolicy> | undefined;
  /** Replaces HTTP, for example in tests. */
  readonly transport?: Transport | undefined;
  /** Replaces parts of the runtime: clock, timers, random, FormData and the like. */
  readonly platform?: Partial<Platform> | undefined;
}

export interface RequestOptions {
  readonly signal?: AbortSignalLike | undefined;
  readonly timeoutMs?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** How often it may be sent again, if it is safe to repeat. */
  readonly retries?: number | undefined;
  /** Says of a mutation that it is safe to repeat. Known of the SDK's own. */
  readonly idempotent?: boolean | undefined;
  /**
   * A response that holds both data and errors is thrown as an error. Given this function, the request resolves with
   * the data instead (fields that failed are null in it), and the error comes here.
   */
  readonly onPartial?: ((error: EarshotError) => void) | undefined;
}
