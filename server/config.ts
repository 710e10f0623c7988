import { resolve } from 'node:path';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { toProviders, type ProvidersConfig } from './provider-config.js';
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
  /** What keeping 10^9 bytes for a month costs, for estimates. Undefined: none are made. */
  readonly storagePrice: { readonly perGbMonth: number; readonly currency: string } | undefined;
  /** `proxy`: all listening goes through the server, so that it is known who listened. */
  readonly delivery: 'direct' | 'proxy';
  readonly auth: AuthConfig;
  /** The first signs, all verify. Undefined: one is generated in the data dir. */
  readonly urlSigningKeys: readonly SigningKey[] | undefined;
  readonly uploads: UploadConfig;
  readonly providers: ProvidersConfig;
  readonly webhooks: WebhooksConfig;
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

export interface WebhooksConfig {
  /** Addresses and CIDR ranges that may post events; undefined: any. */
  readonly allowIps: readonly string[] | undefined;
}

/** Seconds. Tests shorten them. */
export interface Intervals {
  readonly accessToken: number;
  readonly uploadExpiry: number;
  readonly claim: number;
  readonly claimRenewal: number;
  readonly sweep: number;
  readonly ingestRetry: number;
  /** Between the webhook and the first try to copy: recordings are rarely there at once. */
  readonly copyDelay: number;
  /** Before the second try to copy; four times that before the third. */
  readonly copyRetry: number;
  /** At the least, before a recording that is not ready yet is asked for again. */
  readonly copyNotReady: number;
  /** Before a copy that failed, and may be mended, is tried again by itself. */
  readonly copySweep: number;
  /** How often a provider whose copying stopped is tried by one recording. */
  readonly providerProbe: number;
  readonly drain: number;
  /** A user's role is believed so long before it is read again; 0: never. */
  readonly roleCache: number;
  /** Another issuer's keys are fetched again for an unknown key id after so long, at the earliest. */
  readonly jwksCooldown: number;
  /** One statement of the database may take so long for a viewer, waiting for locks included. */
  readonly statementTimeout: number;
}

const MIB = 1024 * 1024;

const number = () => z.coerce.number({ error: 'must be a number' });
const flag = z
  .enum(['0', '1', 'false', 'true', 'off', 'on'])
  .transform((word) => ['1', 'true', 'on'].includes(word));
const bytes = (fallback: number) => number().int().positive().max(Number.MAX_SAFE_INTEGER).default(fallback);
const seconds = (fallback: number) => number().positive().max(31_536_000).default(fallback);
const secondsOrNone = (fallback: number) => number().min(0).max(3600).default(fallback);
const webUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .transform((url) => url.replace(/\/+$/, ''));
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
);

/** `*`, or scheme, host and port; apps in a web view have schemes of their own (`capacitor://localhost`). */
const webOrigin = z
  .string()
  .transform((text) => text.replace(/\/+$/, ''))
  .pipe(
    z
      .string()
      .regex(/^(\*|[a-z][a-z0-9+.-]*:\/\/[^/?#\s]+)$/i, 'must be origins, as https://app.example.com'),
  );

/** Part of a URL's path. */
const webhookSecret = z
  .string()
  .regex(/^[\w.~-]{16,200}$/, 'must be 16 to 200 letters, digits or any of - . _ ~');

function isAddressOrRange(text: string): boolean {
  return text.includes('/') ? ipaddr.isValidCIDR(text) : ipaddr.isValid(text);
}

const environment = z.object({
  NODE_ENV: z.string().default('development'),
  PORT: number().int().min(0).max(65_535).default(4000),
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
  STORAGE_PRICE_PER_GB_MONTH: number().min(0).max(1_000_000).optional(),
  STORAGE_CURRENCY: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code, as USD')
    .default('USD'),
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
  DEEPCALL_USER_ID: z.string().optional(),
  DEEPCALL_TOKEN: z.string().optional(),
  DEEPCALL_SSID: z.string().optional(),
  DEEPCALL_WEBHOOK_SECRET: webhookSecret.optional(),
  DEEPCALL_RECORDING_URL: webUrl.optional(),
  DEEPCALL_API_URL: webUrl.optional(),
  CLOUDTELEPHONY_WEBHOOK_SECRET: webhookSecret.optional(),
  CLOUDTELEPHONY_RECORDING_URL: webUrl.optional(),
  TWILIO_ACCOUNT_SID: z.string().optional(),
  TWILIO_AUTH_TOKEN: z.string().optional(),
  TWILIO_API_URL: webUrl.optional(),
  WEBHOOK_ALLOW_IPS: list
    .pipe(z.array(z.string().refine(isAddressOrRange, 'must be addresses or CIDR ranges')).min(1))
    .optional(),
  PROVIDER_ALLOW_HOSTS: list.default([]),
  PROVIDER_MAX_BYTES: bytes(100 * MIB),
  CORS_ORIGINS: list.pipe(z.array(webOrigin)).optional(),
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
  COPY_DELAY_SECONDS: secondsOrNone(20),
  COPY_RETRY_SECONDS: seconds(30),
  COPY_NOT_READY_SECONDS: seconds(60),
  COPY_SWEEP_SECONDS: seconds(6 * 3600),
  PROVIDER_PROBE_SECONDS: seconds(60),
  DRAIN_SECONDS: seconds(10),
  ROLE_CACHE_SECONDS: secondsOrNone(5),
  JWKS_COOLDOWN_SECONDS: secondsOrNone(30),
  STATEMENT_TIMEOUT_SECONDS: seconds(30),
});

type Environment = z.infer<typeof environment>;

/**
 * Reads the environment, or throws one StartupError that names every problem. A value of nothing but space counts as
 * not set.
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
  const parsed = environment.safeParse(given);
  if (parsed.success) {
    const problems = contradictions(given, parsed.data);
    if (problems.length === 0) return frozen(toConfig(parsed.data));
    throw new StartupError(`Configuration: ${problems.join('; ')}`);
  }
  // The first thing that is wrong with each variable.
  const bad = new Map<string, string>();
  for (const { path, message } of parsed.error.issues) {
    const name = String(path[0]);
    if (!bad.has(name)) bad.set(name, `${name}: ${message}`);
  }
  // What stands in contradiction is told at once too: the bad values count as given, with their defaults for values.
  const rest = environment.safeParse(
    Object.fromEntries(Object.entries(given).filter(([name]) => !bad.has(name))),
  );
  const problems = [...bad.values(), ...(rest.success ? contradictions(given, rest.data) : [])];
  throw new StartupError(`Configuration: ${problems.join('; ')}`);
}

/** `given` tells what is set at all, `env` what the values are. */
function contradictions(given: Readonly<Record<string, unknown>>, env: Environment): string[] {
  const has = (name: keyof Environment): boolean => given[name] !== undefined;
  const jwks = [has('AUTH_JWKS_URL'), has('AUTH_ISSUER'), has('AUTH_AUDIENCE')].filter(Boolean).length;
  const kids = (env.URL_SIGNING_KEYS ?? []).map((text) => toSigningKey(text).kid);
  const rules: readonly (readonly [boolean, string])[] = [
    [jwks !== 0 && jwks !== 3, 'AUTH_JWKS_URL, AUTH_ISSUER and AUTH_AUDIENCE go together'],
    [jwks !== 0 && has('AUTH_JWT_SECRET'), 'give either AUTH_JWT_SECRET or AUTH_JWKS_URL, not both'],
    [env.STORAGE === 's3' && !has('S3_BUCKET'), 'S3_BUCKET is needed with STORAGE=s3'],
    [
      has('DATABASE_URL') && jwks === 0 && !has('AUTH_JWT_SECRET'),
      'AUTH_JWT_SECRET (or AUTH_JWKS_URL) is needed with DATABASE_URL',
    ],
    [has('DATABASE_URL') && !has('URL_SIGNING_KEYS'), 'URL_SIGNING_KEYS is needed with DATABASE_URL'],
    [
      has('TWILIO_ACCOUNT_SID') !== has('TWILIO_AUTH_TOKEN'),
      'TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN go together',
    ],
    [new Set(kids).size !== kids.length, 'URL_SIGNING_KEYS has one key id twice'],
    [
      env.CLAIM_RENEWAL_SECONDS * 2 > env.CLAIM_SECONDS,
      'CLAIM_RENEWAL_SECONDS must be at most half of CLAIM_SECONDS',
    ],
  ];
  return rules.filter(([broken]) => broken).map(([, problem]) => problem);
}

/** Nothing in it can be changed, at any depth. */
function frozen<Tree extends object>(tree: Tree): Tree {
  for (const part of Object.values(tree) as unknown[])
    if (typeof part === 'object' && part !== null) frozen(part);
  return Object.freeze(tree);
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
    storagePrice:
      env.STORAGE_PRICE_PER_GB_MONTH === undefined
        ? undefined
        : { perGbMonth: env.STORAGE_PRICE_PER_GB_MONTH, currency: env.STORAGE_CURRENCY },
    delivery: env.RECORDING_DELIVERY,
    auth: toAuth(env),
    urlSigningKeys: env.URL_SIGNING_KEYS?.map(toSigningKey),
    uploads: { maxBytes: env.UPLOAD_MAX_BYTES, quotaBytes: env.UPLOAD_QUOTA_BYTES },
    providers: toProviders(env),
    webhooks: { allowIps: env.WEBHOOK_ALLOW_IPS },
    intervals: {
      accessToken: env.ACCESS_TOKEN_SECONDS,
      uploadExpiry: env.UPLOAD_EXPIRY_SECONDS,
      claim: env.CLAIM_SECONDS,
      claimRenewal: env.CLAIM_RENEWAL_SECONDS,
      sweep: env.SWEEP_SECONDS,
      ingestRetry: env.INGEST_RETRY_SECONDS,
      copyDelay: env.COPY_DELAY_SECONDS,
      copyRetry: env.COPY_RETRY_SECONDS,
      copyNotReady: env.COPY_NOT_READY_SECONDS,
      copySweep: env.COPY_SWEEP_SECONDS,
      providerProbe: env.PROVIDER_PROBE_SECONDS,
      drain: env.DRAIN_SECONDS,
      roleCache: env.ROLE_CACHE_SECONDS,
      jwksCooldown: env.JWKS_COOLDOWN_SECONDS,
      statementTimeout: env.STATEMENT_TIMEOUT_SECONDS,
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
