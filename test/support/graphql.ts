import type { TestApp } from './test-app.js';

export interface GraphqlError {
  message: string;
  path?: (string | number)[];
  extensions: { code: string; requestId: string; field?: string; limit?: number };
}

/** One answer of the API as it came over the wire. */
export interface Answer<Data = Record<string, unknown>> {
  status: number;
  headers: Headers;
  text: string;
  data: Data | null | undefined;
  errors: GraphqlError[];
  /** The first error's code, or the code of a refused request, or `OK`. */
  code: string;
}

/** Sends one operation by hand, for what the generated client would not send. */
export async function graphql<Data = Record<string, unknown>>(
  app: TestApp,
  query: string,
  {
    token,
    variables,
    headers,
  }: { token?: string; variables?: object; headers?: Record<string, string> } = {},
): Promise<Answer<Data>> {
  return post<Data>(app, JSON.stringify({ query, variables }), {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...headers,
  });
}

/** Any body to the GraphQL route, as JSON unless the headers say otherwise. */
export async function post<Data = Record<string, unknown>>(
  app: TestApp,
  body: string,
  headers: Record<string, string> = {},
): Promise<Answer<Data>> {
  return answerOf<Data>(
    await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    }),
  );
}

export async function answerOf<Data>(response: Response): Promise<Answer<Data>> {
  const text = await response.text();
  const body = JSON.parse(text) as { data?: Data | null; errors?: GraphqlError[]; code?: string };
  const errors = body.errors ?? [];
  return {
    status: response.status,
    headers: response.headers,
    text,
    data: body.data,
    errors,
    code: errors[0]?.extensions.code ?? body.code ?? 'OK',
  };
}

/** A good token of this user. */
export async function tokenOf(app: TestApp, user: { id: string }): Promise<string> {
  return (await app.services.tokens.issue(user.id)).accessToken;
}
