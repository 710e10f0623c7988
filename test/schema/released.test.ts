import { readFile } from 'node:fs/promises';
import { buildSchema, findBreakingChanges, findDangerousChanges, type GraphQLSchema } from 'graphql';
import { createSchema } from '../../server/schema.js';

/** schema.graphql of the last release: `cp schema.graphql test/schema/released.graphql` belongs to each release. */
const text = await readFile(new URL('./released.graphql', import.meta.url), 'utf8');

const brokenBy = (next: GraphQLSchema): string[] =>
  findBreakingChanges(buildSchema(text), next).map(({ description }) => description);

/** What may surprise a client that is not prepared for it: a further value of an enum, a further argument. */
const dangersOf = (next: GraphQLSchema): string[] =>
  findDangerousChanges(buildSchema(text), next).map(({ description }) => description);

/** Those that were weighed and told of in the changelog. Emptied by each release. */
const WEIGHED: readonly string[] = [
  'INTERVIEWER_ASSIGNED was added to enum type AuditKind.',
  'MIGRATION_LIMITS_CHANGED was added to enum type AuditKind.',
  'SAMPLING_RULE_SET was added to enum type AuditKind.',
  'WEBHOOK_REPLAYED was added to enum type AuditKind.',
];

it('whoever works with the released schema works with this one', async () => {
  expect(brokenBy(await createSchema())).toEqual([]);
});

it('nothing surprises them but what was weighed', async () => {
  expect(dangersOf(await createSchema()).toSorted()).toEqual(WEIGHED.toSorted());
});

it.each([
  ['a further value', /^ {2}UPLOADED$/m, '  UPLOADED\n  STORED'],
  ['a further argument', /^ {2}parts\(\n/m, '  parts(\n    mood: String\n'],
  ['a further field of an input', 'input LogCallInput {', 'input LogCallInput {\n  mood: String'],
])('%s is noticed', (_what, before, after) => {
  const changed = text.replace(before, after);
  expect(changed).not.toBe(text);
  expect(dangersOf(buildSchema(changed))).not.toEqual([]);
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
