import { Explainer, type Work } from '../support/explain.js';
import { graphql, tokenOf } from '../support/graphql.js';
import { fillLarge, leadId, personId } from '../support/large-data.js';
import { COUNTED, Statements } from '../support/statements.js';
import { TestApp } from '../support/test-app.js';
import { CASES, type Person } from './explain.cases.js';

const LARGE_TABLES = ['leads', 'call_logs', 'cati_calls', 'recordings'];
const MOST_SORTED = 10_000;

let app: TestApp;
let statements: Statements;
let explainer: Explainer;
const viewers = {} as Record<Person, { id: string; role: string }>;
const used = new Set<string>();
let keptPlans = 0;

beforeAll(async () => {
  app = await TestApp.start({ env: COUNTED });
  await fillLarge(app.database);
  statements = await Statements.of(app.services.orm);
  explainer = await Explainer.connect(app.database.url);
  const made = async (role: 'MANAGER' | 'QUALITY_AGENT') => ({ id: (await app.make.user(role)).id, role });
  Object.assign(viewers, {
    telecaller: { id: personId('TELECALLER', 7), role: 'TELECALLER' },
    interviewer: { id: personId('INTERVIEWER', 7), role: 'INTERVIEWER' },
    manager: await made('MANAGER'),
    agent: await made('QUALITY_AGENT'),
  });
}, 300_000);

afterAll(async () => {
  await explainer[Symbol.asyncDispose]();
  statements[Symbol.dispose]();
  await app[Symbol.asyncDispose]();
});

/** What each statement behind this question did, asked once more under the same session, in both ways. */
async function workOf(query: string, as: Person): Promise<Work[]> {
  const token = await tokenOf(app, viewers[as]);
  // So that the role is known, and is not read among the rest.
  await graphql(app, '{ __typename }', { token });
  const sent = await statements.whole(async () => {
    expect((await graphql(app, query, { token })).errors).toEqual([]);
  });
  // The job queue keeps its own house meanwhile.
  const lists = sent.filter(({ text }) => /^(select|with)\b/i.test(text) && !text.includes('pgboss'));
  expect(lists.length).toBeGreaterThan(0);
  const work: Work[] = [];
  for (const statement of lists) {
    work.push(await explainer.explain(statement, viewers[as]));
    const prepared = await explainer.explainPrepared(statement, viewers[as]);
    if (prepared) {
      work.push(prepared);
      keptPlans += 1;
    }
  }
  for (const { indexes } of work) for (const index of indexes) used.add(index);
  return work;
}

/** The work as text, where it is more than it should be. */
function tooMuch(work: Work[], most: number): string[] {
  return work
    .filter(
      ({ blocks, scans, sorted }) =>
        blocks >= most || sorted > MOST_SORTED || scans.some((table) => LARGE_TABLES.includes(table)),
    )
    .map(
      ({ blocks, scans, sorted, indexes }) =>
        `${blocks} blocks, ${sorted} sorted, scans ${scans.join()} ${indexes.join()}`,
    );
}

it.each(CASES)('$name', async ({ person, queries, most }) => {
  for (const query of queries) expect(tooMuch(await workOf(query, person), most)).toEqual([]);
});

const CALLS = 'nodes { id recording { id status } } pageInfo { hasNextPage }';

it.each<[string, Person, string, number]>([
  [
    'the calls of 50 leads',
    'manager',
    `{ leads(first: 50) { nodes { callLogs(first: 10) { ${CALLS} } } } }`,
    2500,
  ],
  [
    'the calls of 50 own leads',
    'telecaller',
    `{ leads(first: 50) { nodes { callLogs(first: 10) { ${CALLS} } } } }`,
    2500,
  ],
  ['their counts', 'manager', '{ leads(first: 50) { nodes { callLogs(first: 1) { totalCount } } } }', 2000],
  [
    'calls with their leads and people',
    'telecaller',
    '{ callLogs(first: 50) { nodes { telecaller { name } lead { name telecaller { name } } } } }',
    2000,
  ],
  [
    'CATI calls with their recordings',
    'interviewer',
    '{ catiCalls(first: 50) { nodes { interviewer { name } recording { id catiCall { id } } } } }',
    2000,
  ],
  [
    'CATI calls with their recordings',
    'agent',
    '{ catiCalls(first: 50) { nodes { interviewer { name } recording { id catiCall { id } } } } }',
    2000,
  ],
])('%s, as %s', async (_name, person, query, most) => {
  expect(tooMuch(await workOf(query, person), most)).toEqual([]);
});

const one = (table: number, n: number): string =>
  `01900000-000${table}-7000-8000-${n.toString(16).padStart(12, '0')}`;

it.each<[string, Person, string]>([
  ['lead', 'telecaller', `{ lead(id: "${leadId(107)}") { id } }`],
  ['call log', 'telecaller', `{ callLog(id: "${one(5, 107)}") { id recording { callLog { id } } } }`],
  ['recording of a call log', 'telecaller', `{ recording(id: "${one(4, 107)}") { callLog { id } } }`],
  ['recording of a CATI call', 'interviewer', `{ recording(id: "${one(6, 107)}") { catiCall { id } } }`],
  [
    'recording of a CATI call',
    'manager',
    `{ recording(id: "${one(6, 107)}") { catiCall { id } callLog { id } } }`,
  ],
  ['CATI call', 'interviewer', `{ catiCall(id: "${one(7, 107)}") { id } }`],
  ["CATI call by the provider's id", 'interviewer', '{ catiCall(callId: "CALL107") { id } }'],
  ["CATI call by the provider's id", 'manager', '{ catiCall(callId: "CALL107") { id } }'],
])('one %s, as %s', async (_name, person, query) => {
  expect(tooMuch(await workOf(query, person), 100)).toEqual([]);
});

/** Nothing looks into the middle of a text by an index: such a search goes once through what the viewer sees. */
it.each<[string, Person, string]>([
  ['leads', 'telecaller', '{ leads(filter: { search: "zzzz" }) { nodes { id } } }'],
  ['leads', 'manager', '{ leads(filter: { search: "zzzz" }) { nodes { id } } }'],
  ['CATI calls', 'interviewer', '{ catiCalls(filter: { search: "zzzz" }) { nodes { id } } }'],
  ['CATI calls', 'manager', '{ catiCalls(filter: { search: "zzzz" }) { nodes { id } } }'],
])('a search of %s reads each row once, as %s', async (_name, person, query) => {
  for (const { blocks, sorted } of await workOf(query, person)) {
    expect(blocks).toBeLessThan(10_000);
    expect(sorted).toBe(0);
  }
});

/** What the other indexes of these tables are for. */
const OTHER_PURPOSES: Readonly<Record<string, string>> = {
  users_email_unique: 'signing in',
  users_pkey: 'one user; fifty are read from end to end',
  recordings_next_attempt_at_index: 'copies whose time has come',
  recordings_unpurged_index: 'removed recordings whose bytes are still there',
  recordings_unstored_order_index: 'what a migration run takes next',
  recordings_candidate_order_index: 'the same, with what is stored',
  call_logs_idempotency_key_unique: 'a call is logged once for one key',
  cati_calls_call_id_unique: 'one call for one id of a provider',
  recordings_sha256_index: 'the same bytes a second time',
  recordings_recording_path_index: 'the objects that a sweep finds',
  recordings_media_due_at_index: 'recordings whose waveform is to be made',
  recordings_undecoded_index: 'recordings that nobody could decode yet',
  recordings_claimed_until_index: 'work whose worker died',
  recordings_unplanned_index: 'what was expected and never came',
  cati_calls_unrecorded_index: 'calls that were held, and no recording was told of',
  cati_calls_interviewer_key_index: 'the calls of an agent who is assigned',
  cati_calls_unlinked_index: 'calls whose agent may be known by now',
};

it('statements are prepared so that their plan is kept', () => {
  expect(keptPlans).toBeGreaterThan(100);
});

describe('every index of these tables', () => {
  it('is used by something above, or has a purpose of its own', async () => {
    const rows = await app.database.query<{ name: string }>(
      `select indexname as name from pg_indexes where schemaname = 'public' and tablename = any($1)`,
      [['users', ...LARGE_TABLES]],
    );
    const unused = rows.map(({ name }) => name).filter((name) => !used.has(name) && !OTHER_PURPOSES[name]);
    expect(unused).toEqual([]);
    const names = new Set(rows.map(({ name }) => name));
    expect(Object.keys(OTHER_PURPOSES).filter((name) => !names.has(name))).toEqual([]);
  });
});
