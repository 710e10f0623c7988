import { resolve } from 'node:path';
import { z } from 'zod';
import { StartupError } from './startup-error.js';

/** What the operator chose, read once at boot: the only reader of the environment. */
export interface Config {
  readonly production: boolean;
  readonly http: HttpConfig;
  readonly roles: { readonly api: boolean; readonly worker: boolean };
  /** Embedded PostgreSQL, local recordings and generated secrets live here. */
  readonly dataDir: string;
  readonly database: { readonly kind: 'embedded' } | { readonly kind: 'external'; readonly url: string };
  readonly storage: StorageConfig;
  /** `proxy`: all listening goes through the server, so that it is known who listened. */
  readonly delivery: 'direct' | 'proxy';
  readonly auth: AuthConfig;
  /** The first signs, all verify. Undefined: one is generated in the data dir. */
  readonly urlSigningKeys: readonly SigningKey[] | undefined;
  readonly uploads: UploadConfig;
  readonly intervals: Intervals;
  readonly sandbox: boolean;
  readonly introspection: boolean;
  readonly demo: boolean;
  readonly logLevel: string;
}

export interface HttpConfig {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** How the server names itself in links, without a slash at the end. Undefined: the address it listens on. */
  readonly publicUrl: string | undefined;
  /** `localhost`: any port of this machine. */
  readonly corsOrigins: 'localhost' | readonly string[];
  readonly trustProxy: boolean;
  readonly metricsToken: string | undefined;
}

export type StorageConfig =
  | { readonly kind: 'local'; readonly root: string }
  | {
      readonly kind: 's3';
      readonly bucket: string;
      readonly endpoint: string | undefined;
      readonly region: string | undefined;
      readonly forcePathStyle: boolean;
      readonly sse: string | undefined;
      readonly storageClass: string | undefined;
    };

export type AuthConfig =
  | { readonly kind: 'generated' }
  | { readonly kind: 'secret'; readonly secret: string }
  | { readonly kind: 'jwks'; readonly url: string; readonly issuer: string; readonly audience: string };

export interface SigningKey {
  readonly kid: string;
  readonly secret: string;
}

export interface UploadConfig {
  readonly maxBytes: number;
  /** Bytes that one user may have under way or stored within 24 hours. */
  readonly quotaBytes: number;
}

/** Seconds. Tests shorten them. */
export interface Intervals {
  readonly accessToken: number;
  readonly uploadExpiry: number;
  readonly claim: number;
  readonly claimRenewal: number;
  readonly sweep: number;
  readonly ingestRetry: number;
  readonly drain: number;
}

const MIB = 1024 * 1024;

const flag = z
  .enum(['0', '1', 'false', 'true', 'off', 'on'])
  .transform((word) => ['1', 'true', 'on'].includes(word));
const bytes = (fallback: number) =>
  z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER).default(fallback);
const seconds = (fallback: number) => z.coerce.number().positive().max(31_536_000).default(fallback);
const webUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .transform((url) => url.replace(/\/+$/, ''));
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
);

const environment = z.object({
  NODE_ENV: z.string().default('development'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
  HOST: z.string().default('127.0.0.1'),
  PUBLIC_URL: webUrl.optional(),
  EARSHOT_ROLES: list.pipe(z.array(z.enum(['api', 'worker'])).min(1)).default(['api', 'worker']),
  EARSHOT_DATA_DIR: z.string().default('./.data'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgresql:// URL' }).optional(),
  STORAGE: z.enum(['local', 's3']).optional(),
  S3_BUCKET: z.string().optional(),
  S3_ENDPOINT: webUrl.optional(),
  S3_REGION: z.string().optional(),
  S3_FORCE_PATH_STYLE: flag.default(false),
  S3_SSE: z.string().optional(),
  S3_STORAGE_CLASS: z.string().optional(),
  RECORDING_DELIVERY: z.enum(['direct', 'proxy']).default('direct'),
  AUTH_JWT_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
  AUTH_JWKS_URL: webUrl.optional(),
  AUTH_ISSUER: z.string().optional(),
  AUTH_AUDIENCE: z.string().optional(),
  URL_SIGNING_KEYS: list
    .pipe(
      z
        .array(
          z
            .string()
            .regex(/^[\w-]{1,32}:.{32,}$/, 'must be kid:secret,… with secrets of at least 32 characters'),
        )
        .min(1),
    )
    .optional(),
  UPLOAD_MAX_BYTES: bytes(1000 * MIB),
  UPLOAD_QUOTA_BYTES: bytes(10 * 1024 * MIB),
  CORS_ORIGINS: list.optional(),
  TRUST_PROXY: flag.default(false),
  METRICS_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  SANDBOX: flag.optional(),
  INTROSPECTION: flag.optional(),
  EARSHOT_DEMO: flag.optional(),
  ACCESS_TOKEN_SECONDS: seconds(8 * 3600),
  UPLOAD_EXPIRY_SECONDS: seconds(24 * 3600),
  CLAIM_SECONDS: seconds(20),
  CLAIM_RENEWAL_SECONDS: seconds(5),
  SWEEP_SECONDS: seconds(10),
  INGEST_RETRY_SECONDS: seconds(2),
  DRAIN_SECONDS: seconds(10),
});

type Environment = z.infer<typeof environment>;

/** Reads the environment, or throws one StartupError that names every problem. An empty value counts as not set. */
export function loadConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    throw new StartupError(
      `Configuration: ${parsed.error.issues.map((issue) => `${issue.path[0]?.toString()}: ${issue.message}`).join('; ')}`,
    );
  }
  const problems = contradictions(parsed.data);
  if (problems.length > 0) throw new StartupError(`Configuration: ${problems.join('; ')}`);
  return Object.freeze(toConfig(parsed.data));
}

function contradictions(env: Environment): string[] {
  const problems: string[] = [];
  const jwks = [env.AUTH_JWKS_URL, env.AUTH_ISSUER, env.AUTH_AUDIENCE].filter(
    (value) => value !== undefined,
  ).length;
  if (jwks !== 0 && jwks !== 3) problems.push('AUTH_JWKS_URL, AUTH_ISSUER and AUTH_AUDIENCE go together');
  if (jwks === 3 && env.AUTH_JWT_SECRET)
    problems.push('give either AUTH_JWT_SECRET or AUTH_JWKS_URL, not both');
  if (env.STORAGE === 's3' && !env.S3_BUCKET) problems.push('S3_BUCKET is needed with STORAGE=s3');
  if (env.DATABASE_URL) {
    if (jwks === 0 && !env.AUTH_JWT_SECRET)
      problems.push('AUTH_JWT_SECRET (or AUTH_JWKS_URL) is needed with DATABASE_URL');
    if (!env.URL_SIGNING_KEYS) problems.push('URL_SIGNING_KEYS is needed with DATABASE_URL');
  }
  if (env.CLAIM_RENEWAL_SECONDS * 2 > env.CLAIM_SECONDS)
    problems.push('CLAIM_RENEWAL_SECONDS must be at most half of CLAIM_SECONDS');
  return problems;
}

function toConfig(env: Environment): Config {
  const production = env.NODE_ENV === 'production';
  const dataDir = resolve(env.EARSHOT_DATA_DIR);
  return {
    production,
    http: {
      host: env.HOST,
      port: env.PORT,
      publicUrl: env.PUBLIC_URL,
      corsOrigins: env.CORS_ORIGINS ?? (production ? [] : 'localhost'),
      trustProxy: env.TRUST_PROXY,
      metricsToken: env.METRICS_TOKEN,
    },
    roles: { api: env.EARSHOT_ROLES.includes('api'), worker: env.EARSHOT_ROLES.includes('worker') },
    dataDir,
    database: env.DATABASE_URL ? { kind: 'external', url: env.DATABASE_URL } : { kind: 'embedded' },
    storage: toStorage(env, dataDir),
    delivery: env.RECORDING_DELIVERY,
    auth: toAuth(env),
    urlSigningKeys: env.URL_SIGNING_KEYS?.map(toSigningKey),
    uploads: { maxBytes: env.UPLOAD_MAX_BYTES, quotaBytes: env.UPLOAD_QUOTA_BYTES },
    intervals: {
      accessToken: env.ACCESS_TOKEN_SECONDS,
      uploadExpiry: env.UPLOAD_EXPIRY_SECONDS,
      claim: env.CLAIM_SECONDS,
      claimRenewal: env.CLAIM_RENEWAL_SECONDS,
      sweep: env.SWEEP_SECONDS,
      ingestRetry: env.INGEST_RETRY_SECONDS,
      drain: env.DRAIN_SECONDS,
    },
    sandbox: env.SANDBOX ?? !production,
    introspection: env.INTROSPECTION ?? !production,
    demo: env.EARSHOT_DEMO ?? (!production && !env.DATABASE_URL),
    logLevel: env.LOG_LEVEL,
  };
}

function toStorage(env: Environment, dataDir: string): StorageConfig {
  if ((env.STORAGE ?? (env.S3_BUCKET ? 's3' : 'local')) === 'local')
    return { kind: 'local', root: resolve(dataDir, 'objects') };
  return {
    kind: 's3',
    bucket: env.S3_BUCKET ?? '',
    endpoint: env.S3_ENDPOINT,
    region: env.S3_REGION,
    forcePathStyle: env.S3_FORCE_PATH_STYLE,
    sse: env.S3_SSE,
    storageClass: env.S3_STORAGE_CLASS,
  };
}

function toAuth(env: Environment): AuthConfig {
  if (env.AUTH_JWT_SECRET) return { kind: 'secret', secret: env.AUTH_JWT_SECRET };
  if (env.AUTH_JWKS_URL && env.AUTH_ISSUER && env.AUTH_AUDIENCE) {
    return { kind: 'jwks', url: env.AUTH_JWKS_URL, issuer: env.AUTH_ISSUER, audience: env.AUTH_AUDIENCE };
  }
  return { kind: 'generated' };
}

function toSigningKey(text: string): SigningKey {
  const colon = text.indexOf(':');
  return { kid: text.slice(0, colon), secret: text.slice(colon + 1) };
}
