import { backoffMs } from '../retry.js';

/** How a connection, or the try to get one, ended. */
export interface Loss {
  /** Of the close frame (RFC 6455, section 7.4; graphql-transport-ws); undefined where there was none. */
  readonly code: number | undefined;
  /** Milliseconds that it was usable; undefined when it never was. */
  readonly openMs: number | undefined;
}

export interface NextTry {
  /** Milliseconds until the next try. */
  readonly waitMs: number;
  /** Whether to ask by query until a try succeeds. */
  readonly polls: boolean;
}

/** What graphql-transport-ws closes with when a token is refused or has expired. */
export const FORBIDDEN_CLOSE = 4403;

const BACKOFF = { baseMs: 500, maxMs: 30_000 };
const FAILURES_UNTIL_POLLING = 3;
/** A connection that lived shorter counts as a failed try: a proxy may accept and hang up at once. */
const STABLE_MS = 1000;

/**
 * When to connect again, and whether to poll meanwhile: after three failed tries in a row, and at once where the very
 * first fails, since a network that lets no socket through will not change its mind. A refused token is replaced by a
 * fresh one without waiting, once; refused again, the query tells whether the token or the socket is the fault.
 */
export class Tries {
  #failures = 0;
  #refusals = 0;
  #hasOpened = false;

  /** @param random at least 0, below 1 */
  after({ code, openMs }: Loss, random: number): NextTry {
    if (openMs !== undefined) this.#hasOpened = true;
    if ((openMs ?? 0) >= STABLE_MS) {
      this.#failures = 0;
      this.#refusals = 0;
    }
    if (code === FORBIDDEN_CLOSE && ++this.#refusals === 1) return { waitMs: 0, polls: false };
    const isOutage = (openMs ?? 0) < STABLE_MS;
    if (isOutage) this.#failures += 1;
    return {
      waitMs: backoffMs(BACKOFF, Math.max(1, this.#failures), random),
      polls: this.#refusals > 1 || this.#failures >= FAILURES_UNTIL_POLLING || !this.#hasOpened,
    };
  }
}
