import { readFile } from 'node:fs/promises';
import { buildSchema, findBreakingChanges, type GraphQLSchema } from 'graphql';
import { createSchema } from '../../server/schema.js';

/** schema.graphql of the last release: `cp schema.graphql test/schema/released.graphql` belongs to each release. */
const text = await readFile(new URL('./released.graphql', import.meta.url), 'utf8');

const brokenBy = (next: GraphQLSchema): string[] =>
  findBreakingChanges(buildSchema(text), next).map(({ description }) => description);

it('whoever works with the released schema works with this one', async () => {
  expect(brokenBy(await createSchema())).toEqual([]);
});

it.each([
  ['a field', 'durationMs: Int\n', 'lengthMs: Int\n'],
  ['a value', /^ {2}UPLOADED$/m, '  STORED'],
  ['a type', 'filename: String\n', 'filename: Int\n'],
])('%s that is gone is noticed', (_what, before, after) => {
  const changed = text.replace(before, after);
  expect(changed).not.toBe(text);
  expect(brokenBy(buildSchema(changed))).not.toEqual([]);
});
