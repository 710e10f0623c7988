import type { Resolver } from './fetch/guarded-connector.js';
import { createHostPolicy } from './fetch/host-policy.js';
import type { HostGate } from './hosts/host-gate.js';
import { SafeFetch, type FetchLimits } from './safe-fetch.js';

/** What all provider connections share. */
export interface ConnectionOptions {
  /** Further `host[:port]` that may be fetched; a private address only when it stands here literally. */
  readonly allowHosts?: readonly string[] | undefined;
  readonly limits?: Partial<FetchLimits> | undefined;
  readonly resolver?: Resolver | undefined;
  /** What every request passes. */
  readonly gate?: HostGate | undefined;
}

/** A connection's own fetcher: its hosts are no other connection's. */
export function connect(
  options: ConnectionOptions,
  ownHosts: readonly string[],
  ownOrigins: readonly string[],
): SafeFetch {
  return new SafeFetch({
    policy: createHostPolicy({ ownHosts, ownOrigins, allowHosts: options.allowHosts ?? [] }),
    limits: options.limits,
    resolver: options.resolver,
    gate: options.gate,
  });
}
