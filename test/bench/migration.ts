import { tmpdir } from 'node:os';
import pg from 'pg';
import { EarshotClient } from '../../sdk/core/index.js';
import { Tokens } from '../../server/auth/tokens.js';
import { migrateDatabase } from '../support/database.js';
import { newId } from '../../server/entity.js';
import { startEmbeddedPostgres } from '../../server/postgres/embedded-postgres.js';
import { DataDir } from '../support/data-dir.js';
import { providerEnv } from '../support/provider-app.js';
import { callIdOf, seedProviderCalls } from '../support/provider-calls.js';
import { SECRETS, ServerProcess } from '../support/server-process.js';
import { Child } from './child.js';
import type { Copying } from './copy-process.js';
import { asSystem } from './fill.js';
import { CONCURRENCY, summariseMigration } from './migration-report.js';
import type { MigrationLine, MigrationRound, Pair, Way } from './migration-report.js';

interface Provider {
  origin: string;
  host: string;
  /** Of the call CALL. */
  url: string;
}

/** A whole server as `npm start` runs it, beside ways to copy that know nothing of it; one provider for all. */
export async function benchMigration({ quick }: { quick: boolean }): Promise<MigrationLine[]> {
  await using stack = new AsyncDisposableStack();
  const dir = stack.use(await DataDir.create());
  const postgres = stack.use(await startEmbeddedPostgres({ dataDir: dir.path, elsewhere: [tmpdir()] }));
  const provider = await stack.use(new Child<object, Provider>('provider-process.ts')).ask({});
  const database = stack.adopt(await connect(postgres.url), (client) => client.end());
  const copier = stack.use(new Child<Copying, { seconds: number }>('copy-process.ts'));
  const server = stack.use(
    await ServerProcess.start(dir.path, {
      ...SECRETS,
      ...providerEnv(provider),
      DATABASE_URL: postgres.url,
      // Waveforms are made afterwards, by jobs of their own.
      MEDIA: '0',
    }),
  );
  const client = await adminOf(server, database);
  const bench = new Bench(client, database, provider, copier);
  const count = quick ? 200 : 600;
  await bench.round(0, Math.ceil(count / 4));
  const rounds: MigrationRound[] = [];
  for (let round = 1; round <= (quick ? 3 : 5); round++) {
    rounds.push(await bench.round(round, count));
    process.stderr.write(`round ${round}\n`);
  }
  return summariseMigration(rounds);
}

class Bench {
  constructor(
    private readonly client: EarshotClient,
    private readonly database: pg.Client,
    private readonly provider: Provider,
    private readonly copier: Child<Copying, { seconds: number }>,
  ) {}

  /** Both pairs, one after the other; the one that begins changes from round to round. */
  async round(round: number, count: number): Promise<MigrationRound> {
    const loop = await this.pair('loop', round, count);
    return { loop, batches: await this.pair('batches', round, count) };
  }

  private async pair(way: Way, round: number, count: number): Promise<Pair> {
    if (round % 2 === 0) {
      const run = await this.run(way, round, count);
      return { run, other: await this.other(way, count) };
    }
    const other = await this.other(way, count);
    return { run: await this.run(way, round, count), other };
  }

  /** From the mutation to the last event, as somebody who watches sees it. */
  private async run(way: Way, round: number, count: number): Promise<number> {
    const campaign = `${way} ${round}`;
    const [before = '', after = ''] = this.provider.url.split('CALL');
    await seedProviderCalls(
      { query: async (text, values) => (await this.database.query(text, values)).rows },
      { urlOf: (callId) => before + callId + after },
      { count, prefix: `${way}${round}x`, campaign },
    );
    await this.database.query('vacuum analyze');
    const started = performance.now();
    const { id } = await this.client.startMigration({ concurrency: CONCURRENCY[way], filter: { campaign } });
    let uploaded = 0;
    for await (const { progress } of this.client.watchMigration(id)) ({ uploaded } = progress);
    if (uploaded !== count) throw new Error(`the run copied ${uploaded} of ${count}`);
    return (count * 1000) / (performance.now() - started);
  }

  private async other(way: Way, count: number): Promise<number> {
    const urls = Array.from({ length: count }, (_, index) =>
      this.provider.url.replace('CALL', callIdOf('other', index + 1)),
    );
    const { seconds } = await this.copier.ask({ urls, concurrency: CONCURRENCY[way], way });
    return count / seconds;
  }
}

async function connect(url: string): Promise<pg.Client> {
  await migrateDatabase(url);
  const client = new pg.Client({ connectionString: asSystem(url) });
  await client.connect();
  return client;
}

async function adminOf(server: ServerProcess, database: pg.Client): Promise<EarshotClient> {
  const id = newId();
  await database.query(
    `insert into users (id, inserted_at, name, email, role) values ($1, now(), 'Ada', 'ada@example.com', 'ADMIN')`,
    [id],
  );
  const tokens = new Tokens({ kind: 'secret', secret: SECRETS.AUTH_JWT_SECRET, lifetime: 3600 });
  return new EarshotClient({ url: `${server.url}/graphql`, token: (await tokens.issue(id)).accessToken });
}
