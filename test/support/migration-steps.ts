import { migrationChanged } from '../../server/migration-runs/migration-changed.topic.js';
import type { RunLedger } from '../../server/migration-runs/run-ledger.js';
import { RunMoves } from '../../server/migration-runs/run-moves.js';
import type { RunStatus } from '../../server/migration-runs/run-states.js';
import { systemTransaction } from '../../server/unit-of-work.js';
import { graphql, tokenOf } from './graphql.js';
import { ScriptedCopier } from './scripted-copier.js';
import { TestApp } from './test-app.js';

export interface RunFacts {
  id: string;
  status: RunStatus;
  status_reason: string | null;
  /** Null until it is counted. */
  total: number | null;
  uploaded: number;
  skipped: number;
  deleted: number;
  failed: number;
  bytes: number;
}

/** An API without a worker: runs wait for those that a test begins, which copy by this copier. */
export async function startWithoutWorker(): Promise<{ app: TestApp; copier: ScriptedCopier; token: string }> {
  const app = await TestApp.start({ env: { EARSHOT_ROLES: 'api' } });
  const copier = Object.assign(new ScriptedCopier(), { database: app.database });
  return { app, copier, token: await tokenOf(app, await app.make.user('ADMIN')) };
}

/** A ledger of a test's own kind, for a worker of this app. */
export function ledgerOf({ services }: TestApp, Ledger: typeof RunLedger): RunLedger {
  const { orm, pubsub } = services;
  return new Ledger(systemTransaction(orm), new RunMoves(pubsub), pubsub);
}

/** Calls with an expected recording each, the later ones expiring later. Answers the recordings' ids in that order. */
export async function seedCalls(app: TestApp, count: number, provider = 'deepcall'): Promise<string[]> {
  const rows = await app.database.query<{ id: string }>(
    `with made as (
       insert into recordings (id, inserted_at, updated_at, status, source_url, source_expires_at)
       select gen_random_uuid(), now() - interval '1 minute', now(), 'EXPECTED', 'https://rec.example.com/' || n,
         now() + interval '10 days' + n * interval '1 hour'
       from generate_series(1, $1::int) n returning id, source_expires_at
     ), calls as (
       insert into cati_calls (id, inserted_at, provider, call_id, status, recording_id, started_at)
       select gen_random_uuid(), now() - interval '1 minute', $2, 'call-' || id, 'COMPLETED', id, now() - interval '1 hour'
       from made
     )
     select id from made order by source_expires_at`,
    [count, provider],
  );
  return rows.map(({ id }) => id);
}

export async function startRun(app: TestApp, token: string, input: object = {}): Promise<string> {
  const answer = await graphql<{ startMigration: { migration: { id: string } } }>(
    app,
    'mutation($input: StartMigrationInput!) { startMigration(input: $input) { migration { id } } }',
    { token, variables: { input } },
  );
  if (!answer.data) throw new Error(answer.text);
  return answer.data.startMigration.migration.id;
}

/** Quiet hours that have begun, and are not over for hours. */
export function quietNow(): { from: string; to: string; timeZone: string } {
  const at = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
  return { from: at(-2), to: at(2), timeZone: 'UTC' };
}

export type RunAction = 'pause' | 'resume' | 'cancel';

export async function actOn(app: TestApp, token: string, action: RunAction, id: string): Promise<string> {
  const answer = await graphql(
    app,
    `mutation($id: ID!) { ${action}Migration(input: { id: $id }) { migration { status } } }`,
    {
      token,
      variables: { id },
    },
  );
  return answer.code;
}

export async function runFacts(app: TestApp, id: string): Promise<RunFacts> {
  const [row] = await app.database.query<RunFacts>(
    `select id, status, status_reason, total, uploaded, skipped, deleted, failed, bytes::int
     from migration_runs where id = $1`,
    [id],
  );
  if (!row) throw new Error('no such run');
  return row;
}

/** Resolves when the run is as wanted, looking whenever it is told of. */
export async function runUntil(
  app: TestApp,
  id: string,
  wanted: RunStatus | ((run: RunFacts) => boolean),
): Promise<RunFacts> {
  const isWanted = typeof wanted === 'function' ? wanted : (run: RunFacts) => run.status === wanted;
  return new Promise((resolve, reject) => {
    const look = (): void => {
      runFacts(app, id).then((run) => {
        if (!isWanted(run)) return;
        stop();
        resolve(run);
      }, reject);
    };
    const stop = app.services.pubsub.subscribe(migrationChanged, look);
    look();
  });
}
