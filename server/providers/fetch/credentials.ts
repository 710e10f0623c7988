/** What opens a recording and must reach no other origin than the one it is meant for. */
export interface Credentials {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Appended to the first URL; a name that it already carries is left alone. */
  readonly query?: Readonly<Record<string, string>> | undefined;
}

/** The path and query to ask for, credentials included. The URL's own query is not written anew: it may be signed. */
export function targetWith(url: URL, credentials: Credentials | undefined): string {
  const missing = Object.entries(credentials?.query ?? {}).filter(([name]) => !url.searchParams.has(name));
  if (missing.length === 0) return url.pathname + url.search;
  const separator = url.search === '' ? '?' : '&';
  return `${url.pathname}${url.search}${separator}${new URLSearchParams(missing).toString()}`;
}

/** Takes out of a redirect's target what a server has copied there of our credentials. */
export function withoutSecrets(url: URL, credentials: Credentials | undefined): URL {
  const secrets = new Set(Object.values(credentials?.query ?? {}));
  const stripped = new URL(url);
  for (const [name, value] of url.searchParams) {
    if (secrets.has(value)) stripped.searchParams.delete(name, value);
  }
  return stripped.searchParams.size === url.searchParams.size ? url : stripped;
}
