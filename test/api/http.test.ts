import { jest } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { graphql } from '../support/graphql.js';
import { TestApp } from '../support/test-app.js';

const METRICS_TOKEN = 'a-token-for-prometheus';
let app: TestApp;
let guarded: TestApp;

beforeAll(async () => {
  app = await TestApp.start();
  guarded = await TestApp.start({
    env: {
      EARSHOT_ROLES: 'worker',
      METRICS_TOKEN,
      CORS_ORIGINS: 'https://app.example.com/, capacitor://localhost',
    },
  });
});

afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await guarded[Symbol.asyncDispose]();
});

afterEach(() => jest.restoreAllMocks());

const get = (path: string, headers: Record<string, string> = {}, of = app): Promise<Response> =>
  fetch(`${of.url}${path}`, { headers });

describe('health', () => {
  it('is alive and ready', async () => {
    expect(await (await get('/healthz')).json()).toEqual({ status: 'ok' });
    const ready = await get('/readyz');
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: 'ok', checks: { database: 'ok', queue: 'ok', storage: 'ok' } },
    ]);
  });

  it('stays alive, but not ready, without its store', async () => {
    jest.spyOn(app.services.storage, 'reach').mockRejectedValue(new Error('not mounted'));
    await eventually(async () => (await get('/readyz')).status === 503);
    const ready = await get('/readyz');
    expect(await ready.json()).toEqual({
      status: 'failed',
      checks: { database: 'ok', queue: 'ok', storage: 'failed' },
    });
    expect((await get('/healthz')).status).toBe(200);
  });

  it('asks the store seldom, and writes nothing, however often it is asked itself', async () => {
    const reach = jest.spyOn(app.services.storage, 'reach');
    const check = jest.spyOn(app.services.storage, 'check');
    await Promise.all(Array.from({ length: 20 }, () => get('/readyz')));
    expect(reach.mock.calls.length).toBeLessThan(3);
    expect(check).not.toHaveBeenCalled();
  });

  it('a worker answers health and figures, and no API', async () => {
    expect((await get('/readyz', {}, guarded)).status).toBe(200);
    expect((await graphql(guarded, '{ me { id } }')).status).toBe(404);
  });
});

describe('figures', () => {
  it('are for the same machine only, unless there is a token', async () => {
    expect((await get('/metrics')).status).toBe(200);
  });

  it.each([
    ['Forwarded', 'for=203.0.113.7'],
    ['Via', '1.1 proxy.example.com'],
    ['X-Forwarded-For', '203.0.113.7'],
    ['X-Forwarded-Host', 'calls.example.com'],
    ['X-Forwarded-Proto', 'https'],
    ['X-Real-IP', '203.0.113.7'],
  ])('are not for whom a proxy on this machine brings: %s', async (name, value) => {
    expect((await get('/metrics', { [name]: value })).status).toBe(404);
  });

  it('need a token in production behind a proxy, which need not tell that it is one', async () => {
    const env = { NODE_ENV: 'production', TRUST_PROXY: '1', EARSHOT_ROLES: 'worker' };
    await using behind = await TestApp.start({ shareWith: app, env });
    expect((await get('/metrics', {}, behind)).status).toBe(404);
    expect((await get('/healthz', {}, behind)).status).toBe(200);
  });

  it.each([
    ['without it', undefined, 404],
    ['with another', 'Bearer a-token-for-prometheuz', 404],
    ['with a shorter one', 'Bearer a', 404],
    ['with it', `Bearer ${METRICS_TOKEN}`, 200],
    ['with it as another scheme', `Basic ${METRICS_TOKEN}`, 404],
  ])('with a token, %s', async (_name, authorization, status) => {
    const response = await get('/metrics', authorization === undefined ? {} : { authorization }, guarded);
    expect(response.status).toBe(status);
  });

  it('count requests by pattern, never by path', async () => {
    const id = '01890000-0000-7000-8000-000000000000';
    await Promise.all([
      graphql(app, '{ me { id } }'),
      get(`/recordings/${id}/x.mp3`),
      get(`/nowhere/${id}`),
      get(`/api/leads/${id}/recordings/${id}`),
    ]);
    const text = await (await get('/metrics')).text();
    expect(text).not.toContain(id);
    const routes = new Set([...text.matchAll(/seconds_count\{.*route="([^"]*)"/g)].map(([, route]) => route));
    expect([...routes]).toEqual(
      expect.arrayContaining([
        '/graphql',
        '/recordings/:id/:name',
        '/api/leads/:leadId/recordings/:recordingId',
        'other',
      ]),
    );
  });
});

describe('CORS', () => {
  const preflight = (origin: string, headers: string, of = app): Promise<Response> =>
    fetch(`${of.url}/graphql`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': headers,
      },
    });

  it.each(['http://localhost:5173', 'http://127.0.0.1:8081', 'https://localhost', 'http://[::1]:3000'])(
    'lets any page of this machine in by default: %s',
    async (origin) => {
      const asked = 'authorization,content-type,range,apollo-require-preflight,x-apollo-operation-name';
      const response = await preflight(origin, asked);
      expect(response.status).toBe(204);
      expect(response.headers.get('access-control-allow-origin')).toBe(origin);
      expect(response.headers.get('access-control-allow-credentials')).toBeNull();
      const allowed = response.headers.get('access-control-allow-headers')?.toLowerCase().split(',');
      expect(allowed).toEqual(expect.arrayContaining(asked.split(',')));
    },
  );

  it.each([
    'https://evil.example.com',
    'http://localhost.evil.example.com',
    'http://localhost:1@evil.example.com',
    'https://evil.example.com/localhost',
    'null',
  ])('lets no other in: %s', async (origin) => {
    expect((await preflight(origin, 'authorization')).headers.get('access-control-allow-origin')).toBeNull();
    const response = await get('/healthz', { origin });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect(response.headers.get('vary')).toContain('Origin');
  });

  it.each([
    ['https://app.example.com', 'https://app.example.com'],
    ['capacitor://localhost', 'capacitor://localhost'],
    ['http://app.example.com', null],
    ['https://app.example.com.evil.example', null],
    ['http://localhost:5173', null],
  ])('with origins given, %s gets %j', async (origin, allowed) => {
    const response = await preflight(origin, 'authorization', guarded);
    expect(response.headers.get('access-control-allow-origin')).toBe(allowed);
  });

  it('shows what a player and an uploader read', async () => {
    const response = await get('/nowhere', { origin: 'http://localhost:5173' });
    const exposed = response.headers.get('access-control-expose-headers')?.split(',');
    expect(exposed).toEqual(
      expect.arrayContaining([
        'Content-Range',
        'ETag',
        'Accept-Ranges',
        'Retry-After',
        'X-Request-Id',
        'Upload-Offset',
      ]),
    );
    expect(response.headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
  });
});
