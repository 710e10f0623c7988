import { RepeatedStatements } from './repeated-statements.js';

const READ = 'select "id", count(*) from "leads" where "id" = $1';

/** The names that so many uses of it are given. */
function uses(statements: RepeatedStatements, text: string, count: number): (string | undefined)[] {
  return Array.from({ length: count }, () => statements.nameOf(text));
}

it('names a read at its sixth use, and the same from then on', () => {
  const statements = new RepeatedStatements();
  const names = uses(statements, READ, 8);
  expect(names.slice(0, 5)).toEqual(Array(5).fill(undefined));
  expect(new Set(names.slice(5))).toEqual(new Set(['read_1']));
  expect(uses(statements, `with page as (${READ}) select "id" from page`, 6).at(-1)).toBe('read_2');
});

it.each([
  ['what writes', 'update "leads" set "name" = $1'],
  ['what names no columns', 'select * from "leads"'],
  ['what names no columns of one table', 'select "leads".* from "leads"'],
  ['what names no columns of an inner query', 'select "id" from (select * from "leads") as "x"'],
  ['what is long', `select ${'1, '.repeat(3000)} 1`],
])('never names %s', (_what, text) => {
  expect(uses(new RepeatedStatements(), text, 20).filter(Boolean)).toEqual([]);
});

it('forgets what was asked longest ago, and gives no name twice', () => {
  const statements = new RepeatedStatements();
  const [often, once] = [uses(statements, READ, 6).at(-1), uses(statements, `${READ} limit 1`, 6).at(-1)];
  for (let n = 0; n < 199; n++) {
    statements.nameOf(`${READ} offset ${n}`);
    expect(statements.nameOf(READ)).toBe(often);
  }
  const again = uses(statements, `${READ} limit 1`, 6);
  expect(again.slice(0, 5)).toEqual(Array(5).fill(undefined));
  expect(again.at(-1)).not.toBe(once);
  expect(again.at(-1)).not.toBe(often);
});
