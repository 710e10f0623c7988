import { asSystem } from '../../server/database-session.js';
import { walkCandidates } from '../../server/migration-runs/candidate-walk.js';
import type { RunRow } from '../../server/migration-runs/run-row.js';
import type { Transaction } from '../../server/unit-of-work.js';
import { tokenOf } from '../support/graphql.js';
import { runUntil, seedCalls, startRun } from '../support/migration-steps.js';
import { ScriptedCopier } from '../support/scripted-copier.js';
import { TestApp } from '../support/test-app.js';

/** More than two pages' worth. */
const CALLS = 4100;
const PAGE = 2000;

let app: TestApp;
let ids: string[];
let transaction: Transaction;
let run: RunRow;
beforeAll(async () => {
  app = await TestApp.start({ copier: new ScriptedCopier() });
  transaction = (work) => asSystem(() => app.services.orm.em.fork().transactional(work));
  await app.database.query('alter table recordings disable trigger user');
  ids = await seedCalls(app, CALLS);
  const token = await tokenOf(app, await app.make.user('ADMIN'));
  const id = await startRun(app, token, { dryRun: true, maxCalls: 1 });
  await runUntil(app, id, 'SUCCEEDED');
  [run] = (await app.database.query<RunRow>('select * from migration_runs where id = $1', [id])) as [RunRow];
});
afterAll(() => app[Symbol.asyncDispose]());

/** A run of these options that began when all calls were there. */
const runOf = (options: Partial<RunRow> = {}): RunRow => ({ ...run, max_calls: null, ...options });

const always = () => Promise.resolve(true);

it.each(['EXPIRING_FIRST', 'NEWEST_FIRST', 'OLDEST_FIRST'] as const)(
  'counts every candidate once, and samples all along the order: %s',
  async (sort_order) => {
    await app.database.query(
      `update recordings set source_url = 'https://other@elsewhere.example.com:8443?x' where id = any($1)`,
      [ids.slice(0, 100)],
    );
    const found = await walkCandidates(transaction, runOf({ sort_order }), {
      samples: 50,
      goesOn: always,
      pageSize: PAGE,
    });
    expect(found).toMatchObject({
      calls: CALLS,
      hosts: [
        { host: 'rec.example.com', count: CALLS - 100 },
        { host: 'elsewhere.example.com', count: 100 },
      ],
    });
    expect(new Set(found?.sample).size).toBe(50);
    if (sort_order !== 'EXPIRING_FIRST') return;
    const places = found?.sample.map((id) => ids.indexOf(id)) ?? [];
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    const gaps = places.slice(1).map((place, n) => place - (places[n] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan((2.2 * CALLS) / 50);
  },
);

it.each([1, 49, 50, 51, 99, 149])('samples %i candidates as evenly as can be', async (count) => {
  const campaign = `of ${count}`;
  await app.database.query(`update cati_calls set campaign = $1 where recording_id = any($2)`, [
    campaign,
    ids.slice(count * 20, count * 21),
  ]);
  const found = await walkCandidates(transaction, runOf({ campaign }), {
    samples: 50,
    goesOn: always,
    pageSize: PAGE,
  });
  expect(found?.calls).toBe(count);
  expect(found?.sample).toHaveLength(Math.min(50, count));
});

it('ends between two pages where it is not wanted any more', async () => {
  let asked = 0;
  const once = () => Promise.resolve(++asked < 2);
  expect(
    await walkCandidates(transaction, runOf(), { samples: 50, goesOn: once, pageSize: PAGE }),
  ).toBeUndefined();
  expect(asked).toBe(2);
});
