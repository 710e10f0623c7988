/**
 * Where the sockets of a GraphQL endpoint are: at the same address (`ws` for `http`, `wss` for `https`). A path alone
 * lies at the page's origin. Undefined for anything else.
 *
 * @param page the address of the page, where there is one
 */
export function socketUrl(url: string, page = pageAddress()): string | undefined {
  const origin = /^https?:\/\/[^/?#]+/i.exec(page ?? '')?.[0] ?? '';
  const absolute = /^\/(?!\/)/.test(url) ? `${origin}${url}` : url;
  return /^https?:\/\//i.test(absolute) ? absolute.replace(/^http/i, 'ws') : undefined;
}

function pageAddress(): string | undefined {
  const { location } = globalThis as { location?: { href?: string } };
  return location?.href;
}
