import { DryRun, type SourceSampler } from '../../server/migration-runs/dry-run.js';
import { RunLedger } from '../../server/migration-runs/run-ledger.js';
import { RunMoves } from '../../server/migration-runs/run-moves.js';
import type { SupervisorParts } from '../../server/migration-runs/run-supervisor.js';
import { systemTransaction } from '../../server/unit-of-work.js';
import { createRunSupervisor } from '../../server/workers.js';
import { tokenOf } from '../support/graphql.js';
import { runUntil, seedCalls, startRun } from '../support/migration-steps.js';
import { ScriptedCopier } from '../support/scripted-copier.js';
import { TestApp } from '../support/test-app.js';

let app: TestApp;
let copier: ScriptedCopier;
let token: string;

beforeAll(async () => {
  app = await TestApp.start({ env: { EARSHOT_ROLES: 'api' } });
  copier = Object.assign(new ScriptedCopier(), { database: app.database });
  token = await tokenOf(app, await app.make.user('ADMIN'));
  await seedCalls(app, 3);
});
afterAll(() => app[Symbol.asyncDispose]());

function planner(sizeOf: SourceSampler['sizeOf']): DryRun {
  const { orm, pubsub } = app.services;
  return new DryRun(systemTransaction(orm), new RunMoves(pubsub), undefined, { sizeOf });
}

const worker = (parts: Partial<SupervisorParts>) =>
  createRunSupervisor(app.services, { copier, works: true, ...parts });

it('a process that stops begins no run that it has just looked at', async () => {
  const looked = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  class SlowLedger extends RunLedger {
    override async look(id: string) {
      const run = await super.look(id);
      looked.resolve();
      await goOn.promise;
      return run;
    }
  }
  const { orm, pubsub } = app.services;
  const ledger = new SlowLedger(systemTransaction(orm), new RunMoves(pubsub), pubsub);
  const id = await startRun(app, token);
  const runs = worker({ ledger });
  runs.start();
  await looked.promise;
  const stopped = runs.stop();
  goOn.resolve();
  await stopped;
  expect(copier.asked).toEqual([]);

  const next = worker({});
  next.start();
  await runUntil(app, id, 'SUCCEEDED');
  await next.stop();
  expect(copier.asked).toHaveLength(3);
});

it('a process that stops has ended its plan, which another one makes at once', async () => {
  await seedCalls(app, 3);
  const asked = Promise.withResolvers<void>();
  let hasEnded = false;
  const sizeOf = async (_id: string, signal: AbortSignal): Promise<undefined> => {
    asked.resolve();
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    await app.database.query('select pg_sleep(0.1)');
    hasEnded = true;
  };
  const id = await startRun(app, token, { dryRun: true });
  const runs = worker({ dryRun: planner(sizeOf) });
  runs.start();
  await asked.promise;
  await runs.stop();
  expect(hasEnded).toBe(true);

  const next = worker({ dryRun: planner(() => Promise.resolve(1000)) });
  next.start();
  await runUntil(app, id, 'SUCCEEDED');
  await next.stop();
  const [made] = await app.database.query<{ plan: object }>('select plan from migration_runs where id = $1', [
    id,
  ]);
  expect(made?.plan).toMatchObject({ calls: 3, estimatedBytes: 3000 });
});
