import { Readable } from 'node:stream';
import { encodePeaks } from '../../server/media/peaks.js';
import { graphql, tokenOf, type Answer } from '../support/graphql.js';
import { COUNTED, Statements } from '../support/statements.js';
import { TestApp } from '../support/test-app.js';

/** A document that comes a third time is executed by compiled code. */
const USES = [1, 2, 3, 4];
const NOTHING = '01890000-0000-7000-8000-000000000000';

let app: TestApp;
let statements: Statements;
let leadId: string;
const tokens = { manager: '', interviewer: '' };

beforeAll(async () => {
  app = await TestApp.start({ env: COUNTED });
  statements = await Statements.of(app.services.orm);
  tokens.manager = await tokenOf(app, await app.make.user('MANAGER'));
  tokens.interviewer = await tokenOf(app, await app.make.user('INTERVIEWER'));
  const telecaller = await app.make.user('TELECALLER');
  leadId = (await app.make.lead(telecaller)).id;
  await app.make.lead(telecaller);
  await app.database.query(
    `with made as (
       insert into recordings (id, inserted_at, updated_at, status, recording_path, content_type, byte_size, sha256,
         uploaded_at, peaks_path)
       select gen_random_uuid(), now(), now(), 'UPLOADED', 'local:x' || n, 'audio/mpeg', 1, repeat('0', 64), now(),
         'local:recordings/peaks/p.dat'
       from generate_series(1, 51) n returning id
     )
     insert into cati_calls (id, inserted_at, provider, call_id, status, recording_id)
     select gen_random_uuid(), now(), 'deepcall', id, 'COMPLETED', id from made`,
  );
  const peaks = { sampleRate: 8000, samplesPerPixel: 400, length: 1, data: new Uint8Array([255, 1]) };
  await app.services.storage.put('recordings/peaks/p.dat', Readable.from([encodePeaks(peaks)]));
});

afterAll(async () => {
  statements[Symbol.dispose]();
  await app[Symbol.asyncDispose]();
});

const LEADS = (): string => leadId;

/** What each document is answered, at its first use and at all others. */
const CASES: [
  name: string,
  who: keyof typeof tokens,
  query: () => string,
  codes: string[],
  data: 'all' | 'part' | 'none',
][] = [
  ['an answer without errors', 'manager', () => '{ leads { nodes { id } } }', [], 'all'],
  ['what is not there', 'manager', () => `{ lead(id: "${NOTHING}") { id } }`, ['NOT_FOUND'], 'part'],
  [
    'what is not there, twice, beside what is',
    'manager',
    () => `{ me { id } a: lead(id: "${NOTHING}") { id } b: callLog(id: "${NOTHING}") { id } }`,
    ['NOT_FOUND', 'NOT_FOUND'],
    'part',
  ],
  [
    'one item of a list too many',
    'manager',
    () => '{ catiCalls(first: 51) { nodes { id recording { id peaks { length data } } } } }',
    ['QUERY_TOO_COMPLEX'],
    'part',
  ],
  [
    'one item of a list too many, beside an error that takes its parent away',
    'manager',
    () =>
      `{ catiCalls(first: 51) { nodes { recording { peaks { length } } } }
         lead(id: "${LEADS()}") { callLogs(after: "x") { totalCount } } }`,
    ['BAD_USER_INPUT', 'QUERY_TOO_COMPLEX'],
    'part',
  ],
  [
    'a list outside of the role',
    'interviewer',
    () => '{ me { id } leads { totalCount } }',
    ['FORBIDDEN'],
    'none',
  ],
  [
    'an error that takes its parent away, beside another',
    'manager',
    () =>
      `{ me { id } lead(id: "${LEADS()}") { a: callLogs(after: "x") { totalCount } b: callLogs(after: "y") { totalCount } } }`,
    ['BAD_USER_INPUT'],
    'part',
  ],
  [
    'an error in every item of a list that takes all away',
    'manager',
    () => '{ leads { nodes { id callLogs(after: "x") { totalCount } } } }',
    ['BAD_USER_INPUT'],
    'none',
  ],
];

/** All of an answer but what is new each time, and the order of errors, which is that of the database's answers. */
function lasting({ status, text }: Answer): unknown {
  const { errors = [], ...rest } = JSON.parse(text.replace(/"requestId":"[^"]+"/g, '"requestId":""')) as {
    errors?: object[];
  };
  return { status, rest, errors: errors.map((error) => JSON.stringify(error)).toSorted() };
}

it.each(CASES)('%s: answered the same whenever it is asked', async (_name, who, query, codes, data) => {
  const answers: Answer[] = [];
  for (const _use of USES) answers.push(await graphql(app, query(), { token: tokens[who] }));
  const [first] = answers;
  expect(first?.errors.map(({ extensions }) => extensions.code).toSorted()).toEqual(codes);
  const values = Object.values(first?.data ?? {});
  expect(first?.data === null ? 'none' : values.includes(null) || codes.length > 0 ? 'part' : 'all').toBe(
    data,
  );
  for (const answer of answers) expect(lasting(answer)).toEqual(lasting(first as Answer));
});

it.each([
  ['what is not there', () => `query Missing { lead(id: "${NOTHING}") { id } }`],
  [
    'one item of a list too many',
    () => 'query Many { catiCalls(first: 51) { nodes { recording { peaks { length } } } } }',
  ],
])('%s: asks the database no more often than at first', async (_name, query) => {
  const sent: number[] = [];
  for (const _use of USES) {
    const during = await statements.during(() => graphql(app, query(), { token: tokens.manager }));
    sent.push(during.length);
  }
  expect(Math.max(...sent.slice(1))).toBeLessThanOrEqual(sent[0] ?? 0);
});
