import { HeaderMap, type ApolloServer, type BaseContext } from '@apollo/server';
import type { Request, RequestHandler, Response } from 'express';
import { sendText } from './compression.js';

/** GraphQL over HTTP, behind a body parser. What `context` rejects with is the answer. */
export function graphqlHandler<Context extends BaseContext>(
  apollo: ApolloServer<Context>,
  context: (req: Request) => Promise<Context>,
): RequestHandler {
  return async (req: Request, res: Response): Promise<void> => {
    const { headers, status, body } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: req.method,
        headers: headersOf(req),
        search: /\?[^#]*/.exec(req.url)?.[0] ?? '',
        body: req.body as unknown,
      },
      context: () => context(req),
    });
    for (const [name, value] of headers) res.setHeader(name, value);
    res.status(status ?? 200);
    // Only @defer and @stream are answered in parts, and graphql 16 has neither.
    if (body.kind !== 'complete') throw new Error('an answer in parts');
    await sendText(req, res, body.string);
  };
}

function headersOf(req: Request): HeaderMap {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(req.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  return headers;
}
