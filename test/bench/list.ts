import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tokens } from '../../server/auth/tokens.js';
import { startEmbeddedPostgres } from '../../server/postgres/embedded-postgres.js';
import { installPeers, SECRETS, startContestants } from './contestants.js';
import { CALL_LOGS, fillDatabase, telecallerIds } from './fill.js';
import { requireEqualAnswers } from './list-answers.js';
import { requestBody } from './list-query.js';
import { LoadClient } from './load.js';
import { summarise, type Line } from './report.js';
import { measure } from './rounds.js';

const VIEWERS = 50;

export interface ListOptions {
  quick: boolean;
  /** Our server's built entry. */
  main: string;
}

/** One page of call logs with lead, recording and signed links: our server beside four others, on one database. */
export async function benchList({ quick, main }: ListOptions): Promise<Line[]> {
  await installPeers();
  await using stack = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), 'earshot-bench-'));
  stack.defer(() => rm(dataDir, { recursive: true, force: true }));
  const postgres = stack.use(
    await startEmbeddedPostgres({ dataDir, durability: 'test', elsewhere: [tmpdir()] }),
  );
  process.stderr.write(`filling ${CALL_LOGS} call logs\n`);
  await fillDatabase(postgres.url);
  const tokens = await tokensOf(await telecallerIds(postgres.url, VIEWERS));
  const contestants = await startContestants(stack, { databaseUrl: postgres.url, dataDir, main });
  await requireEqualAnswers(contestants, tokens.slice(0, 5));
  const client = stack.use(new LoadClient());
  const rounds = await measure(contestants, client, {
    rounds: 5,
    requests: quick ? 300 : 1500,
    warmUp: quick ? 500 : 1500,
    connections: 8,
    tokens,
    body: (name) => requestBody(name),
  });
  return summarise(rounds);
}

async function tokensOf(userIds: readonly string[]): Promise<string[]> {
  const tokens = new Tokens({ kind: 'secret', secret: SECRETS.jwt, lifetime: 3600 });
  return Promise.all(userIds.map(async (id) => (await tokens.issue(id)).accessToken));
}
