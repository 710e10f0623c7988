import { readFile } from 'node:fs/promises';
import { buildSchema, getOperationAST, parse, validate, type GraphQLSchema } from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';
import type { Role } from '../../server/auth/user.entity.js';
import { DEMO_EXAMPLES } from '../../server/demo/demo-explorer.js';
import { DEMO_PASSWORD } from '../../server/demo/demo-people.js';
import { exampleOperations } from '../../server/explorer/documents.js';
import { graphql, tokenOf } from '../support/graphql.js';
import { SocketPeer } from '../support/socket-peer.js';
import { TestApp } from '../support/test-app.js';

const PRODUCTION = { NODE_ENV: 'production' };
const DEMO_SIGN_IN = { email: DEMO_EXAMPLES.email, password: DEMO_EXAMPLES.password };
const SCHEMA = '{ __schema { queryType { name } } }';

let app: TestApp;
let production: TestApp;
let shown: TestApp;

beforeAll(async () => {
  app = await TestApp.start({ env: { EARSHOT_DEMO: '1' } });
  production = await TestApp.start({ shareWith: app, env: PRODUCTION });
  shown = await TestApp.start({
    shareWith: app,
    env: { ...PRODUCTION, SANDBOX: '1', INTROSPECTION: '1', EARSHOT_DEMO: '1' },
  });
}, 120_000);

afterAll(async () => {
  await shown[Symbol.asyncDispose]();
  await production[Symbol.asyncDispose]();
  await app[Symbol.asyncDispose]();
});

/** By how its operator started it. */
function startedWith(env: string): TestApp {
  if (env === 'nothing') return app;
  return env === 'NODE_ENV=production' ? production : shown;
}

const get = (of: TestApp, path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${of.url}${path}`, { headers });

const nameOf = (query: string): string | undefined => getOperationAST(parse(query))?.name?.value;

const directive = (response: Response, name: string): string | undefined =>
  response.headers
    .get('content-security-policy')
    ?.split(/; ?/)
    .find((text) => text.startsWith(`${name} `));

describe('whether there is one', () => {
  it.each([
    ['nothing', 200],
    ['NODE_ENV=production', 404],
    ['NODE_ENV=production SANDBOX=1', 200],
  ])('with %s: %i', async (env, status) => {
    for (const path of ['/', '/graphiql', '/explorer/session.js']) {
      const response = await get(startedWith(env), path);
      expect([path, response.status]).toEqual([path, status]);
      const problem = response.headers.get('content-type')?.startsWith('application/problem+json');
      expect(problem).toBe(status === 404);
      await response.body?.cancel();
    }
  });

  it.each([
    ['with SANDBOX=0', { SANDBOX: '0' }],
    ['of a worker', { EARSHOT_ROLES: 'worker' }],
  ])('none %s', async (_name, env) => {
    await using other = await TestApp.start({ shareWith: app, env });
    for (const path of ['/', '/graphiql', '/explorer/session.js'])
      expect((await get(other, path)).status).toBe(404);
  });

  it('no file but its own', async () => {
    for (const name of ['nothing.js', 'constructor', '..%2f..%2fpackage.json', ''])
      expect((await get(app, `/explorer/${name}`)).status).toBe(404);
  });
});

describe('the pages', () => {
  it('Sandbox may load from Apollo, and asks nobody but us', async () => {
    const response = await get(app, '/');
    expect(directive(response, 'script-src')).toBe(
      "script-src 'self' https://embeddable-sandbox.cdn.apollographql.com",
    );
    expect(directive(response, 'frame-src')).toBe('frame-src https://sandbox.embed.apollographql.com');
    expect(directive(response, 'connect-src')).toBe("connect-src 'self'");
    expect(await response.text()).toContain('href="/graphiql"');
  });

  it('GraphiQL names no other server at all', async () => {
    const response = await get(app, '/graphiql');
    expect(response.headers.get('content-security-policy')).not.toMatch(/http|unsafe-eval/);
    expect(directive(response, 'script-src')).toBe("script-src 'self'");
    expect(await response.text()).not.toMatch(/(https?:)?\/\/[\w-]+\./);
  });

  it('have policies that no other route has', async () => {
    for (const path of ['/healthz', '/explorer/session.js', '/nowhere'])
      expect((await get(app, path)).headers.get('content-security-policy')).toContain("default-src 'self'");
  });

  it.each(['/', '/graphiql'])('%s finds all that it loads', async (path) => {
    const html = await (await get(app, path)).text();
    const loaded = [...html.matchAll(/(?:src|href)="(\/explorer\/[^"]+)"/g)].map(([, file]) => file ?? '');
    const workers = ['editor', 'json', 'graphql'].map((name) => `/explorer/${name}.worker.js`);
    for (const file of [...loaded, ...(path === '/' ? [] : workers)]) {
      const response = await get(app, file);
      const type = file.endsWith('.css') ? 'text/css' : 'text/javascript';
      expect([file, response.status, response.headers.get('content-type')]).toEqual([
        file,
        200,
        `${type}; charset=utf-8`,
      ]);
      expect((await response.text()).length).toBeGreaterThan(100);
    }
    expect(loaded.length).toBeGreaterThan(2);
  });

  it('sign in as the demo in development, and name nobody in production', async () => {
    for (const path of ['/', '/graphiql']) {
      expect(await (await get(app, path)).text()).toContain(DEMO_PASSWORD);
      const html = await (await get(shown, path)).text();
      expect(html).not.toContain(DEMO_PASSWORD);
      expect(html).not.toContain('@example.com');
      expect(html).not.toContain('"signIn":{');
    }
  });

  it.each(['br', 'gzip', 'identity'])('arrive as %s, and once only', async (encoding) => {
    const ask = { 'accept-encoding': encoding };
    const first = await get(app, '/explorer/graphiql.css', ask);
    expect(first.headers.get('content-encoding')).toBe(encoding === 'identity' ? null : encoding);
    expect(first.headers.get('vary')).toContain('Accept-Encoding');
    expect((await first.text()).endsWith('.graphiql-tab { transform: none !important; }\n')).toBe(true);
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toContain(encoding);
    // Without its own word on caching, fetch asks for what no cache has.
    const again = await get(app, '/explorer/graphiql.css', {
      ...ask,
      'cache-control': 'max-age=0',
      'if-none-match': etag,
    });
    expect([again.status, (await again.arrayBuffer()).byteLength]).toEqual([304, 0]);
  });

  it('a browser that opens /graphql gets no page of Apollo', async () => {
    const response = await get(app, '/graphql', { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toContain('json');
    expect(await response.text()).not.toMatch(/<html|apollographql\.com/i);
  });
});

describe('the examples', () => {
  let schema: GraphQLSchema;

  beforeAll(async () => {
    schema = buildSchema(await readFile('schema.graphql', 'utf8'));
  });

  it.each(
    exampleOperations(DEMO_EXAMPLES).map(({ query, variables }) => ({
      query,
      variables,
      name: nameOf(query),
    })),
  )('fit the schema: $name', ({ query, variables }) => {
    const document = parse(query);
    expect(validate(schema, document)).toEqual([]);
    const operation = getOperationAST(document);
    expect(getVariableValues(schema, operation?.variableDefinitions ?? [], variables).errors).toBeUndefined();
  });

  it('together make the document of Sandbox, which the API takes as one', async () => {
    const query = exampleOperations()
      .map((example) => example.query)
      .join('\n');
    expect(validate(schema, parse(query))).toEqual([]);
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, operationName: 'SignIn', variables: { input: DEMO_SIGN_IN } }),
    });
    expect(await response.json()).toMatchObject({ data: { signIn: { user: { role: 'ADMIN' } } } });
  });
});

describe('introspection', () => {
  it.each<[string, Role | undefined, string]>([
    ['nothing', undefined, 'OK'],
    ['NODE_ENV=production', 'ADMIN', 'GRAPHQL_VALIDATION_FAILED'],
    ['NODE_ENV=production INTROSPECTION=1', undefined, 'FORBIDDEN'],
    ['NODE_ENV=production INTROSPECTION=1', 'TELECALLER', 'FORBIDDEN'],
    ['NODE_ENV=production INTROSPECTION=1', 'MANAGER', 'FORBIDDEN'],
    ['NODE_ENV=production INTROSPECTION=1', 'ADMIN', 'OK'],
  ])('with %s, for %s: %s', async (env, role, code) => {
    const token = role && { token: await tokenOf(app, await app.make.user(role)) };
    expect((await graphql(startedWith(env), SCHEMA, token)).code).toBe(code);
    expect((await graphql(startedWith(env), '{ __typename }', token)).code).toBe('OK');
  });

  it.each([
    '{ __type(name: "Lead") { name } }',
    '{ me { id } s: __schema { queryType { name } } }',
    'query { ...S } fragment S on Query { ... { __schema { queryType { name } } } }',
  ])('is seen wherever it stands: %s', async (query) => {
    const manager = await tokenOf(app, await app.make.user('MANAGER'));
    const answer = await graphql(shown, query, { token: manager });
    expect([answer.status, answer.code]).toEqual([403, 'FORBIDDEN']);
  });

  it.each([
    ['a field', '{ leadz { nodes { id } } }', {}],
    ['a field of an input', 'query ($v: LeadFilter) { leads(filter: $v) { totalCount } }', { serch: 'x' }],
    ['a value', 'query ($v: LeadFilter) { leads(filter: $v) { totalCount } }', { status: ['NEWW'] }],
    [
      'much else, and a field of an input',
      'query ($v: LeadFilter) { leads(filter: $v) { totalCount } }',
      { search: 'x'.repeat(372), serch: 'x' },
    ],
  ])('nor does %s that is wrong tell what would be right', async (_name, query, v) => {
    const ask = (of: TestApp) => graphql(of, query, { variables: { v } });
    expect((await ask(app)).text).toContain('Did you mean');
    for (const closed of [production, shown]) expect((await ask(closed)).text).not.toContain('Did you');
  });

  it('nor does it over a socket', async () => {
    const query = 'subscription ($v: ID!) { recordingChanged(idd: $v) { id } }';
    const told = async (of: TestApp): Promise<string> => {
      const peer = await SocketPeer.open(of, { token: await tokenOf(of, await app.make.user('ADMIN')) });
      const [error] = await peer.refusal({ query });
      peer.close();
      return error?.message ?? '';
    };
    expect(await told(app)).toContain('Did you mean "id"');
    for (const closed of [production, shown])
      expect(await told(closed)).toMatch(/^Unknown argument "idd"[^?]*\.$/);
  });
});
