import { StartupError } from './startup-error.js';

interface Meaning {
  /** What it means to the person who started the server. */
  reason: string;
  /** Whether it may pass by itself: the same question may succeed later. */
  passes: boolean;
}

const passing = (reason: string): Meaning => ({ reason, passes: true });
const lasting = (reason: string): Meaning => ({ reason, passes: false });

const CLOSED = passing('it closed the connection');
const SILENT = passing('it does not answer');
const REFUSED = lasting('it refuses this user or password');

/** By the code of a socket or of PostgreSQL (its manual, appendix A). */
const BY_CODE: readonly (readonly [RegExp, Meaning])[] = [
  [/^ECONNREFUSED$/, passing('nothing listens there')],
  [/^(ECONNRESET|EPIPE)$/, CLOSED],
  [/^ENOTFOUND$/, passing('there is no such host')],
  [/^EAI_AGAIN$/, passing('the name of the host cannot be looked up at the moment')],
  [/^ETIMEDOUT$/, SILENT],
  [/^(EHOSTUNREACH|ENETUNREACH)$/, passing('the host cannot be reached')],
  [/^28/, REFUSED],
  [/^3D000$/, lasting('there is no such database; create it first')],
  [/^42501$/, lasting('this user may not create tables in it')],
  [/^53300$/, passing('it has no connection left for us')],
  [/^57P03$/, passing('it is starting up or shutting down')],
  [/^(08...|57P0[1245])$/, CLOSED],
  [/^(57014|55P03|40P01)$/, passing('a statement waited too long, or for another one')],
];

/** The driver tells these by their words alone. */
const BY_WORDS: readonly (readonly [RegExp, Meaning])[] = [
  [/timeout expired|timeout exceeded when trying to connect|connection timeout|ended by timeout/i, SILENT],
  [/connection terminated|connection error and is not queryable/i, CLOSED],
  [/does not support SSL/i, lasting('it does not speak TLS, which the URL asks for')],
  [/no pg_hba\.conf entry|SASL|password must be/i, REFUSED],
];

/** Whether the database could not answer now, and the same question may succeed later. */
export function isOutage(error: unknown): boolean {
  return meaningOf(error)?.passes ?? false;
}

/**
 * Why the database that DATABASE_URL names is of no use, as one line that holds no password; undefined for an error
 * that is not the database's.
 */
export function databaseFault(error: unknown, url: string): StartupError | undefined {
  if (error instanceof StartupError) return undefined;
  const reason = meaningOf(error)?.reason;
  if (reason === undefined) return undefined;
  const { hostname, port, pathname } = new URL(url);
  const database = decodeURIComponent(pathname.slice(1));
  const where = `${database ? `"${database}" ` : ''}at ${hostname}:${port || '5432'}`;
  return new StartupError(`DATABASE_URL: the database ${where} cannot be used: ${reason}.`, { cause: error });
}

/** Looks below wrappers, and into the list that a host with several addresses gives. */
function meaningOf(error: unknown, depth = 0): Meaning | undefined {
  if (typeof error !== 'object' || error === null || depth > 4) return undefined;
  const { code, message, errors, cause } = error as Partial<Record<string, unknown>>;
  const own = told(BY_CODE, code) ?? told(BY_WORDS, message);
  if (own !== undefined) return own;
  const inner = [...(Array.isArray(errors) ? (errors as unknown[]) : []), cause];
  return inner.map((one) => meaningOf(one, depth + 1)).find((meaning) => meaning !== undefined);
}

function told(table: readonly (readonly [RegExp, Meaning])[], text: unknown): Meaning | undefined {
  if (typeof text !== 'string') return undefined;
  return table.find(([pattern]) => pattern.test(text))?.[1];
}
