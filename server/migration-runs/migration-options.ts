import { errors } from '../errors.js';
import { boundedText } from '../graphql/inputs.js';
import type { StartMigrationInput, UpdateMigrationLimitsInput } from './migration.inputs.js';
import { isTimeOfDay, isTimeZone, type QuietHours } from './quiet-hours.js';

const MAX_INT = 2 ** 31 - 1;

/** What each limit may be, both ends included. */
const BOUNDS = {
  /** Calls. */
  batchSize: [1, 1000],
  /** Milliseconds: up to an hour. */
  delayMs: [0, 3_600_000],
  maxCalls: [1, MAX_INT],
  concurrency: [1, 100],
  requestsPerMinute: [1, 60_000],
  maxBytesPerSecond: [1, Number.MAX_SAFE_INTEGER],
} as const;

const DEFAULT_CONCURRENCY = 10;

type Limit = keyof typeof BOUNDS;

/** The columns of a new run; BAD_USER_INPUT names the field that is wrong. */
export function startColumns(input: StartMigrationInput) {
  for (const name of Object.keys(BOUNDS) as Limit[]) assertBound(name, input[name]);
  if (input.onlyErrors?.length === 0)
    throw errors.badInput('onlyErrors', 'onlyErrors must name a code, or be left out.');
  const quiet = quietHours(input.quietHours ?? undefined);
  return {
    dry_run: input.dryRun,
    batch_size: input.batchSize,
    delay_ms: input.delayMs,
    max_calls: input.maxCalls ?? null,
    skip_uploaded: input.skipUploaded,
    concurrency: input.concurrency ?? DEFAULT_CONCURRENCY,
    requests_per_minute: input.requestsPerMinute ?? null,
    max_bytes_per_second: input.maxBytesPerSecond ?? null,
    only_errors: input.onlyErrors ?? null,
    sort_order: input.order,
    ...filterColumns(input),
    quiet_from: quiet?.from ?? null,
    quiet_to: quiet?.to ?? null,
    quiet_zone: quiet?.timeZone ?? null,
    idempotency_key: boundedText('idempotencyKey', input.idempotencyKey, 200) ?? null,
  };
}

/** The columns to change: what is not given stays; null lifts the limits that may be none. */
export function limitColumns(input: UpdateMigrationLimitsInput) {
  const { batchSize, delayMs, concurrency, requestsPerMinute, maxBytesPerSecond } = input;
  for (const name of Object.keys(BOUNDS) as Limit[]) if (name !== 'maxCalls') assertBound(name, input[name]);
  return {
    ...(batchSize != null && { batch_size: batchSize }),
    ...(delayMs != null && { delay_ms: delayMs }),
    ...(concurrency != null && { concurrency }),
    ...(requestsPerMinute !== undefined && { requests_per_minute: requestsPerMinute, next_request_at: null }),
    ...(maxBytesPerSecond !== undefined && { max_bytes_per_second: maxBytesPerSecond, bytes_paid_at: null }),
  };
}

function assertBound(name: Limit, value: number | null | undefined): void {
  const [least, most] = BOUNDS[name];
  if (value == null || (value >= least && value <= most)) return;
  throw errors.badInput(name, `${name} must be from ${least} to ${most}.`, {
    limit: value < least ? least : most,
  });
}

function filterColumns({ filter }: StartMigrationInput) {
  const { startedAfter = null, startedBefore = null } = filter ?? {};
  if (startedAfter && startedBefore && startedAfter >= startedBefore) {
    throw errors.badInput('filter.startedBefore', 'filter.startedBefore must be later than startedAfter.');
  }
  return {
    provider: boundedText('filter.provider', filter?.provider, 40) ?? null,
    campaign: boundedText('filter.campaign', filter?.campaign, 200) ?? null,
    started_after: startedAfter,
    started_before: startedBefore,
  };
}

function quietHours(hours: QuietHours | undefined): QuietHours | undefined {
  if (!hours) return undefined;
  for (const name of ['from', 'to'] as const) {
    if (!isTimeOfDay(hours[name]))
      throw errors.badInput(`quietHours.${name}`, `quietHours.${name} must be a time as 22:00.`);
  }
  if (hours.from === hours.to) {
    throw errors.badInput('quietHours.to', 'quietHours.to must differ from quietHours.from.');
  }
  if (hours.timeZone.length > 64 || !isTimeZone(hours.timeZone)) {
    throw errors.badInput(
      'quietHours.timeZone',
      'quietHours.timeZone must be an IANA zone, as Asia/Kolkata.',
    );
  }
  return hours;
}
