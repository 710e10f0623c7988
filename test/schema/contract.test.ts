import { readFile } from 'node:fs/promises';
import { buildSchema } from 'graphql';
import { ROOT_FIELDS } from '../../server/auth/policy.js';
import { ERROR_STATUS } from '../../server/errors.js';
import { createSchema } from '../../server/schema.js';
import { PENDING } from './pending.js';
import { factsOf, type Fact } from './schema-facts.js';

const promised = factsOf(buildSchema(await readFile(new URL('./contract.graphql', import.meta.url), 'utf8')));
const ours = factsOf(await createSchema());
const oursAt = new Map(ours.map((fact) => [fact.coordinate, fact]));
const promisedAt = new Map(promised.map((fact) => [fact.coordinate, fact]));
const pending = new Set(PENDING);

/** A type, field or argument is pending with what it belongs to. */
function isPending({ coordinate }: Fact): boolean {
  const [type = ''] = coordinate.split(/[. ]/);
  const [field = ''] = coordinate.split('(');
  return pending.has(type) || pending.has(field);
}

it('everything that was promised is there, but for what is pending', () => {
  const missing = promised.filter((fact) => !isPending(fact) && !oursAt.has(fact.coordinate));
  expect(missing.map(({ coordinate }) => coordinate)).toEqual([]);
});

it('by the same kind, type, nullability and default', () => {
  const both = promised.filter((fact) => !isPending(fact) && oursAt.has(fact.coordinate));
  const different = both.filter(({ coordinate, says }) => oursAt.get(coordinate)?.says !== says);
  expect(different.map(({ coordinate, says }) => [coordinate, says, oursAt.get(coordinate)?.says])).toEqual(
    [],
  );
  expect(both.length).toBeGreaterThan(200);
});

it('nothing further must be given', () => {
  const added = ours.filter(({ coordinate, required }) => required && !promisedAt.has(coordinate));
  const known = added.filter(({ coordinate }) => promisedAt.has(coordinate.split(/[.(]/)[0] ?? ''));
  const ofPromised = known.filter(
    ({ coordinate }) => !coordinate.includes('(') || promisedAt.has(coordinate.split('(')[0] ?? ''),
  );
  expect(ofPromised.map(({ coordinate }) => coordinate)).toEqual([]);
});

it('what is pending was promised, and is not there yet', () => {
  expect(PENDING.filter((name) => !promisedAt.has(name))).toEqual([]);
  expect(PENDING.filter((name) => oursAt.has(name))).toEqual([]);
});

it('everything is described', () => {
  const bare = ours.filter(({ description }) => !description?.trim());
  expect(bare.map(({ coordinate }) => coordinate)).toEqual([]);
});

it('every rule of the policy is for a field that is there', () => {
  expect(Object.keys(ROOT_FIELDS).filter((name) => !oursAt.has(name))).toEqual([]);
});

it('every error code that can be answered is in the schema', () => {
  const codes = ours.map(({ coordinate }) => coordinate).filter((name) => name.startsWith('ErrorCode.'));
  expect(codes.toSorted()).toEqual(
    Object.keys(ERROR_STATUS)
      .map((code) => `ErrorCode.${code}`)
      .toSorted(),
  );
});
