import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { GraphqlError } from './graphql.js';
import type { TestApp } from './test-app.js';

/**
 * The first answer to a subscription: OK, or the code of its error; UNAUTHENTICATED when the connection is refused.
 * `stir` is called again and again until something comes, since nobody is told when a subscription has begun.
 */
export async function firstEvent(
  app: TestApp,
  query: string,
  token: string | undefined,
  stir: () => Promise<unknown>,
): Promise<string> {
  const client = createClient({
    url: `${app.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    ...(token === undefined ? {} : { connectionParams: { authorization: `Bearer ${token}` } }),
  });
  const over = new AbortController();
  try {
    const heard = client
      .iterate({ query })
      .next()
      .then(({ value }) => codeIn(value), refusalOf);
    void heard.finally(() => over.abort());
    const stirring = (async () => {
      while (!over.signal.aborted) await stir();
    })();
    const code = await heard;
    await stirring;
    return code;
  } finally {
    await client.dispose();
  }
}

function codeIn(value: unknown): string {
  const [error] = (value as { errors?: GraphqlError[] } | undefined)?.errors ?? [];
  return error ? error.extensions.code : value === undefined ? 'ENDED' : 'OK';
}

function refusalOf(refusal: unknown): string {
  if (Array.isArray(refusal)) return (refusal[0] as GraphqlError).extensions.code;
  return (refusal as { code?: number }).code === 4403 ? 'UNAUTHENTICATED' : String(refusal);
}
