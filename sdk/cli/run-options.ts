import { parseArgs } from 'node:util';
import type { FailureCode, MigrationOrder, StartMigrationInput } from '../core/index.js';
import { UsageError } from './usage.js';

const ORDERS: Readonly<Record<string, MigrationOrder>> = {
  'expiring-first': 'EXPIRING_FIRST',
  'newest-first': 'NEWEST_FIRST',
  'oldest-first': 'OLDEST_FIRST',
};

/** The compiler demands that none is left out. */
const CODES: Readonly<Record<FailureCode, true>> = {
  CHECKSUM_MISMATCH: true,
  CONFLICT: true,
  EMPTY: true,
  GONE_AT_SOURCE: true,
  INTERNAL: true,
  NOT_AUDIO: true,
  NOT_FOUND_UNCONFIRMED: true,
  NOT_READY: true,
  REMOVED: true,
  SOURCE_BLOCKED: true,
  SOURCE_RATE_LIMITED: true,
  SOURCE_REFUSED: true,
  SOURCE_TIMEOUT: true,
  SOURCE_UNREACHABLE: true,
  STORAGE_UNAVAILABLE: true,
  STORED_COPY_DAMAGED: true,
  TOO_LARGE: true,
  TRUNCATED: true,
};
export const ALL_CODES = Object.keys(CODES) as FailureCode[];

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const OPTIONS = {
  'dry-run': flag,
  'batch-size': text,
  'delay-ms': text,
  concurrency: text,
  'max-calls': text,
  'requests-per-minute': text,
  'max-bytes-per-second': text,
  order: text,
  'skip-uploaded': flag,
  'no-skip-uploaded': flag,
  'only-errors': text,
  provider: text,
  campaign: text,
  'started-after': text,
  'started-before': text,
  'quiet-hours': text,
  'allow-concurrent': flag,
  detach: flag,
  json: flag,
} as const;

type Values = ReturnType<typeof parse>;
type Name = keyof typeof OPTIONS;

const parse = (args: readonly string[]) => parseArgs({ args: [...args], options: OPTIONS }).values;

export interface RunOptions {
  /** Only what was given; the rest is the server's default. */
  readonly input: StartMigrationInput;
  readonly json: boolean;
  readonly detach: boolean;
}

/** The options of a run as they were typed; UsageError, or parseArgs' own error, where they are wrong. */
export function runOptions(args: readonly string[]): RunOptions {
  const values = parse(args);
  const filter = filterOf(values);
  const input = {
    dryRun: values['dry-run'],
    batchSize: whole(values, 'batch-size'),
    delayMs: whole(values, 'delay-ms'),
    concurrency: whole(values, 'concurrency'),
    maxCalls: whole(values, 'max-calls'),
    requestsPerMinute: whole(values, 'requests-per-minute'),
    maxBytesPerSecond: whole(values, 'max-bytes-per-second'),
    order: orderOf(values.order),
    skipUploaded: skipUploaded(values),
    onlyErrors: codesOf(values['only-errors']),
    filter: Object.keys(filter).length > 0 ? filter : undefined,
    quietHours: quietHoursOf(values['quiet-hours']),
    allowConcurrent: values['allow-concurrent'],
  };
  return { input: given(input), json: values.json ?? false, detach: values.detach ?? false };
}

type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}

function whole(values: Values, name: Name): number | undefined {
  const typed = values[name];
  if (typed === undefined) return undefined;
  if (typeof typed !== 'string' || !/^\d{1,15}$/.test(typed)) {
    throw new UsageError(`--${name} must be a whole number, as --${name}=50.`);
  }
  return Number(typed);
}

function orderOf(typed: string | undefined): MigrationOrder | undefined {
  if (typed === undefined) return undefined;
  const order = Object.hasOwn(ORDERS, typed) ? ORDERS[typed] : undefined;
  if (!order) throw new UsageError(`--order must be one of ${Object.keys(ORDERS).join(', ')}.`);
  return order;
}

function skipUploaded(values: Values): boolean | undefined {
  const { 'skip-uploaded': yes, 'no-skip-uploaded': no } = values;
  if (yes && no) throw new UsageError('Give --skip-uploaded or --no-skip-uploaded, not both.');
  return no ? false : yes;
}

function codesOf(typed: string | undefined): FailureCode[] | undefined {
  return typed?.split(',').map((word) => {
    const code = word.trim().toUpperCase().replaceAll('-', '_');
    if (!Object.hasOwn(CODES, code)) {
      throw new UsageError(`--only-errors does not know ${word}. There are: ${ALL_CODES.join(', ')}.`);
    }
    return code as FailureCode;
  });
}

function filterOf(values: Values) {
  return given({
    provider: values.provider,
    campaign: values.campaign,
    startedAfter: timeOf(values, 'started-after'),
    startedBefore: timeOf(values, 'started-before'),
  });
}

/** A date, which is its beginning in UTC, or a time that names its zone. */
function timeOf(values: Values, name: 'started-after' | 'started-before'): string | undefined {
  const typed = values[name];
  if (typed === undefined) return undefined;
  const isTime = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(typed);
  const time = new Date(typed);
  if (!isTime || Number.isNaN(time.getTime())) {
    throw new UsageError(`--${name} must be a date, as 2026-01-31, or a time, as 2026-01-31T09:00+05:30.`);
  }
  return time.toISOString();
}

function quietHoursOf(typed: string | undefined) {
  if (typed === undefined) return undefined;
  const [, from, to, timeZone] = /^(\d\d:\d\d)-(\d\d:\d\d)@(\S+)$/.exec(typed) ?? [];
  if (!from || !to || !timeZone) {
    throw new UsageError('--quiet-hours must be as 22:00-06:00@Asia/Kolkata.');
  }
  return { from, to, timeZone };
}
