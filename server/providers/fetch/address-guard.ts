import ipaddr from 'ipaddr.js';

const GLOBAL_V6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** Public by its range, but answered by the cloud host itself (Azure's wire server). */
const DENIED = new Set(['168.63.129.16']);

/**
 * Whether an IP address (as DNS or the URL parser writes it) is a public unicast one. IPv4 inside IPv6 is judged as
 * the IPv4 address; transition addresses (NAT64, 6to4, Teredo, ISATAP), which lead to an IPv4 address that cannot be
 * judged here, are not public. What is no address is not public.
 */
export function isPublicAddress(text: string): boolean {
  const address = parse(text);
  if (!address || address.range() !== 'unicast') return false;
  if (address.kind() === 'ipv4') return !DENIED.has(address.toString());
  const v6 = address as ipaddr.IPv6;
  return v6.match(GLOBAL_V6) && !isIsatap(v6);
}

/** One spelling per address, for comparison; undefined for what is no address. */
export function canonicalAddress(text: string): string | undefined {
  return parse(text)?.toString();
}

function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const bare = text.replace(/^\[|\]$/g, '');
  // ipaddr.js also reads the octal, hexadecimal and short forms of inet_aton; only the four-part decimal is meant here.
  const known = bare.includes(':') ? ipaddr.IPv6.isValid(bare) : ipaddr.IPv4.isValidFourPartDecimal(bare);
  return known ? ipaddr.process(bare) : undefined;
}

/** RFC 5214 section 6.1: …:0:5efe:a.b.c.d or …:200:5efe:a.b.c.d. */
function isIsatap(address: ipaddr.IPv6): boolean {
  return address.parts[5] === 0x5efe && ((address.parts[4] ?? 0) & 0xfdff) === 0;
}
