import { canonicalAddress, isPublicAddress } from './address-guard.js';
import { FetchBlocked } from './fetch-error.js';
import { portOf, type HostPolicy } from './host-policy.js';

/** Longer than any provider's signed link. */
const MAX_URL_CHARACTERS = 4096;

/** What parsers disagree about: the URL parser drops tabs and newlines and turns `\` into `/`. */
const AMBIGUOUS = /[\u0000-\u0020\\\u007f]/;

const USERINFO = /^[a-z][a-z0-9+.-]*:\/*[^/?#]*@/i;

/**
 * One hop's URL, parsed once by the WHATWG parser and judged before anything is resolved: scheme, no userinfo, host and
 * port by the policy, and a literal IP address by its range. The fragment is dropped.
 * @param base of a relative reference, for a redirect's Location.
 * @throws FetchBlocked
 */
export function guardUrl(text: string, policy: HostPolicy, base?: URL): URL {
  const url = text.length > MAX_URL_CHARACTERS || AMBIGUOUS.test(text) ? null : URL.parse(text, base?.href);
  if (!url || url.href.length > MAX_URL_CHARACTERS * 3) throw new FetchBlocked('url');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new FetchBlocked('scheme');
  if (url.username !== '' || url.password !== '' || USERINFO.test(text)) throw new FetchBlocked('userinfo');
  const refusal = policy.refusal(url);
  if (refusal) throw new FetchBlocked(refusal);
  if (canonicalAddress(url.hostname) !== undefined)
    guardAddress(url.hostname, url.hostname, portOf(url), policy);
  url.hash = '';
  return url;
}

/** @throws FetchBlocked if the address is neither public nor literally allowed. */
export function guardAddress(hostname: string, address: string, port: number, policy: HostPolicy): void {
  if (!isPublicAddress(address) && !policy.permitsPrivate(hostname, address, port)) {
    throw new FetchBlocked('address');
  }
}
