import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { StartupError } from '../startup-error.js';
import { adoptOrClear } from './adoption.js';
import { type Binaries, prepareBinaries } from './binaries.js';
import { freePort } from './free-port.js';
import { APP_ROLE, DATABASE, initialise, removeDrafts } from './initdb.js';
import { type Location, locate } from './location.js';
import { type LogFile, openLog } from './log-file.js';
import { OwnerLock } from './owner-lock.js';
import { createPassword, readPassword } from './password.js';
import { type Durability, type Postmaster, spawnPostmaster, stopPostmaster } from './postmaster.js';
import { makeDirectory } from './safe-directory.js';
import { asStartupError, errnoOf, postgresFault } from './startup-faults.js';

export interface EmbeddedPostgresOptions {
  /** EARSHOT_DATA_DIR; the database goes to `postgres` in it. Made when missing. */
  readonly dataDir: string;
  readonly logger?: { info(message: string): void } | undefined;
  /** A free one when not given. */
  readonly port?: number | undefined;
  /** 'test' is faster: commits may be lost when PostgreSQL is killed. Default 'full'. */
  readonly durability?: Durability | undefined;
  /** Where root's substitute keeps what it cannot reach in `dataDir`. Default /var/lib, then /var/tmp. */
  readonly elsewhere?: readonly string[] | undefined;
}

export interface EmbeddedPostgres extends AsyncDisposable {
  /** `postgresql://…` of the database `earshot`, with the password. */
  readonly url: string;
  /** PostgreSQL's own data directory. */
  readonly dataDir: string;
  /** One line for people, when files had to go elsewhere. */
  readonly notice?: string;
  /** Whether the server was running already: one that a killed Earshot left. */
  readonly adopted: boolean;
  /** Shuts PostgreSQL down and gives the data directory free. May be called more than once. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL from the programs that npm installed, or takes over the one that a killed Earshot left
 * running. Only `stop` ends it: no signal to our process group does, nor our exit.
 *
 * @throws StartupError one line for the operator
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  try {
    const base = join(dataDir, 'postgres');
    await makeDirectory(dataDir);
    await makeDirectory(base, 0o700);
    const lock = await OwnerLock.acquire(base, dataDir);
    try {
      return await start(base, lock, options);
    } catch (error) {
      await lock.release();
      throw error;
    }
  } catch (error) {
    throw asStartupError(error, dataDir);
  }
}

async function start(
  base: string,
  lock: OwnerLock,
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const elsewhere = options.elsewhere ?? ['/var/lib', '/var/tmp'];
  const location = await locate(base, elsewhere);
  const binaries = await prepareBinaries(location.runAs, location.runAs ? elsewhere : [location.home]);
  await removeDrafts(location);
  const password = await prepareData(binaries, location, options);
  const wanted = { password, durability: options.durability ?? 'full', port: options.port };
  const adopted = await adoptOrClear(binaries, location, wanted);
  if (adopted) options.logger?.info(`adopted the PostgreSQL already running (process ${adopted.pid})`);
  const server = adopted ?? (await launch(binaries, location, wanted));
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= stopPostmaster(server, binaries, location).then(() => lock.release()));
  return {
    url: `postgresql://${APP_ROLE}:${password}@127.0.0.1:${server.port}/${DATABASE}`,
    dataDir: location.data,
    ...noticeOf(base, location, binaries),
    adopted: adopted !== undefined,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** The database's files, made when there are none yet. Returns its password. */
async function prepareData(
  binaries: Binaries,
  location: Location,
  { logger }: EmbeddedPostgresOptions,
): Promise<string> {
  const version = await clusterVersion(location.data);
  if (version === undefined) {
    logger?.info(`making a new database in ${location.home}`);
    const password = await createPassword(location.home);
    await initialise(binaries, location, password);
    return password;
  }
  const ours = binaries.version.split('.')[0];
  if (version !== ours)
    throw new StartupError(
      `The database in ${location.data} was made by PostgreSQL ${version}, and this is PostgreSQL ${ours}: move its contents with pg_dump of version ${version}, or choose another EARSHOT_DATA_DIR.`,
    );
  return readPassword(location.home);
}

async function clusterVersion(data: string): Promise<string | undefined> {
  try {
    return (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

const SHARED_MEMORY_MS = 10_000;
const PORT_ATTEMPTS = 5;

/** Tries again when the port was taken meanwhile, or while processes of a killed server are still ending. */
async function launch(
  binaries: Binaries,
  location: Location,
  { port, durability }: { port: number | undefined; durability: Durability },
): Promise<Postmaster> {
  const deadline = Date.now() + SHARED_MEMORY_MS;
  for (let attempt = 1; ; attempt++) {
    await using log: LogFile = await openLog(join(location.home, 'postgres.log'));
    const chosen = port ?? (await freePort());
    const server = await spawnPostmaster(binaries, location, chosen, { durability, logFd: log.fd });
    if (server) return server;
    const tail = await log.tail();
    const portTaken = tail.includes('Address already in use');
    if (portTaken && port !== undefined)
      throw new StartupError(`Port ${port} on 127.0.0.1 is taken: PostgreSQL could not start there.`);
    const tryAgain = portTaken
      ? attempt < PORT_ATTEMPTS
      : tail.includes('pre-existing shared memory block') && Date.now() < deadline;
    if (!tryAgain) throw postgresFault('The embedded PostgreSQL did not start', tail, location.home);
    await delay(portTaken ? 0 : 200);
  }
}

function noticeOf(base: string, { home, moved, runAs }: Location, binaries: Binaries): { notice?: string } {
  if (!moved && !binaries.copied) return {};
  const user = runAs ? `its user ${runAs.name}` : 'it';
  const files = moved ? `the database of ${base} is in ${home}` : '';
  const programs = binaries.copied ? `a copy of the programs is in ${binaries.dir}` : '';
  const what = [files, programs].filter(Boolean).join('; ');
  return { notice: `PostgreSQL keeps files where ${user} can reach them: ${what}.` };
}
