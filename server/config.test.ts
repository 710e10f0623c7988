import { resolve } from 'node:path';
import { loadConfig, type Config } from './config.js';
import { StartupError } from './startup-error.js';

const SECRET = 's'.repeat(32);
const KEYS = `k1:${'a'.repeat(32)}`;
const DATABASE = {
  DATABASE_URL: 'postgresql://db.example.com/earshot',
  AUTH_JWT_SECRET: SECRET,
  URL_SIGNING_KEYS: KEYS,
};
const JWKS = {
  AUTH_JWKS_URL: 'https://id.example.com/jwks.json',
  AUTH_ISSUER: 'https://id.example.com/',
  AUTH_AUDIENCE: 'earshot',
};

type Env = Record<string, string | undefined>;

/** The problems that loading names, or none. */
function problemsOf(env: Env): string[] {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    return error.message.replace(/^Configuration: /, '').split('; ');
  }
}

describe('with nothing given', () => {
  const config = loadConfig({});

  it('has the defaults that the README tells', () => {
    expect(config).toEqual({
      production: false,
      http: {
        host: '127.0.0.1',
        port: 4000,
        publicUrl: undefined,
        corsOrigins: 'localhost',
        trustProxy: false,
        metrics: { token: undefined, loopback: true },
      },
      roles: { api: true, worker: true },
      dataDir: resolve('.data'),
      database: { kind: 'embedded' },
      storage: { kind: 'local', root: resolve('.data/objects') },
      storagePrice: undefined,
      delivery: 'direct',
      auth: { kind: 'generated' },
      urlSigningKeys: undefined,
      uploads: { maxBytes: 1000 * 1024 ** 2, quotaBytes: 10 * 1024 ** 3 },
      providers: {
        deepcall: undefined,
        cloudtelephony: undefined,
        twilio: undefined,
        allowHosts: [],
        maxBytes: 100 * 1024 ** 2,
        hosts: { requestsPerMinute: undefined, concurrency: 64 },
      },
      webhooks: { allowIps: undefined },
      media: {
        on: true,
        ffmpeg: 'ffmpeg',
        searchPath: '/usr/local/bin:/usr/bin:/bin',
        timeout: 300,
      },
      auditRetentionDays: 365,
      intervals: {
        accessToken: 8 * 3600,
        uploadExpiry: 24 * 3600,
        claim: 20,
        claimRenewal: 5,
        takeOver: 2,
        sweep: 10,
        ingestRetry: 2,
        copyDelay: 20,
        copyRetry: 30,
        copyNotReady: 60,
        copySweep: 6 * 3600,
        providerProbe: 60,
        storageSweep: 24 * 3600,
        storageSweepGrace: 24 * 3600,
        readinessGrace: 0,
        drain: 10,
        roleCache: 5,
        jwksCooldown: 30,
        reviewLock: 1800,
        statementTimeout: 30,
      },
      sandbox: true,
      introspection: true,
      safelist: false,
      demo: true,
      logLevel: 'info',
    } satisfies Config);
  });

  it('is frozen at every depth', () => {
    const loaded = loadConfig(DATABASE);
    expect(() => Object.assign(loaded, { demo: true })).toThrow(TypeError);
    expect(() => Object.assign(loaded.http, { port: 1 })).toThrow(TypeError);
    expect(() => Object.assign(loaded.urlSigningKeys?.[0] ?? {}, { secret: '' })).toThrow(TypeError);
  });

  it('takes empty values, and nothing but space, for none', () => {
    const names = [
      'PORT',
      'HOST',
      'DATABASE_URL',
      'STORAGE',
      'S3_BUCKET',
      'AUTH_JWT_SECRET',
      'CORS_ORIGINS',
      'EARSHOT_ROLES',
      'EARSHOT_DEMO',
      'LOG_LEVEL',
      'URL_SIGNING_KEYS',
    ];
    for (const empty of ['', '  ', undefined])
      expect(loadConfig(Object.fromEntries(names.map((name) => [name, empty])))).toEqual(config);
  });

  it('minds no other variable', () => {
    expect(loadConfig({ HOME: '/root', S3: 'x' })).toEqual(config);
  });
});

describe('what a value turns into', () => {
  it.each<[Env, Partial<Config>]>([
    [{ EARSHOT_ROLES: 'worker' }, { roles: { api: false, worker: true } }],
    [{ EARSHOT_ROLES: ' api , worker,' }, { roles: { api: true, worker: true } }],
    [
      { EARSHOT_DATA_DIR: '/srv/earshot' },
      { dataDir: '/srv/earshot', storage: { kind: 'local', root: '/srv/earshot/objects' } },
    ],
    [
      {
        S3_BUCKET: 'calls',
        S3_ENDPOINT: 'http://127.0.0.1:9000/',
        S3_FORCE_PATH_STYLE: '1',
        S3_REGION: 'ap-south-1',
      },
      {
        storage: {
          kind: 's3',
          bucket: 'calls',
          endpoint: 'http://127.0.0.1:9000',
          region: 'ap-south-1',
          forcePathStyle: true,
          sse: undefined,
          storageClass: undefined,
        },
      },
    ],
    [
      { S3_BUCKET: 'calls', STORAGE: 'local' },
      { storage: { kind: 'local', root: resolve('.data/objects') } },
    ],
    [
      DATABASE,
      {
        database: { kind: 'external', url: DATABASE.DATABASE_URL },
        auth: { kind: 'secret', secret: SECRET },
        demo: false,
      },
    ],
    [{ ...DATABASE, EARSHOT_DEMO: '1' }, { demo: true }],
    [
      JWKS,
      { auth: { kind: 'jwks', url: JWKS.AUTH_JWKS_URL, issuer: JWKS.AUTH_ISSUER, audience: 'earshot' } },
    ],
    [
      { URL_SIGNING_KEYS: `k2:${'b'.repeat(31)}:, ${KEYS}` },
      {
        urlSigningKeys: [
          { kid: 'k2', secret: `${'b'.repeat(31)}:` },
          { kid: 'k1', secret: 'a'.repeat(32) },
        ],
      },
    ],
    [{ NODE_ENV: 'production' }, { production: true, sandbox: false, introspection: false, demo: false }],
    [
      { NODE_ENV: 'production', SANDBOX: 'on', INTROSPECTION: 'true', EARSHOT_DEMO: '1' },
      { production: true, sandbox: true, introspection: true, demo: true },
    ],
    [
      { SANDBOX: '0', INTROSPECTION: 'off', EARSHOT_DEMO: 'false' },
      { sandbox: false, introspection: false, demo: false },
    ],
    [{ RECORDING_DELIVERY: 'proxy' }, { delivery: 'proxy' }],
  ])('%j', (env, expected) => {
    expect(loadConfig(env)).toMatchObject(expected);
  });

  it.each<[Env, Partial<Config['http']>]>([
    [{ NODE_ENV: 'production' }, { corsOrigins: [] }],
    [
      { CORS_ORIGINS: 'https://a.example.com/, capacitor://localhost' },
      { corsOrigins: ['https://a.example.com', 'capacitor://localhost'] },
    ],
    [{ CORS_ORIGINS: '*' }, { corsOrigins: ['*'] }],
    [{ PUBLIC_URL: 'https://calls.example.com/api/' }, { publicUrl: 'https://calls.example.com/api' }],
    [
      { PORT: '0', HOST: '::', TRUST_PROXY: '1' },
      { port: 0, host: '::', trustProxy: true },
    ],
    [{ NODE_ENV: 'production' }, { metrics: { token: undefined, loopback: true } }],
    [
      { TRUST_PROXY: '1', PUBLIC_URL: 'https://calls.example.com' },
      { metrics: { token: undefined, loopback: true } },
    ],
    [{ NODE_ENV: 'production', TRUST_PROXY: '1' }, { metrics: { token: undefined, loopback: false } }],
    [
      { NODE_ENV: 'production', PUBLIC_URL: 'https://calls.example.com' },
      { metrics: { token: undefined, loopback: false } },
    ],
    [
      { NODE_ENV: 'production', PUBLIC_URL: 'http://localhost:4000' },
      { metrics: { token: undefined, loopback: true } },
    ],
    [
      { NODE_ENV: 'production', PUBLIC_URL: 'http://[::1]:4000' },
      { metrics: { token: undefined, loopback: true } },
    ],
    [
      { NODE_ENV: 'production', PUBLIC_URL: 'https://localhost.example.com' },
      { metrics: { token: undefined, loopback: false } },
    ],
  ])('%j', (env, expected) => {
    expect(loadConfig(env).http).toMatchObject(expected);
  });
});

describe('a value that cannot be', () => {
  it.each<[string, string]>([
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', 'http'],
    ['PORT', '80.5'],
    ['PUBLIC_URL', 'calls.example.com'],
    ['PUBLIC_URL', 'ftp://calls.example.com'],
    ['EARSHOT_ROLES', 'api,web'],
    ['EARSHOT_ROLES', ','],
    ['DATABASE_URL', 'mysql://db/earshot'],
    ['DATABASE_URL', 'earshot'],
    ['STORAGE', 'disk'],
    ['S3_ENDPOINT', 'localhost:9000'],
    ['S3_FORCE_PATH_STYLE', 'yes please'],
    ['RECORDING_DELIVERY', 'redirect'],
    ['AUTH_JWT_SECRET', 'x'.repeat(31)],
    ['AUTH_JWKS_URL', 'id.example.com'],
    ['URL_SIGNING_KEYS', 'no-colon'],
    ['URL_SIGNING_KEYS', `k1:${'a'.repeat(31)}`],
    ['URL_SIGNING_KEYS', `k 1:${'a'.repeat(32)}`],
    ['UPLOAD_MAX_BYTES', '0'],
    ['UPLOAD_MAX_BYTES', '1.5'],
    ['UPLOAD_MAX_BYTES', '1GB'],
    ['UPLOAD_QUOTA_BYTES', '9007199254740993'],
    ['CORS_ORIGINS', 'calls.internal'],
    ['CORS_ORIGINS', 'https://calls.internal/path'],
    ['METRICS_TOKEN', 'short'],
    ['LOG_LEVEL', 'loud'],
    ['TRUST_PROXY', 'maybe'],
    ['CLAIM_SECONDS', '0'],
    ['SWEEP_SECONDS', 'Infinity'],
    ['ROLE_CACHE_SECONDS', '-1'],
  ])('%s=%s is named, and its value is not told', (name, value) => {
    const problems = problemsOf({ [name]: value }).filter((problem) => problem.startsWith(`${name}: `));
    expect(problems).toHaveLength(1);
    if (value.length > 5) expect(problems[0]).not.toContain(value);
  });
});

describe('values that contradict one another', () => {
  it.each<[Env, string]>([
    [{ AUTH_JWKS_URL: JWKS.AUTH_JWKS_URL }, 'AUTH_JWKS_URL, AUTH_ISSUER and AUTH_AUDIENCE go together'],
    [{ AUTH_ISSUER: 'x', AUTH_AUDIENCE: 'y' }, 'AUTH_JWKS_URL, AUTH_ISSUER and AUTH_AUDIENCE go together'],
    [{ ...JWKS, AUTH_JWT_SECRET: SECRET }, 'give either AUTH_JWT_SECRET or AUTH_JWKS_URL, not both'],
    [{ STORAGE: 's3' }, 'S3_BUCKET is needed with STORAGE=s3'],
    [{ ...DATABASE, AUTH_JWT_SECRET: '' }, 'AUTH_JWT_SECRET (or AUTH_JWKS_URL) is needed with DATABASE_URL'],
    [{ ...DATABASE, URL_SIGNING_KEYS: '' }, 'URL_SIGNING_KEYS is needed with DATABASE_URL'],
    [{ URL_SIGNING_KEYS: `${KEYS},${KEYS}` }, 'URL_SIGNING_KEYS has one key id twice'],
    [{ CLAIM_SECONDS: '9' }, 'CLAIM_RENEWAL_SECONDS must be at most half of CLAIM_SECONDS'],
  ])('%j', (env, problem) => {
    expect(problemsOf(env)).toEqual([problem]);
  });

  it.each<[Env]>([[{ ...DATABASE, AUTH_JWT_SECRET: '', ...JWKS }], [{ CLAIM_SECONDS: '10' }], [DATABASE]])(
    'but %j is well',
    (env) => {
      expect(problemsOf(env)).toEqual([]);
    },
  );

  it('are told with every other problem, at once', () => {
    const problems = problemsOf({
      PORT: 'http',
      STORAGE: 's3',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://db/earshot',
      AUTH_ISSUER: 'https://id.example.com/',
      CLAIM_SECONDS: '6',
    });
    expect(new Set(problems.map((problem) => problem.split(/[: ]/)[0]))).toEqual(
      new Set([
        'AUTH_JWKS_URL,',
        'CLAIM_RENEWAL_SECONDS',
        'DATABASE_URL',
        'LOG_LEVEL',
        'PORT',
        'S3_BUCKET',
        'URL_SIGNING_KEYS',
      ]),
    );
  });
});
