import { StartupError } from '../startup-error.js';

/** What each errno means to the person who started the server. */
const MEANING: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full: free some space and start again',
  EDQUOT: 'the disk quota is used up: free some space and start again',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'a file is in the way',
  ENOTEMPTY: 'files are in the way',
  ELOOP: 'a symbolic link is in the way',
  ENAMETOOLONG: 'the path is too long',
};

/**
 * The errno name of a failed system call, `ENOENT` for instance. Errors are told by their shape: under a test
 * runner Node's own come from another realm, where `instanceof Error` is false.
 */
export function errnoOf(error: unknown): string | undefined {
  return textField(error, 'code');
}

function textField(error: unknown, name: 'code' | 'path'): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' ? value : undefined;
}

/** A failed system call as one line for the operator; every other error as it is. */
export function asStartupError(error: unknown, dataDir: string): unknown {
  if (error instanceof StartupError) return error;
  const meaning = MEANING[errnoOf(error) ?? ''];
  if (meaning === undefined) return error;
  return new StartupError(
    `The embedded PostgreSQL cannot use ${textField(error, 'path') ?? dataDir}: ${meaning}. EARSHOT_DATA_DIR is ${dataDir}; DATABASE_URL can name another PostgreSQL.`,
    { cause: error },
  );
}

/**
 * What PostgreSQL wrote before it gave up, as one line: its last FATAL, PANIC or error line, or a known cause.
 *
 * @param output the end of what it printed or logged
 */
export function postgresFault(what: string, output: string, where: string): StartupError {
  if (/No space left on device|Check free disk space|Disk quota exceeded/.test(output))
    return new StartupError(
      `${what}: the disk that holds ${where} is full. Free some space and start again.`,
    );
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  if (/could not look up effective user ID/.test(output))
    return new StartupError(
      `${what}: the user it runs as has no name on this system (no passwd entry). Give it one, or set DATABASE_URL.`,
    );
  const telling = lines.findLast((line) => /(FATAL|PANIC|error|ERROR):/.test(line)) ?? lines.at(-1);
  const reason = telling?.replace(/^.*?(FATAL|PANIC|ERROR|error): +/, '').trim() ?? 'it said nothing';
  return new StartupError(`${what}: ${reason} (its files: ${where})`);
}
