import { tmpdir } from 'node:os';
import type pg from 'pg';
import { EarshotClient, type Migration } from '../../sdk/core/index.js';
import { Tokens } from '../../server/auth/tokens.js';
import { migrateDatabase } from '../support/database.js';
import { newId } from '../../server/entity.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../server/postgres/embedded-postgres.js';
import { DataDir } from '../support/data-dir.js';
import { FakeProvider } from '../support/fake-provider/fake-provider.js';
import { providerEnv } from '../support/provider-app.js';
import { seededWav } from '../support/seeded-wav.js';
import { SECRETS, ServerProcess } from '../support/server-process.js';
import { systemQuery } from '../support/system-query.js';

/** A second of audio: small enough that thousands fit on a disk. */
const AUDIO_BYTES = 16_044;

/** A PostgreSQL of its own, a fake provider, one process for the API and any number of workers. */
export class Farm implements AsyncDisposable {
  private readonly workers: ServerProcess[] = [];
  private api: ServerProcess | undefined;

  private constructor(
    readonly dir: DataDir,
    readonly fake: FakeProvider,
    private postgres: EmbeddedPostgres,
  ) {}

  static async start(): Promise<Farm> {
    const dir = await DataDir.create();
    const audio = await (await seededWav('heavy', AUDIO_BYTES)).read(0, AUDIO_BYTES);
    const fake = await FakeProvider.start({ audio });
    const farm = new Farm(dir, fake, await postgresIn(dir));
    await migrateDatabase(farm.postgres.url);
    return farm;
  }

  /** One statement beside the servers. */
  readonly database = {
    query: <Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]> =>
      systemQuery<Row>(this.postgres.url, text, values),
  };

  /** An admin's client of the API's process, which it starts. */
  async admin(): Promise<EarshotClient> {
    this.api = await this.process('api');
    const id = newId();
    await this.database.query(
      `insert into users (id, inserted_at, name, email, role) values ($1, now(), 'Ada', 'ada@example.com', 'ADMIN')`,
      [id],
    );
    const tokens = new Tokens({ kind: 'secret', secret: SECRETS.AUTH_JWT_SECRET, lifetime: 3600 });
    const { accessToken } = await tokens.issue(id);
    return new EarshotClient({ url: `${this.api.url}/graphql`, token: accessToken });
  }

  async worker(): Promise<ServerProcess> {
    const worker = await this.process('worker');
    this.workers.push(worker);
    return worker;
  }

  /** Every connection breaks, and for a moment none is accepted. */
  async restartPostgres(): Promise<void> {
    const port = Number(new URL(this.postgres.url).port);
    await this.postgres.stop();
    this.postgres = await postgresIn(this.dir, port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const servers = this.api ? [...this.workers, this.api] : this.workers;
    await Promise.all(servers.map((server) => server.end('SIGKILL')));
    await this.fake.stop();
    await this.postgres.stop();
    await this.dir[Symbol.asyncDispose]();
  }

  private process(role: 'api' | 'worker'): Promise<ServerProcess> {
    return ServerProcess.start(this.dir.path, {
      ...SECRETS,
      ...providerEnv(this.fake),
      DATABASE_URL: this.postgres.url,
      EARSHOT_ROLES: role,
      LOG_LEVEL: 'error',
      // Waveforms are made beside the copying, at their own time, and are objects too.
      MEDIA: '0',
    });
  }
}

const postgresIn = (dir: DataDir, port?: number): Promise<EmbeddedPostgres> =>
  startEmbeddedPostgres({ dataDir: dir.path, durability: 'test', elsewhere: [tmpdir()], port });

/** Follows the run to its end; `at` is called for each state on the way, and waited for. */
export async function followed(
  client: EarshotClient,
  id: string,
  at: (run: Migration) => Promise<void> | void = () => undefined,
): Promise<Migration> {
  let latest: Migration | undefined;
  for await (latest of client.watchMigration(id)) await at(latest);
  if (!latest) throw new Error('nothing was told of the run');
  return latest;
}

export const sumOf = ({ progress }: Migration): number =>
  progress.uploaded + progress.skipped + progress.deleted + progress.failed + progress.remaining;

/** What a test found out, for whoever reads its output. */
export function tell(name: string, figures: Record<string, unknown>): void {
  process.stdout.write(`${name}: ${JSON.stringify(figures)}\n`);
}
