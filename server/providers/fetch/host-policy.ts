import { canonicalAddress } from './address-guard.js';
import type { BlockReason } from './fetch-error.js';

/** Which hosts one provider connection may fetch from. */
export interface HostPolicy {
  /** Why this scheme, host and port may not be asked; undefined if it may. */
  refusal(url: URL): BlockReason | undefined;
  /** Whether an address that is not public may be connected to, as the operator wrote it down literally. */
  permitsPrivate(hostname: string, address: string, port: number): boolean;
}

export interface HostPolicyOptions {
  /** `host`, or `*.suffix` for every name below it: https on port 443 only. */
  readonly ownHosts: readonly string[];
  /** Configured origins: their host and port, https only. */
  readonly ownOrigins?: readonly string[] | undefined;
  /** `host[:port]` by the operator: https or http; ports 443 and 80 where none is named. */
  readonly allowHosts: readonly string[];
}

interface Rule {
  readonly matches: (hostname: string) => boolean;
  readonly ports: readonly number[];
  readonly http: boolean;
}

export interface AllowedHost {
  /** As the URL parser writes it: lower case, punycode, IPv6 in brackets. */
  readonly hostname: string;
  readonly ports: readonly number[];
}

/** @throws Error naming the entry, if it is not `host` or `host:port`. */
export function parseAllowedHost(entry: string): AllowedHost {
  const match = /^(\[[0-9a-f:.]+\]|[^\s:/?#@\\[\]*]+)(?::(\d{1,5}))?$/i.exec(entry);
  const url = match?.[1] === undefined ? undefined : URL.parse(`http://${match[1]}/`);
  const port = match?.[2] === undefined ? undefined : Number(match[2]);
  if (!url || port === 0 || (port ?? 0) > 65_535) throw new Error(`"${entry}" is not host or host:port.`);
  return { hostname: url.hostname, ports: port === undefined ? [443, 80] : [port] };
}

export function createHostPolicy(options: HostPolicyOptions): HostPolicy {
  const allowed = options.allowHosts.map(parseAllowedHost);
  const rules: Rule[] = [
    ...options.ownHosts.map((host) => ({ matches: nameMatcher(host), ports: [443], http: false })),
    ...(options.ownOrigins ?? []).map(originRule),
    ...allowed.map(({ hostname, ports }) => ({ matches: nameMatcher(hostname), ports, http: true })),
  ];
  return {
    refusal: (url) => refusalBy(rules, url),
    permitsPrivate: (hostname, address, port) =>
      allowed.some((host) => host.ports.includes(port) && namesLiterally(host, hostname, address)),
  };
}

/** `localhost` is no name that DNS may answer (RFC 6761 section 6.3): whoever writes it means the loopback. */
function namesLiterally(host: AllowedHost, hostname: string, address: string): boolean {
  const canonical = canonicalAddress(address);
  if (canonical === undefined) return false;
  if (host.hostname === 'localhost') {
    return hostname === 'localhost' && (canonical.startsWith('127.') || canonical === '::1');
  }
  return canonicalAddress(host.hostname) === canonical;
}

/** The port that a URL asks for, its scheme's own included. */
export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}

/** Lower-case host names only, as the URL parser gives them. */
export function nameMatcher(pattern: string): (hostname: string) => boolean {
  if (!pattern.startsWith('*.')) return (hostname) => hostname === pattern;
  const suffix = pattern.slice(1);
  return (hostname) => hostname.length > suffix.length && hostname.endsWith(suffix);
}

function originRule(origin: string): Rule {
  const url = new URL(origin);
  return { matches: nameMatcher(url.hostname), ports: [portOf(url)], http: false };
}

function refusalBy(rules: readonly Rule[], url: URL): BlockReason | undefined {
  const ofHost = rules.filter((rule) => rule.matches(url.hostname));
  if (ofHost.length === 0) return 'host';
  const ofPort = ofHost.filter((rule) => rule.ports.includes(portOf(url)));
  if (ofPort.length === 0) return 'port';
  return url.protocol === 'https:' || ofPort.some((rule) => rule.http) ? undefined : 'scheme';
}
