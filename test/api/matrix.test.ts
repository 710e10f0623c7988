import { readFile } from 'node:fs/promises';
import { buildSchema, type GraphQLSchema } from 'graphql';
import { hashPassword } from '../../server/auth/password.js';
import type { Role } from '../../server/auth/user.entity.js';
import { createSchema } from '../../server/schema.js';
import { fixture } from '../support/fixtures.js';
import { answerOf, graphql, type Answer } from '../support/graphql.js';
import { firstEvent } from '../support/one-event.js';
import { formHeaders, graphqlForm } from '../support/raw-request.js';
import { TestApp } from '../support/test-app.js';
import { World, type Whose } from '../support/world.js';
import { PUBLIC, ROLES, TABLE, type Row, type Word } from './matrix.table.js';

const present = rootFields(await createSchema());
const promised = rootFields(
  buildSchema(await readFile(new URL('../schema/contract.graphql', import.meta.url), 'utf8')),
);

/** So that events of a provider can be replayed. Nothing is fetched from it. */
const DEEPCALL = { DEEPCALL_USER_ID: '1', DEEPCALL_TOKEN: 'x', DEEPCALL_SSID: 'x' };

/** As much as the uploads are for, and enough to be known for audio. */
const AUDIO = (await fixture('call.amr')).subarray(0, 10);

function rootFields(schema: GraphQLSchema): string[] {
  return [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
    Object.keys(type?.getFields() ?? {}).map((field) => `${type?.name}.${field}`),
  );
}

describe('the table', () => {
  it('has every query, mutation and subscription', () => {
    const inTable = new Set([...PUBLIC, ...TABLE.map(({ field }) => field)]);
    expect(present.filter((field) => !inTable.has(field))).toEqual([]);
  });

  it('has nothing that is neither there nor promised', () => {
    expect(TABLE.filter(({ field }) => ![...present, ...promised].includes(field))).toEqual([]);
  });
});

type Cell = [role: Role | 'nobody', whose: Whose, expected: string];

/** What each role gets of its own, of another's and of what is not there. */
function cellsOf({ kind, words, passes = 'OK' }: Row): Cell[] {
  const given = words.split(' ') as Word[];
  const kinds: Whose[] = kind === 'any' ? ['own'] : ['own', 'other', 'none'];
  return kinds.flatMap((whose) => [
    ...ROLES.map((role, n): Cell => [role, whose, codeFor(given[n] ?? 'no', whose, passes)]),
    ['nobody', whose, 'UNAUTHENTICATED'] as const satisfies Cell,
  ]);
}

function codeFor(word: Word, whose: Whose, passes: string): string {
  if (word === 'no') return 'FORBIDDEN';
  if (word === 'gone' || whose === 'none') return 'NOT_FOUND';
  return word === 'all' || whose === 'own' ? passes : 'NOT_FOUND';
}

/** A superuser is not bound by row-level security: then the API's own checks stand alone. */
describe.each([
  ['with both walls', false],
  ['without row-level security', true],
])('%s', (_name, alone) => {
  let app: TestApp;
  let world: World;

  beforeAll(async () => {
    const env = { EARSHOT_ROLES: 'api', ...DEEPCALL };
    app = await TestApp.start({ env, superuser: alone });
    world = await World.create(app);
  });

  afterAll(() => app[Symbol.asyncDispose]());

  const rows = TABLE.filter(({ field }) => present.includes(field));
  const cells = rows.flatMap((row) =>
    cellsOf(row).map((cell) => [row.field, row.kind, ...cell, row] as const),
  );

  it.each(cells)('%s of %s: %s, %s: %s', async (_field, kind, role, whose, code, row) => {
    const id = await world.make(kind, whose);
    const token = role === 'nobody' ? undefined : await world.token(role);
    expect(await outcome(row, id, token)).toBe(code);
  });

  async function outcome(row: Row, id: string, token: string | undefined): Promise<string> {
    if (row.field.startsWith('Subscription.')) return firstEvent(app, row.ask(id), token, () => stir(id));
    const answer = row.file
      ? await sendFile(row.ask(id), row.file.input(id), row.file.at, token)
      : await graphql<Record<string, Listed | null>>(app, row.ask(id), token === undefined ? {} : { token });
    if (answer.code !== 'OK') {
      // Nothing of the object comes beside the error.
      expect(Object.values(answer.data ?? {}).every((value) => value === null)).toBe(true);
      return answer.code;
    }
    const [value] = Object.values(answer.data ?? {});
    if (!value?.nodes || row.kind === 'any') return 'OK';
    expect(value.totalCount).toBe(value.nodes.length);
    return value.nodes.some((node) => node.id === id) ? 'OK' : 'NOT_FOUND';
  }

  interface Listed {
    nodes?: { id: string }[];
    totalCount?: number;
  }

  async function sendFile(
    query: string,
    input: object,
    at: string,
    token: string | undefined,
  ): Promise<Answer<Record<string, Listed | null>>> {
    const { head, tail } = graphqlForm(query, input, at);
    const { authorization, ...others } = formHeaders(token ?? '');
    return answerOf(
      await fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers: { ...others, ...(token === undefined ? {} : { authorization }) },
        body: Buffer.concat([head, AUDIO, tail]),
      }),
    );
  }

  /** A change of whatever recording this is, or of the call's with this id. */
  async function stir(id: string): Promise<void> {
    await app.database.query(
      `update recordings set attempts = attempts + 1 where id in (
         select $1::uuid union select recording_id from call_logs where id = $1
         union select recording_id from cati_calls where id = $1)`,
      [id],
    );
  }

  it('anybody signs in', async () => {
    const passwordHash = await hashPassword('a long password');
    await app.make.user('TELECALLER', { email: 'tara@example.com', passwordHash });
    const query =
      'mutation { signIn(input: { email: "tara@example.com", password: "a long password" }) { user { id } } }';
    expect((await graphql(app, query)).code).toBe('OK');
  });

  it('says so at the start when row-level security does not bind it', () => {
    const notice = app.app.notices.find((line) => line.includes('row-level security'));
    expect(notice !== undefined).toBe(alone);
  });
});
