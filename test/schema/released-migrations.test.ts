import { createHash } from 'node:crypto';
import { Migration } from '@mikro-orm/migrations';
import type { MikroORM } from '@mikro-orm/postgresql';
import { databaseOptions, migrate } from '../../server/database.js';
import { createOrm, type TestDatabase, type TestOrm } from '../support/database.js';

/**
 * What each migration told the database when it landed. One that has landed has run somewhere: change the tables by a
 * new one, and add it here.
 */
const RELEASED: Readonly<Record<string, string>> = {
  '20261120000000-initial': 'a22df14d316019a9',
  '20261120010000-recording-changed': '96443b4c10335f12',
  '20261120020000-row-level-security': '06f4c068b0e87375',
  '20261120030000-sign-in-attempts': '3ac26cbb9953e361',
  '20261120035000-list-orders': 'a50cfc78ea213866',
  '20261120040000-provider-events': '732e30816277301a',
  '20261120050000-migration-runs': '9391bc9941851697',
  '20261120060000-sweeps-and-audit': '4cd276b88e91571d',
  '20261120070000-media': '02d2b10bcb3c28f5',
  '20261120080000-reviews': 'd3e51bc3d5aff140',
  '20261120090000-interviewer-keys': '8b00dfcf05be0e3c',
  '20261120100000-direct-uploads': '0a01288095151c80',
  '20261120105000-deferred-length': '748df71a6c61a4fe',
  '20261120110000-candidate-order': '73632b7606cbf2de',
  '20261120120000-shared-collection': 'bde1ad1ab2f5ce48',
  '20261120130000-sweep-faults': 'e712f78b46e60c97',
  '20261120140000-audit-of-settings': '5f302a1d0f8f7876',
};

let opened: TestOrm;
let database: TestDatabase;
let orm: MikroORM;

beforeEach(async () => {
  opened = await createOrm();
  ({ database, orm } = opened);
});
afterEach(() => opened[Symbol.asyncDispose]());

/** Of the statements, whatever the lines they are broken into. */
async function digestOf(migration: unknown): Promise<string> {
  const made: unknown =
    typeof migration === 'function'
      ? Reflect.construct(migration, [orm.em.getDriver(), orm.config])
      : migration;
  if (!(made instanceof Migration)) throw new Error('no migration');
  await made.up();
  const statements = made.getQueries().map((query) => String(query).replace(/\s+/g, ' ').trim());
  return createHash('sha256').update(statements.join(';\n')).digest('hex').slice(0, 16);
}

it('migrations that have landed say what they said then', async () => {
  const { migrations } = databaseOptions({ url: database.url, poolSize: 1 });
  const digests = (migrations?.migrationsList ?? []).map(async (entry) => {
    if (!('class' in entry)) throw new Error('a migration without a name');
    return [entry.name, await digestOf(entry.class)] as const;
  });
  expect(Object.fromEntries(await Promise.all(digests))).toEqual(RELEASED);
});

/** With what main did from its first commit, and with what it did when it made the orders of lists with their tables. */
it.each([
  ['of the first commits', '20261120030000-sign-in-attempts', []],
  ['that had the orders of lists early', '20261120050000-migration-runs', ['20261120035000-list-orders']],
])('a database %s comes up to date with its rows', async (_name, upTo, unnamed) => {
  await database.query('drop schema public cascade');
  await database.query('create schema public');
  await orm.migrator.up({ to: upTo });
  await database.query('delete from earshot_migrations where name = any($1)', [unnamed]);
  await database.query(
    `insert into leads (id, inserted_at, name, phone, status) values (gen_random_uuid(), '2026-01-01', 'A lead', '+919800000000', 'NEW')`,
  );
  await database.query(
    `insert into cati_calls (id, inserted_at, provider, call_id, status) values (gen_random_uuid(), '2026-01-02', 'deepcall', '1', 'COMPLETED')`,
  );
  await migrate(orm);
  expect(await orm.migrator.getPending()).toEqual([]);
  const order = await database.query(
    `select extract(year from contact_order at time zone 'UTC')::int as lead, extract(day from began_at at time zone 'UTC')::int as call from leads, cati_calls`,
  );
  expect(order).toEqual([{ lead: 1, call: 2 }]);
});
