import { StartupError } from './startup-error.js';

/** What each code of a socket or of PostgreSQL (its manual, appendix A) means to the person who started the server. */
const MEANING: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'it closed the connection',
  EPIPE: 'it closed the connection',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host cannot be looked up at the moment',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the host cannot be reached',
  '28000': 'it refuses this user',
  '28P01': 'it refuses this user or password',
  '3D000': 'there is no such database; create it first',
  '42501': 'this user may not create tables in it',
  '53300': 'it has no connection left for us',
  '57P03': 'it is starting up or shutting down',
};

/** The driver tells these by their words alone. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/timeout|timed out/i, 'it does not answer'],
  [/connection terminated/i, 'it closed the connection'],
  [/does not support SSL/i, 'it does not speak TLS, which the URL asks for'],
  [/no pg_hba\.conf entry|SASL|password must be/i, 'it refuses this user or password'],
];

/**
 * Why the database that DATABASE_URL names is of no use, as one line that holds no password; undefined for an error
 * that is not the database's.
 */
export function databaseFault(error: unknown, url: string): StartupError | undefined {
  if (error instanceof StartupError) return undefined;
  const reason = reasonOf(error);
  if (reason === undefined) return undefined;
  const { hostname, port, pathname } = new URL(url);
  const database = decodeURIComponent(pathname.slice(1));
  const where = `${database ? `"${database}" ` : ''}at ${hostname}:${port || '5432'}`;
  return new StartupError(`DATABASE_URL: the database ${where} cannot be used: ${reason}.`, { cause: error });
}

/** Looks below wrappers, and into the list that a host with several addresses gives. */
function reasonOf(error: unknown, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null || depth > 4) return undefined;
  const { code, message, errors, cause } = error as Partial<Record<string, unknown>>;
  const own =
    (typeof code === 'string' ? MEANING[code] : undefined) ??
    WORDS.find(([words]) => words.test(String(message)))?.[1];
  if (own !== undefined) return own;
  const inner = [...(Array.isArray(errors) ? (errors as unknown[]) : []), cause];
  return inner.map((one) => reasonOf(one, depth + 1)).find((reason) => reason !== undefined);
}
