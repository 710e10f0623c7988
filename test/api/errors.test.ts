import { pino } from 'pino';
import type { User } from '../../server/auth/user.entity.js';
import { answerOf, graphql, post, tokenOf, type Answer } from '../support/graphql.js';
import { TestApp } from '../support/test-app.js';

let app: TestApp;
let telecaller: User;
let token: string;

beforeAll(async () => {
  app = await TestApp.start({ env: { EARSHOT_ROLES: 'api' } });
  telecaller = await app.make.user('TELECALLER');
  token = await tokenOf(app, telecaller);
});

afterAll(() => app[Symbol.asyncDispose]());

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Every refusal of the GraphQL route has a code and the request's id, whoever refused it. */
function expectError(answer: Answer, status: number, code: string): void {
  expect([answer.status, answer.code]).toEqual([status, code]);
  for (const error of answer.errors) {
    expect(error.message).not.toBe('');
    expect(error.extensions.requestId).toMatch(UUID);
    expect(error.extensions.requestId).toBe(answer.headers.get('x-request-id'));
    expect(error.extensions).not.toHaveProperty('stacktrace');
  }
}

describe('a GraphQL error has extensions.code and the requestId of X-Request-Id', () => {
  it.each<[string, () => Promise<Answer>, number, string]>([
    ['of the syntax', () => graphql(app, '{ me { id }'), 400, 'GRAPHQL_PARSE_FAILED'],
    ['of the schema', () => graphql(app, '{ nothing }'), 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['an empty query', () => graphql(app, ''), 400, 'BAD_REQUEST'],
    ['an empty object', () => post(app, '{}'), 400, 'BAD_REQUEST'],
    ['a batch', () => post(app, '[{"query":"{me{id}}"}]'), 400, 'BAD_REQUEST'],
    [
      'of variables that are no object',
      () => post(app, '{"query":"{me{id}}","variables":"x"}'),
      400,
      'BAD_REQUEST',
    ],
    [
      'an operation that is not there',
      () => post(app, '{"query":"query A { me { id } }","operationName":"B"}'),
      400,
      'BAD_REQUEST',
    ],
    [
      'a persisted query',
      () => post(app, `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"${'0'.repeat(64)}"}}}`),
      400,
      'BAD_REQUEST',
    ],
    [
      'a variable of another type',
      () => graphql(app, 'query ($n: Int) { leads(first: $n) { nodes { id } } }', { variables: { n: 'x' } }),
      400,
      'BAD_USER_INPUT',
    ],
    [
      'a date that is none',
      () =>
        graphql(app, 'query ($at: DateTime) { leads(filter: { createdAfter: $at }) { nodes { id } } }', {
          variables: { at: 'yesterday' },
        }),
      400,
      'BAD_USER_INPUT',
    ],
    ['without a token', () => graphql(app, '{ leads { nodes { id } } }'), 200, 'UNAUTHENTICATED'],
    ['with a bad token', () => graphql(app, '{ me { id } }', { token: 'x' }), 401, 'UNAUTHENTICATED'],
    [
      'of a resolver',
      () => graphql(app, '{ leads(after: "x") { nodes { id } } }', { token }),
      200,
      'BAD_USER_INPUT',
    ],
  ])('%s', async (_name, send, status, code) => {
    expectError(await send(), status, code);
  });

  it('names the field and the limit', async () => {
    const { errors } = await graphql(app, '{ leads(first: 201) { nodes { id } } }', { token });
    expect(errors[0]).toMatchObject({ extensions: { field: 'first', limit: 200 } });
  });

  it('gives every request another id, whatever the client calls it', async () => {
    const headers = { 'x-request-id': 'mine' };
    const [a, b] = await Promise.all([
      graphql(app, '{ me { id } }', { token, headers }),
      graphql(app, '{ me { id } }', { token, headers }),
    ]);
    expect(a.headers.get('x-request-id')).toMatch(UUID);
    expect(a.headers.get('x-request-id')).not.toBe(b.headers.get('x-request-id'));
  });
});

describe('a page of another site cannot send what needs no preflight (CSRF)', () => {
  const query = '{ me { id } }';
  const get = (headers: Record<string, string>): Promise<Response> =>
    fetch(`${app.url}/graphql?query=${encodeURIComponent(query)}`, {
      headers: { authorization: `Bearer ${token}`, ...headers },
    });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'text/plain; charset=utf-8', ''])(
    'a POST of content-type %j is refused',
    async (type) => {
      const body = new Blob([JSON.stringify({ query })], { type });
      const response = await fetch(`${app.url}/graphql`, { method: 'POST', body });
      expectError(await answerOf(response), 400, 'BAD_REQUEST');
    },
  );

  it('a multipart POST is refused without the header, and without a token', async () => {
    const send = async (headers: Record<string, string>): Promise<[number, string]> => {
      const form = new FormData();
      form.set('operations', JSON.stringify({ query }));
      const response = await fetch(`${app.url}/graphql`, { method: 'POST', body: form, headers });
      return [response.status, ((await response.json()) as { code: string }).code];
    };
    expect(await send({ authorization: `Bearer ${token}` })).toEqual([400, 'BAD_REQUEST']);
    expect(await send({ 'apollo-require-preflight': '1' })).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('a GET is refused', async () => {
    expectError(await answerOf(await get({})), 400, 'BAD_REQUEST');
  });

  it('a GET with a header that needs a preflight is answered, unless it would change something', async () => {
    expect((await answerOf(await get({ 'apollo-require-preflight': '1' }))).code).toBe('OK');
    const response = await fetch(
      `${app.url}/graphql?query=${encodeURIComponent('mutation { logCall(input: { leadId: "1", outcome: BUSY }) { callLog { id } } }')}`,
      { headers: { authorization: `Bearer ${token}`, 'apollo-require-preflight': '1' } },
    );
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await answerOf(response)).code).toBe('BAD_REQUEST');
  });
});

interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  requestId: string;
  limit?: number;
}

async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(response.headers.get('cache-control')).toBe('no-store');
  const problem = (await response.json()) as Problem;
  expect(problem.requestId).toBe(response.headers.get('x-request-id'));
  expect(problem).toMatchObject({ type: 'about:blank', title: problem.code, status: response.status });
  return problem;
}

describe('what never reaches GraphQL is answered by a problem document (RFC 9457)', () => {
  const send = (
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
  ): Promise<Response> =>
    fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });

  it.each<[string, string, Record<string, string>]>([
    ['half an object', '{"query":', {}],
    ['a text', '"{ me { id } }"', {}],
    ['no JSON', 'query { me { id } }', {}],
    ['a charset that nobody knows', '{}', { 'content-type': 'application/json; charset=x-mine' }],
    ['an encoding that nobody knows', '{}', { 'content-encoding': 'mine' }],
    ['a body that is not what it says', '{}', { 'content-encoding': 'gzip' }],
  ])('%s: BAD_REQUEST', async (_name, body, headers) => {
    expect(await problemOf(await send(body, headers))).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  });

  it('a body of 256 KiB is read, one byte more is PAYLOAD_TOO_LARGE', async () => {
    const body = (bytes: number): string => {
      const [head, tail] = ['{"query":"{ me { id } }","extensions":{"pad":"', '"}}'];
      return head + 'x'.repeat(bytes - head.length - tail.length) + tail;
    };
    const read = await post(app, body(256 * 1024), { authorization: `Bearer ${token}` });
    expect(read.code).toBe('OK');
    expect(await problemOf(await send(body(256 * 1024 + 1)))).toMatchObject({
      status: 413,
      code: 'PAYLOAD_TOO_LARGE',
      limit: 256 * 1024,
    });
  });

  it('a body that is small as it travels and large as it is read is PAYLOAD_TOO_LARGE too', async () => {
    const stream = new Blob([`{"query":"${' '.repeat(8 << 20)}"}`]).stream();
    const packed = await new Response(stream.pipeThrough(new CompressionStream('gzip'))).arrayBuffer();
    expect(packed.byteLength).toBeLessThan(256 * 1024);
    const response = await send(new Uint8Array(packed), { 'content-encoding': 'gzip' });
    expect(await problemOf(response)).toMatchObject({ status: 413, code: 'PAYLOAD_TOO_LARGE' });
  });

  it.each([
    ['GET', '/nowhere', 404, 'NOT_FOUND'],
    ['POST', '/nowhere', 404, 'NOT_FOUND'],
    ['DELETE', '/healthz', 404, 'NOT_FOUND'],
    ['GET', '/api/leads/1/recordings', 404, 'NOT_FOUND'],
    ['GET', '/recordings/%E0%A4%A/x', 400, 'BAD_REQUEST'],
  ])('%s %s: %i %s', async (method, path, status, code) => {
    expect(await problemOf(await fetch(`${app.url}${path}`, { method }))).toMatchObject({ status, code });
  });

  it('a route behind a token says 401 and how', async () => {
    const path =
      '/api/leads/01890000-0000-7000-8000-000000000000/recordings/01890000-0000-7000-8000-000000000000';
    const response = await fetch(`${app.url}${path}`);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await problemOf(response)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
  });
});

describe('a fault of the server', () => {
  const WORDS = /relation|users_|leads_|select|postgres|kysely|node_modules|\.ts|\.js/i;
  const lines: { requestId: string; msg: string; err: { message: string } }[] = [];
  const log = { write: (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]) };
  let broken: TestApp;
  let brokenToken: string;

  beforeAll(async () => {
    broken = await TestApp.start({
      env: { EARSHOT_ROLES: 'api', ROLE_CACHE_SECONDS: '0' },
      logger: pino({ level: 'error' }, log),
    });
    brokenToken = await tokenOf(broken, await broken.make.user('MANAGER'));
  });
  afterAll(() => broken[Symbol.asyncDispose]());

  it('is INTERNAL in a resolver, with none of its words', async () => {
    await broken.database.query('alter table leads rename to leads_elsewhere');
    const answer = await graphql(broken, '{ me { id } leads { nodes { id } } }', { token: brokenToken });
    expectError(answer, 200, 'INTERNAL');
    expect(answer.errors[0]?.path).toEqual(['leads']);
    expect(answer.text).not.toMatch(WORDS);
    expectLogged(answer.headers, '"leads" does not exist');
  });

  it('is INTERNAL in front of the resolvers, with none of its words', async () => {
    await broken.database.query('alter table users rename to users_elsewhere');
    const answer = await graphql(broken, '{ me { id } }', { token: brokenToken });
    expectError(answer, 500, 'INTERNAL');
    expect(answer.text).not.toMatch(WORDS);
    expectLogged(answer.headers, '"users" does not exist');
  });

  it('is INTERNAL on a route of its own, with none of its words', async () => {
    const response = await fetch(`${broken.url}/api/leads/1/recordings/2`, {
      headers: { authorization: `Bearer ${brokenToken}` },
    });
    const problem = await problemOf(response);
    expect(problem).toMatchObject({ status: 500, code: 'INTERNAL' });
    expect(JSON.stringify(problem)).not.toMatch(WORDS);
    expectLogged(response.headers, '"users" does not exist');
  });

  /** The words go to the log, once, under the id that the client was told. */
  function expectLogged(headers: Headers, words: string): void {
    const logged = lines.filter((line) => line.requestId === headers.get('x-request-id'));
    expect(logged).toEqual([expect.objectContaining({ msg: 'INTERNAL' })]);
    expect(logged[0]?.err.message).toContain(words);
  }
});
