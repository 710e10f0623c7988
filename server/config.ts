import { resolve } from 'node:path';
import { environment, type Environment } from './environment.js';
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
  readonly media: MediaConfig;
  /** Days that the audit trail goes back. */
  readonly auditRetentionDays: number;
  readonly intervals: Intervals;
  readonly sandbox: boolean;
  readonly introspection: boolean;
  /** Only operations of our own clients are accepted, but from admins. */
  readonly safelist: boolean;
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
  /** Who may read the figures: whoever has the token, or without one what comes from this machine, if that is anybody. */
  readonly metrics: { readonly token: string | undefined; readonly loopback: boolean };
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

export interface MediaConfig {
  /** Whether waveforms and playback copies are made. */
  readonly on: boolean;
  /** A path, or a name that is looked for in `searchPath`. */
  readonly ffmpeg: string;
  /** Folders, as the variable PATH has them. */
  readonly searchPath: string;
  /** Seconds that one run of ffmpeg may take. */
  readonly timeout: number;
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
  /** How often the work of dead workers is looked for. */
  readonly takeOver: number;
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
  /** From one sweep of the store to the next. */
  readonly storageSweep: number;
  /** How old an object must be before a sweep may take it for garbage. */
  readonly storageSweepGrace: number;
  /** From the first 503 of the readiness to the last new connection: a load balancer looks every few seconds. */
  readonly readinessGrace: number;
  readonly drain: number;
  /** A user's role is believed so long before it is read again; 0: never. */
  readonly roleCache: number;
  /** Another issuer's keys are fetched again for an unknown key id after so long, at the earliest. */
  readonly jwksCooldown: number;
  /** How long a reviewer has a call for themselves. */
  readonly reviewLock: number;
  /** One statement of the database may take so long for a viewer, waiting for locks included. */
  readonly statementTimeout: number;
}

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
      metrics: { token: env.METRICS_TOKEN, loopback: !(production && isBehindProxy(env)) },
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
    media: {
      on: env.MEDIA,
      ffmpeg: env.FFMPEG_PATH,
      searchPath: env.PATH,
      timeout: env.MEDIA_TIMEOUT_SECONDS,
    },
    auditRetentionDays: env.AUDIT_RETENTION_DAYS,
    intervals: {
      accessToken: env.ACCESS_TOKEN_SECONDS,
      uploadExpiry: env.UPLOAD_EXPIRY_SECONDS,
      claim: env.CLAIM_SECONDS,
      claimRenewal: env.CLAIM_RENEWAL_SECONDS,
      takeOver: env.TAKE_OVER_SECONDS,
      sweep: env.SWEEP_SECONDS,
      ingestRetry: env.INGEST_RETRY_SECONDS,
      copyDelay: env.COPY_DELAY_SECONDS,
      copyRetry: env.COPY_RETRY_SECONDS,
      copyNotReady: env.COPY_NOT_READY_SECONDS,
      copySweep: env.COPY_SWEEP_SECONDS,
      providerProbe: env.PROVIDER_PROBE_SECONDS,
      storageSweep: env.STORAGE_SWEEP_SECONDS,
      storageSweepGrace: env.STORAGE_SWEEP_GRACE_SECONDS,
      readinessGrace: env.READINESS_GRACE_SECONDS,
      drain: env.DRAIN_SECONDS,
      roleCache: env.ROLE_CACHE_SECONDS,
      jwksCooldown: env.JWKS_COOLDOWN_SECONDS,
      reviewLock: env.REVIEW_LOCK_SECONDS,
      statementTimeout: env.STATEMENT_TIMEOUT_SECONDS,
    },
    sandbox: env.SANDBOX ?? !production,
    introspection: env.INTROSPECTION ?? !production,
    safelist: env.GRAPHQL_SAFELIST,
    demo: env.EARSHOT_DEMO ?? (!production && !env.DATABASE_URL),
    logLevel: env.LOG_LEVEL,
  };
}

/** Then everybody's requests come from a proxy, which may stand on this machine and need not tell. */
function isBehindProxy({ TRUST_PROXY, PUBLIC_URL }: Environment): boolean {
  return TRUST_PROXY || (PUBLIC_URL !== undefined && !LOOPBACK.test(new URL(PUBLIC_URL).hostname));
}

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/;

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
