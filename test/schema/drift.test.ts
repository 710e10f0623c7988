import { readFile } from 'node:fs/promises';
import { SqlSchemaGenerator } from '@mikro-orm/sql';
import { MikroORM } from '@mikro-orm/postgresql';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { databaseOptions, migrate } from '../../server/database.js';
import { createSchema } from '../../server/schema.js';
import { createOrm, type TestDatabase, type TestOrm } from '../support/database.js';

let opened: TestOrm;
let database: TestDatabase;
let orm: MikroORM;

beforeAll(async () => {
  opened = await createOrm();
  ({ database, orm } = opened);
});
afterAll(() => opened[Symbol.asyncDispose]());

it('the tables are what the entities say', async () => {
  const entities = await MikroORM.init({
    ...databaseOptions({ url: database.url, poolSize: 1 }),
    // What only migrations know, and the table of another library.
    schemaGenerator: {
      ignoreTriggers: true,
      ignoreRoutines: true,
      ignorePolicies: true,
      skipTables: ['sign_in_attempts'],
    },
  });
  try {
    expect(await new SqlSchemaGenerator(entities.em).getUpdateSchemaSQL({ wrap: false })).toBe('');
  } finally {
    await entities.close();
  }
});

it('schema.graphql is what the resolvers say', async () => {
  const file = await readFile(new URL('../../schema.graphql', import.meta.url), 'utf8');
  expect(file).toBe(`${printSchema(lexicographicSortSchema(await createSchema()))}\n`);
});

describe('migrations', () => {
  it('are all in, and again change nothing', async () => {
    const before = await orm.migrator.getExecuted();
    expect(await orm.migrator.getPending()).toEqual([]);
    await migrate(orm);
    expect(await orm.migrator.getExecuted()).toEqual(before);
  });

  it('go forward only: down is refused, and leaves everything', async () => {
    await expect(orm.migrator.down()).rejects.toThrow(/cannot be reverted/);
    expect(await orm.migrator.getPending()).toEqual([]);
    expect(await database.query('select 1 from leads')).toEqual([]);
  });
});
