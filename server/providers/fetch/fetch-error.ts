/**
 * A fetch that brought no usable answer. No message ever holds a path, a query, a header or a token: a message may be
 * logged, stored and shown.
 */
export abstract class FetchError extends Error {
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

export type BlockReason =
  'url' | 'scheme' | 'userinfo' | 'host' | 'port' | 'address' | 'redirects' | 'redirect-target';

const BLOCKED: Record<BlockReason, string> = {
  url: 'The address is not a valid URL.',
  scheme: 'Only https addresses are fetched, or http ones of a host that is allowed by configuration.',
  userinfo: 'An address that carries a user name or password is not fetched.',
  host: 'The host of the address is not one of this provider’s, nor allowed by configuration.',
  port: 'The port of the address is not allowed.',
  address: 'The host is, or resolves to, an address that is not public.',
  redirects: 'The answer redirects too often.',
  'redirect-target': 'The answer redirects to no address that can be followed.',
};

/** Refused before any byte was sent to the host in question. Trying again cannot help. */
export class FetchBlocked extends FetchError {
  constructor(readonly reason: BlockReason) {
    super(BLOCKED[reason]);
  }
}

/** `total` counts from the call of fetch to the last byte of the body. */
export class FetchTimeout extends FetchError {
  constructor(readonly phase: 'connect' | 'headers' | 'body' | 'total') {
    super(phase === 'body' ? 'The source stopped sending.' : 'The source did not answer in time.');
  }
}

/** No connection, or one that broke: DNS, refused, reset, TLS. */
export class FetchUnreachable extends FetchError {
  constructor(
    /** The system's or TLS's own code, such as ECONNREFUSED. */
    readonly detail: string,
  ) {
    super(`The source cannot be reached (${detail}).`);
  }
}

/** An answer that breaks HTTP or our bounds: headers too large, a compressed body, contradictory lengths. */
export class FetchBadResponse extends FetchError {
  constructor(readonly detail: string) {
    super(`The source sent an answer that cannot be read (${detail}).`);
  }
}

export class BodyTooLarge extends FetchError {
  constructor(
    /** Bytes. */
    readonly limit: number,
  ) {
    super(`The source sends more than ${limit} bytes.`);
  }
}

/** The connection ended before the body was complete. */
export class BodyTruncated extends FetchError {
  constructor(
    /** Bytes; undefined for a chunked body. */
    readonly expected: number | undefined,
    readonly received: number,
  ) {
    super(`The source sent ${received} of ${expected ?? 'an unknown number of'} bytes.`);
  }
}

/** Its host is asked too much already, or has asked to be left alone: nothing was sent. */
export class HostBusy extends FetchError {
  constructor(
    /** Not before so many seconds, as far as is known. */
    readonly seconds: number,
  ) {
    super('The provider asked to be asked less often.');
  }
}

/** The caller gave up. */
export class FetchAborted extends FetchError {
  constructor() {
    super('The fetch was cancelled.');
  }
}
