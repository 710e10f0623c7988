import pg from 'pg';
import { fillEveryTable } from '../support/every-table.js';
import { TestApp } from '../support/test-app.js';
import { World } from '../support/world.js';

let app: TestApp;
let world: World;
/** What connects to the database as the server does, and says who asks only when it is told to. */
let connection: pg.Client;

beforeAll(async () => {
  app = await TestApp.start({ env: { EARSHOT_ROLES: 'api' } });
  world = await World.create(app);
  await fillEveryTable(app, world);
  connection = new pg.Client({ connectionString: app.database.url });
  await connection.connect();
});

afterAll(async () => {
  await connection.end();
  await app[Symbol.asyncDispose]();
});

/** The roles that see a row of a table, which is their own where they own such things: T, I, Q, M, A by their first letters. */
const SEEN: Readonly<Record<string, string>> = {
  leads: 'TMA',
  call_logs: 'TMA',
  cati_calls: 'IQMA',
  recordings: 'TIQMA',
  upload_sessions: 'TIA',
  upload_chunks: 'TIA',
  reviews: 'IQMA',
  recording_notes: 'IQMA',
  sampling_rules: 'QMA',
  webhook_events: 'MA',
  provider_states: 'MA',
  interviewer_keys: 'MA',
  migration_runs: 'MA',
  migration_claims: 'MA',
  migration_items: 'MA',
  storage_usage: 'MA',
  storage_sweeps: 'MA',
  storage_findings: 'MA',
  audit_events: 'A',
};

/** Tables whose rows are nobody's own, each with the reason why everybody's session may read them. */
const EXEMPT: Readonly<Record<string, string>> = {
  users: 'who somebody is, is read before anybody is known; colleagues see each other by name',
  sign_in_attempts: 'counted before anybody is known; hashes and numbers',
  earshot_migrations: 'what the schema is made of',
};

interface Table {
  name: string;
  enabled: boolean;
  forced: boolean;
  policies: number;
}

describe('every table', () => {
  let tables: Table[];

  beforeAll(async () => {
    tables = await app.database.query<Table & pg.QueryResultRow>(
      `select relname as name, relrowsecurity as enabled, relforcerowsecurity as forced,
         (select count(*)::int from pg_policy where polrelid = pg_class.oid) as policies
       from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace`,
    );
  });

  it('has its rows walled off by a policy that binds its owner too, or is exempt for a reason', () => {
    const open = tables.filter(({ enabled, forced, policies }) => !enabled || !forced || policies === 0);
    expect(open.map(({ name }) => name).filter((name) => !EXEMPT[name])).toEqual([]);
    expect(tables.length).toBeGreaterThan(6);
  });

  it('is exempt only where it is there', () => {
    expect(Object.keys(EXEMPT).filter((name) => !tables.some((table) => table.name === name))).toEqual([]);
  });

  it('stands below, with who sees it', () => {
    expect(
      tables
        .map(({ name }) => name)
        .filter((name) => !EXEMPT[name])
        .toSorted(),
    ).toEqual(Object.keys(SEEN).toSorted());
  });
});

/** The tables of which such a session sees anything. */
async function seenBy(role: string, viewer = ''): Promise<string[]> {
  await connection.query(
    "select set_config('earshot.role', $1, false), set_config('earshot.viewer', $2, false)",
    [role, viewer],
  );
  const seen: string[] = [];
  for (const name of Object.keys(SEEN)) {
    const { rowCount } = await connection.query(`select from ${name} limit 1`);
    if (rowCount === 1) seen.push(name);
  }
  return seen;
}

const openTo = (letter: string): string[] => Object.keys(SEEN).filter((name) => SEEN[name]?.includes(letter));

it('all have a row, for the system', async () => {
  expect(await seenBy('SYSTEM')).toEqual(Object.keys(SEEN));
});

it.each(['', 'NOBODY', 'TELECALLER', 'INTERVIEWER', 'system'])(
  'a session of the role {%s} and nobody sees nothing',
  async (role) => {
    expect(await seenBy(role)).toEqual([]);
  },
);

it.each(['TELECALLER', 'INTERVIEWER', 'QUALITY_AGENT', 'MANAGER', 'ADMIN'] as const)(
  'a session of %s sees what the table has for the role',
  async (role) => {
    expect(await seenBy(role, world.person(role).id)).toEqual(openTo(role.charAt(0)));
  },
);

it.each(['TELECALLER', 'INTERVIEWER'] as const)('a session of another %s sees nothing', async (role) => {
  expect(await seenBy(role, world.colleague(role).id)).toEqual([]);
});
