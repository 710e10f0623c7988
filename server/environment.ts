import ipaddr from 'ipaddr.js';
import { z } from 'zod';

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

/** Every variable that is known, with its default. */
export const environment = z.object({
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
  PROVIDER_REQUESTS_PER_MINUTE: number().int().positive().max(1_000_000).optional(),
  PROVIDER_CONCURRENCY: number().int().positive().max(64).default(64),
  MEDIA: flag.default(true),
  FFMPEG_PATH: z.string().default('ffmpeg'),
  MEDIA_TIMEOUT_SECONDS: seconds(300),
  PATH: z.string().default('/usr/local/bin:/usr/bin:/bin'),
  CORS_ORIGINS: list.pipe(z.array(webOrigin)).optional(),
  TRUST_PROXY: flag.default(false),
  GRAPHQL_SAFELIST: flag.default(false),
  METRICS_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  SANDBOX: flag.optional(),
  INTROSPECTION: flag.optional(),
  EARSHOT_DEMO: flag.optional(),
  ACCESS_TOKEN_SECONDS: seconds(8 * 3600),
  UPLOAD_EXPIRY_SECONDS: seconds(24 * 3600),
  CLAIM_SECONDS: seconds(20),
  CLAIM_RENEWAL_SECONDS: seconds(5),
  TAKE_OVER_SECONDS: seconds(2),
  SWEEP_SECONDS: seconds(10),
  INGEST_RETRY_SECONDS: seconds(2),
  COPY_DELAY_SECONDS: secondsOrNone(20),
  COPY_RETRY_SECONDS: seconds(30),
  COPY_NOT_READY_SECONDS: seconds(60),
  COPY_SWEEP_SECONDS: seconds(6 * 3600),
  PROVIDER_PROBE_SECONDS: seconds(60),
  STORAGE_SWEEP_SECONDS: seconds(24 * 3600),
  STORAGE_SWEEP_GRACE_SECONDS: seconds(24 * 3600),
  AUDIT_RETENTION_DAYS: number().int().min(30, 'must be at least 30').max(36_500).default(365),
  READINESS_GRACE_SECONDS: secondsOrNone(0),
  DRAIN_SECONDS: seconds(10),
  ROLE_CACHE_SECONDS: secondsOrNone(5),
  JWKS_COOLDOWN_SECONDS: secondsOrNone(30),
  REVIEW_LOCK_SECONDS: seconds(1800),
  STATEMENT_TIMEOUT_SECONDS: seconds(30),
});

export type Environment = z.infer<typeof environment>;
