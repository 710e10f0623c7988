import { lookup as systemLookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { FetchUnreachable, type FetchError } from './fetch-error.js';
import type { HostPolicy } from './host-policy.js';
import { translateError } from './translate-error.js';
import { guardAddress } from './url-guard.js';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a name. */
export type Resolver = (hostname: string) => Promise<readonly ResolvedAddress[]>;

export const systemResolver: Resolver = (hostname) => systemLookup(hostname, { all: true });

/**
 * Connects only to addresses it has checked. The check sits inside the socket's own lookup, so there is no second
 * resolution that could answer otherwise (DNS rebinding); a name with one bad address among its good ones is refused.
 * A socket never calls its lookup for a literal address: those are checked here as well.
 */
export function guardedConnector(
  policy: HostPolicy,
  resolver: Resolver,
  connectMs: number,
): buildConnector.connector {
  const byPort = new Map<number, buildConnector.connector>();
  return (options, callback) => {
    const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80);
    const refusal = literalRefusal(options.hostname, port, policy);
    if (refusal) return callback(refusal, null);
    let connect = byPort.get(port);
    if (!connect) {
      connect = buildConnector({
        lookup: guardedLookup(policy, resolver, port),
        timeout: connectMs,
        allowH2: false,
      });
      byPort.set(port, connect);
    }
    connect(options, callback);
  };
}

function literalRefusal(hostname: string, port: number, policy: HostPolicy): FetchError | undefined {
  const bare = hostname.replace(/^\[|\]$/g, '');
  if (isIP(bare) === 0) return undefined;
  return caught(() => guardAddress(bare, bare, port, policy));
}

export function guardedLookup(policy: HostPolicy, resolver: Resolver, port: number): LookupFunction {
  return (hostname, options, callback) => {
    const answer = (error: Error | null, addresses: readonly ResolvedAddress[]) => {
      const first = addresses[0];
      if (options.all) callback(error, [...addresses]);
      else callback(error, first?.address ?? '', first?.family);
    };
    resolver(hostname).then(
      (addresses) => {
        const refusal = caught(() => {
          for (const { address } of addresses) guardAddress(hostname, address, port, policy);
          if (addresses.length === 0) throw new FetchUnreachable('ENOTFOUND');
        });
        answer(refusal ?? null, refusal ? [] : addresses);
      },
      (error: unknown) => answer(translateError(error), []),
    );
  };
}

function caught(check: () => void): FetchError | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return translateError(error);
  }
}
