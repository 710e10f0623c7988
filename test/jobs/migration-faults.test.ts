import { RunLedger, type Claim } from '../../server/migration-runs/run-ledger.js';
import { isFinal } from '../../server/migration-runs/run-states.js';
import { createRunSupervisor } from '../../server/workers.js';
import { DatabaseRelay } from '../support/database-relay.js';
import { ledgerOf, runUntil, seedCalls, startRun, startWithoutWorker } from '../support/migration-steps.js';
import type { ScriptedCopier } from '../support/scripted-copier.js';
import { TestApp } from '../support/test-app.js';

const CALLS = 30;

let app: TestApp;
let copier: ScriptedCopier;
let token: string;

beforeEach(async () => {
  ({ app, copier, token } = await startWithoutWorker());
  await seedCalls(app, CALLS);
});
afterEach(() => app[Symbol.asyncDispose]());

const untilEnd = (id: string) => runUntil(app, id, ({ status }) => isFinal(status));

it('however often the database breaks off its work, a run goes on', async () => {
  await using relay = await DatabaseRelay.open(app.database.url);
  await using _worker = await TestApp.start({
    shareWith: app,
    copier,
    env: {
      EARSHOT_ROLES: 'worker',
      DATABASE_URL: relay.url,
      CLAIM_SECONDS: '2',
      CLAIM_RENEWAL_SECONDS: '0.5',
    },
  });
  // With a rest between batches no call is taken ahead: each that cannot be taken ends the worker's part.
  const id = await startRun(app, token, { concurrency: 1, batchSize: 1, delayMs: 1 });
  const ended = untilEnd(id);
  for (let times = 0; times < 8; times += 1)
    await Promise.race([relay.loseAnswerTo('update migration_claims set worker_id ='), ended]);
  expect(await ended).toMatchObject({ status: 'SUCCEEDED', uploaded: CALLS });
});

describe('a worker with a defect', () => {
  async function runWith(fails: (claim: number) => boolean) {
    let claims = 0;
    class FailingLedger extends RunLedger {
      override claim(...given: Parameters<RunLedger['claim']>): Promise<Claim[]> {
        return fails(++claims) ? Promise.reject(new Error('a defect')) : super.claim(...given);
      }
    }
    const ledger = ledgerOf(app, FailingLedger);
    const worker = createRunSupervisor(app.services, { copier, works: true, ledger });
    worker.start();
    const id = await startRun(app, token, { concurrency: 1, batchSize: 1, delayMs: 1 });
    const run = await untilEnd(id);
    await worker.stop();
    return run;
  }

  it('that keeps it from every call: the run fails, and says so', async () => {
    expect(await runWith((claim) => claim > 3)).toMatchObject({
      status: 'FAILED',
      status_reason: 'A fault of the server stopped this run. Its log has the reason.',
    });
  });

  it('that passes, again and again: every call is copied', async () => {
    expect(await runWith((claim) => claim % 4 === 0)).toMatchObject({
      status: 'SUCCEEDED',
      uploaded: CALLS,
    });
  });
});
