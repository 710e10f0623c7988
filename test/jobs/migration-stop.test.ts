import { DryRun, type SourceSampler } from '../../server/migration-runs/dry-run.js';
import type { MigrationPlan } from '../../server/migration-runs/migration-plan.js';
import { RunLedger } from '../../server/migration-runs/run-ledger.js';
import { RunMoves } from '../../server/migration-runs/run-moves.js';
import type { SupervisorParts } from '../../server/migration-runs/run-supervisor.js';
import { systemTransaction } from '../../server/unit-of-work.js';
import { createRunSupervisor } from '../../server/workers.js';
import {
  actOn,
  ledgerOf,
  quietNow,
  runUntil,
  seedCalls,
  startRun,
  startWithoutWorker,
} from '../support/migration-steps.js';
import type { ScriptedCopier } from '../support/scripted-copier.js';
import type { TestApp } from '../support/test-app.js';

let app: TestApp;
let copier: ScriptedCopier;
let token: string;

beforeAll(async () => {
  ({ app, copier, token } = await startWithoutWorker());
  await seedCalls(app, 3);
});
afterAll(() => app[Symbol.asyncDispose]());

function planner(sizeOf: SourceSampler['sizeOf']): DryRun {
  const { orm, pubsub } = app.services;
  return new DryRun(systemTransaction(orm), new RunMoves(pubsub), undefined, { sizeOf });
}

async function planOf(id: string): Promise<MigrationPlan> {
  const [made] = await app.database.query<{ plan: MigrationPlan }>(
    'select plan from migration_runs where id = $1',
    [id],
  );
  if (!made) throw new Error('no such run');
  return made.plan;
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
  const ledger = ledgerOf(app, SlowLedger);
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
  expect(await planOf(id)).toMatchObject({ calls: 3, estimatedBytes: 3000 });
});

it('a plan that was paused is made as soon as it is resumed', async () => {
  const asked = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const sizeOf = async (): Promise<number> => {
    asked.resolve();
    await goOn.promise;
    return 1000;
  };
  const runs = worker({ dryRun: planner(sizeOf) });
  runs.start();
  const id = await startRun(app, token, { dryRun: true });
  await asked.promise;
  await actOn(app, token, 'pause', id);
  await runUntil(app, id, 'PAUSED');
  goOn.resolve();
  await runs.stop();
  await actOn(app, token, 'resume', id);

  const next = worker({ dryRun: planner(sizeOf) });
  next.start();
  await runUntil(app, id, 'SUCCEEDED');
  await next.stop();
});

it('a plan reckons with quiet hours, and prices nothing that is stored already', async () => {
  const runs = worker({ dryRun: planner(() => Promise.resolve(1000)) });
  runs.start();
  const input = { dryRun: true, skipUploaded: false, quietHours: quietNow() };
  const id = await startRun(app, token, input);
  await runUntil(app, id, 'SUCCEEDED');
  await runs.stop();
  const plan = await planOf(id);
  expect(plan).toMatchObject({ calls: 6, alreadyStored: 3, estimatedBytes: 3000 });
  expect(plan.estimatedSeconds).toBeGreaterThan(3600);
});
