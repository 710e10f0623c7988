import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { Tokens } from '../../server/auth/tokens.js';
import { startEmbeddedPostgres } from '../../server/postgres/embedded-postgres.js';
import { migrateDatabase } from '../support/database.js';
import { startArguments } from '../support/start-arguments.js';
import { peakMib, resetPeak } from '../support/process-memory.js';
import { installPeers, PEERS, SECRETS } from './contestants.js';
import { asSystem } from './fill.js';
import { LoadClient } from './load.js';
import { startServer, type ServerProcess } from './server-process.js';
import type { UploadLoad, UploadResult } from './uploads-process.js';
import {
  summariseUploads,
  UPLOAD_NAMES,
  type UploadLine,
  type UploadMeasure,
  type UploadName,
  type UploadRound,
} from './uploads-report.js';

const CHUNK_BYTES = 1024 * 1024;
const CONNECTIONS = 8;
const CONCURRENT = 32;

export interface UploadsOptions {
  quick: boolean;
  /** Our server's built entry. */
  main: string;
}

interface Bench {
  readonly servers: Readonly<Record<UploadName, ServerProcess>>;
  readonly client: LoadClient<UploadLoad, UploadResult>;
  readonly telecaller: Telecaller;
}

/** Chunks of the suggested size: both our doors beside @tus/server with its file store, on one disk. */
export async function benchUploads({ quick, main }: UploadsOptions): Promise<UploadLine[]> {
  await installPeers();
  await using stack = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), 'earshot-bench-'));
  stack.defer(() => rm(dataDir, { recursive: true, force: true }));
  const postgres = stack.use(await startEmbeddedPostgres({ dataDir, elsewhere: [tmpdir()] }));
  const database = await openTables(postgres.url);
  stack.defer(() => database.end());
  const telecaller = await Telecaller.create(database);
  const servers = await startServers(stack, postgres.url, dataDir, resolve(main));
  const client = stack.use(new LoadClient<UploadLoad, UploadResult>('uploads-process.ts'));
  const bench: Bench = { servers, client, telecaller };
  // Short and many: a disk is twice as fast in one second as in another, and both servers are to have had of either.
  const files = { uploads: CONNECTIONS, chunks: 16 };
  const count = quick ? 5 : 25;
  // Until V8 has compiled what is asked often: the larger a server, the longer that takes.
  const warmUp = { ...files, uploads: quick ? 32 : 64 };
  for (const name of UPLOAD_NAMES) await send(bench, name, warmUp);
  const rounds: UploadRound[] = [];
  for (let round = 0; round < count; round++) {
    rounds.push(await oneRound(bench, round, files));
    process.stderr.write(`round ${round + 1} of ${count}\n`);
  }
  return summariseUploads(rounds, await memoryOf(bench));
}

async function startServers(
  stack: AsyncDisposableStack,
  databaseUrl: string,
  dataDir: string,
  main: string,
): Promise<Bench['servers']> {
  const env = {
    DATABASE_URL: databaseUrl,
    AUTH_JWT_SECRET: SECRETS.jwt,
    URL_SIGNING_KEYS: SECRETS.signingKeys,
    PUBLIC_URL: 'https://calls.example.com',
    EARSHOT_ROLES: 'api',
    EARSHOT_DATA_DIR: dataDir,
    UPLOAD_QUOTA_BYTES: String(2 ** 50),
  };
  const earshot = stack.use(await startServer([...startArguments().flags, main], dataDir, env));
  const peerEnv = { ...env, DATABASE_URL: asSystem(databaseUrl) };
  const peer = stack.use(await startServer(['tus-server.ts'], PEERS, peerEnv));
  return { appendChunk: earshot, tus: earshot, '@tus/server': peer };
}

/** Interleaved: every round sends the same files in each way, and begins with another one. */
async function oneRound(bench: Bench, round: number, files: Files): Promise<UploadRound> {
  const shift = round % UPLOAD_NAMES.length;
  const order = [...UPLOAD_NAMES.slice(shift), ...UPLOAD_NAMES.slice(0, shift)];
  const measures: [UploadName, UploadMeasure][] = [];
  for (const name of order) measures.push([name, await measure(bench, name, files)]);
  return Object.fromEntries(measures) as UploadRound;
}

async function measure(bench: Bench, name: UploadName, files: Files): Promise<UploadMeasure> {
  // What one server has left to the system to write must not be paid by the next.
  await promisify(execFile)('sync');
  const server = bench.servers[name];
  const before = await server.cpuSeconds();
  const { seconds, times } = await send(bench, name, files);
  const after = await server.cpuSeconds();
  const requests = files.uploads * files.chunks;
  return {
    megabytesPerSecond: (requests * CHUNK_BYTES) / 1e6 / seconds,
    requestsPerSecond: requests / seconds,
    times,
    cpu: ((after - before) * 1e6) / requests,
  };
}

/** How far the server's memory grows over many uploads at once, for each of them. */
async function memoryOf(bench: Bench): Promise<Record<UploadName, number>> {
  const grown: [UploadName, number][] = [];
  for (const name of UPLOAD_NAMES) {
    const { pid } = bench.servers[name];
    await resetPeak(pid);
    const before = await peakMib(pid);
    await send(bench, name, { uploads: CONCURRENT, chunks: 8, connections: CONCURRENT });
    grown.push([name, ((await peakMib(pid)) - before) / CONCURRENT]);
  }
  return Object.fromEntries(grown) as Record<UploadName, number>;
}

interface Files {
  uploads: number;
  chunks: number;
  connections?: number;
}

async function send(
  { servers, client, telecaller }: Bench,
  name: UploadName,
  files: Files,
): Promise<UploadResult> {
  const { uploads, chunks, connections = CONNECTIONS } = files;
  return client.run({
    url: servers[name].url,
    api: name === 'appendChunk' ? 'appendChunk' : 'tus',
    token: telecaller.token,
    callLogIds: await telecaller.calls(uploads),
    connections,
    chunkBytes: CHUNK_BYTES,
    chunks,
  });
}

/** Our server's tables, made by its own migrations. */
async function openTables(url: string): Promise<pg.Client> {
  await migrateDatabase(url);
  const database = new pg.Client({ connectionString: asSystem(url) });
  await database.connect();
  return database;
}

/** Whose calls are recorded: an open upload each. */
class Telecaller {
  private constructor(
    private readonly database: pg.Client,
    private readonly leadId: string,
    private readonly userId: string,
    readonly token: string,
  ) {}

  static async create(database: pg.Client): Promise<Telecaller> {
    const [userId, leadId] = [randomUUID(), randomUUID()];
    await database.query(
      `insert into users (id, inserted_at, name, email, role) values ($1, now(), 'A telecaller', 'telecaller@example.com', 'TELECALLER')`,
      [userId],
    );
    await database.query(
      `insert into leads (id, inserted_at, name, phone, status, telecaller_id) values ($1, now(), 'A lead', '+919800000000', 'NEW', $2)`,
      [leadId, userId],
    );
    const tokens = new Tokens({ kind: 'secret', secret: SECRETS.jwt, lifetime: 3600 });
    return new Telecaller(database, leadId, userId, (await tokens.issue(userId)).accessToken);
  }

  /** Calls that nobody has recorded yet. */
  async calls(count: number): Promise<string[]> {
    const { rows } = await this.database.query<{ id: string }>(
      `insert into call_logs (id, inserted_at, lead_id, telecaller_id, outcome, started_at)
       select gen_random_uuid(), now(), $1, $2, 'CONNECTED', now() from generate_series(1, $3) returning id`,
      [this.leadId, this.userId, count],
    );
    return rows.map(({ id }) => id);
  }
}
