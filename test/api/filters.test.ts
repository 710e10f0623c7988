import type { User } from '../../server/auth/user.entity.js';
import { graphql, tokenOf } from '../support/graphql.js';
import { TestApp } from '../support/test-app.js';

let app: TestApp;
let token: string;
let one: User;
let two: User;
let leadId: string;

const T0 = '2026-05-01T10:00:00.000Z';
const T1 = '2026-05-01T10:00:00.001Z';
const T2 = '2026-05-01T10:00:00.002Z';

beforeAll(async () => {
  app = await TestApp.start({ env: { EARSHOT_ROLES: 'api' } });
  token = await tokenOf(app, await app.make.user('ADMIN'));
  one = await app.make.user('TELECALLER');
  two = await app.make.user('TELECALLER');
  const stored = await app.make.recording({
    status: 'UPLOADED',
    recordingPath: 'local:recordings/00/a/b.mp3',
    byteSize: 1,
    sha256: '0'.repeat(64),
    uploadedAt: new Date(T0),
  });
  const failed = await app.make.recording({ status: 'FAILED' });
  const asha = await app.make.lead(one, {
    name: 'Asha Rao',
    phone: '+919000000001',
    status: 'NEW',
    insertedAt: new Date(T0),
  });
  const bina = await app.make.lead(one, {
    name: '100% Bina_',
    phone: '+919000000002',
    status: 'LOST',
    insertedAt: new Date(T1),
  });
  await app.make.lead(two, {
    name: String.raw`C\dev`,
    phone: '+918000000003',
    status: 'ENROLLED',
    insertedAt: new Date(T2),
  });
  await app.make.lead(null, { name: 'asha again', phone: '12', status: 'NEW', insertedAt: new Date(T2) });
  leadId = asha.id;
  const at = (text: string) => ({ startedAt: new Date(text) });
  await app.make.callLog(asha, one, { ...at(T0), outcome: 'CONNECTED', recording: stored.id, notes: 'a' });
  await app.make.callLog(asha, two, { ...at(T1), outcome: 'BUSY', recording: failed.id, notes: 'b' });
  await app.make.callLog(bina, one, { ...at(T2), outcome: 'NO_ANSWER', notes: 'c' });
});

afterAll(() => app[Symbol.asyncDispose]());

async function found(list: 'leads' | 'callLogs', filter: object | null): Promise<[string[], number, string]> {
  const [type, field, order] =
    list === 'leads' ? ['LeadFilter', 'name', 'NAME'] : ['CallLogFilter', 'notes', 'STARTED_AT'];
  const query = `query ($filter: ${type}) {
    ${list}(filter: $filter, orderBy: { field: ${order}, direction: ASC }) { nodes { ${field} } totalCount }
  }`;
  const answer = await graphql<Record<string, { nodes: Record<string, string>[]; totalCount: number }>>(
    app,
    query,
    {
      token,
      variables: { filter },
    },
  );
  const page = answer.data?.[list];
  const error = answer.errors[0]?.extensions;
  return [
    page?.nodes.map((node) => node[field ?? ''] ?? '').toSorted() ?? [],
    page?.totalCount ?? 0,
    error ? `${error.code} ${error.field ?? ''}` : 'OK',
  ];
}

const ASHA = 'Asha Rao';
const BINA = '100% Bina_';
const CDEV = String.raw`C\dev`;
const AGAIN = 'asha again';

describe('leads', () => {
  it.each<[object | null, string[]]>([
    [null, [ASHA, BINA, CDEV, AGAIN]],
    [{}, [ASHA, BINA, CDEV, AGAIN]],
    [
      { status: null, telecallerId: null, search: null, hasRecording: null, createdAfter: null },
      [ASHA, BINA, CDEV, AGAIN],
    ],
    [{ status: ['NEW'] }, [ASHA, AGAIN]],
    [{ status: ['LOST', 'ENROLLED'] }, [BINA, CDEV]],
    [{ status: [] }, []],
    [{ search: 'asha' }, [ASHA, AGAIN]],
    [{ search: '  ASHA r ' }, [ASHA]],
    [{ search: '90000' }, [ASHA, BINA]],
    [{ search: '0003' }, [CDEV]],
    [{ search: '%' }, [BINA]],
    [{ search: '_' }, [BINA]],
    [{ search: String.raw`\d` }, [CDEV]],
    [{ search: '   ' }, [ASHA, BINA, CDEV, AGAIN]],
    [{ search: `' or true --` }, []],
    [{ hasRecording: true }, [ASHA]],
    [{ hasRecording: false }, [BINA, CDEV, AGAIN]],
    [{ createdAfter: T1 }, [BINA, CDEV, AGAIN]],
    [{ createdBefore: T1 }, [ASHA]],
    [{ createdAfter: '2026-05-01T15:30:00.001+05:30', createdBefore: T2 }, [BINA]],
    [{ createdAfter: T2, createdBefore: T1 }, []],
    [
      { createdAfter: '0001-01-01T00:00:00Z', createdBefore: '9999-12-31T23:59:59.999Z' },
      [ASHA, BINA, CDEV, AGAIN],
    ],
    [
      { createdAfter: '0001-01-01T00:00:00+00:01', createdBefore: '9999-12-31T23:59:59-00:01' },
      [ASHA, BINA, CDEV, AGAIN],
    ],
    [{ status: ['NEW'], hasRecording: true, search: 'rao', createdBefore: T1 }, [ASHA]],
    [{ status: ['LOST'], hasRecording: true }, []],
  ])('%j', async (filter, names) => {
    expect(await found('leads', filter)).toEqual([names.toSorted(), names.length, 'OK']);
  });

  it('of one telecaller', async () => {
    expect(await found('leads', { telecallerId: one.id })).toEqual([[ASHA, BINA].toSorted(), 2, 'OK']);
    expect(await found('leads', { telecallerId: two.id.toUpperCase() })).toEqual([[CDEV], 1, 'OK']);
  });

  it.each([
    [{ search: 'x'.repeat(101) }, 'BAD_USER_INPUT filter.search'],
    [{ search: 'a\0b' }, 'BAD_USER_INPUT filter.search'],
    [{ status: ['OLD'] }, 'BAD_USER_INPUT filter'],
    [{ createdAfter: '2026-02-30T00:00:00Z' }, 'BAD_USER_INPUT filter'],
    [{ createdBefore: '+010000-01-01T00:00:00Z' }, 'BAD_USER_INPUT filter'],
    [{ createdBefore: '-000001-01-01T00:00:00Z' }, 'BAD_USER_INPUT filter'],
  ])('refuses %j', async (filter, error) => {
    expect(await found('leads', filter)).toEqual([[], 0, error]);
  });
});

describe('callLogs', () => {
  it.each<[object | null, string[]]>([
    [null, ['a', 'b', 'c']],
    [{ outcome: ['CONNECTED', 'BUSY'] }, ['a', 'b']],
    [{ outcome: [] }, []],
    [{ hasRecording: true }, ['a']],
    [{ hasRecording: false }, ['b', 'c']],
    [{ recordingStatus: ['FAILED', 'PENDING'] }, ['b']],
    [{ recordingStatus: ['FAILED'], hasRecording: true }, []],
    [{ recordingStatus: ['UPLOADED'], hasRecording: true }, ['a']],
    [{ startedAfter: T1 }, ['b', 'c']],
    [{ startedBefore: T1 }, ['a']],
    [{ startedAfter: T1, startedBefore: T2 }, ['b']],
    [{ leadId: 'nothing' }, []],
    [{ outcome: null, hasRecording: null, recordingStatus: null, leadId: null }, ['a', 'b', 'c']],
  ])('%j', async (filter, notes) => {
    expect(await found('callLogs', filter)).toEqual([notes, notes.length, 'OK']);
  });

  it('of one lead, of one telecaller, and of both', async () => {
    expect((await found('callLogs', { leadId }))[0]).toEqual(['a', 'b']);
    expect((await found('callLogs', { telecallerId: one.id }))[0]).toEqual(['a', 'c']);
    expect((await found('callLogs', { leadId, telecallerId: two.id }))[0]).toEqual(['b']);
  });
});

it('times are told in UTC, whatever zone the database server keeps', async () => {
  await app.database.query(
    `do $$ begin execute format('alter database %I set timezone to ''Asia/Kolkata''', current_database()); end $$`,
  );
  await app.database.query(
    `do $$ begin execute format('alter database %I set datestyle to ''SQL, DMY''', current_database()); end $$`,
  );
  const elsewhere = await TestApp.start({ env: { EARSHOT_ROLES: 'api' }, shareWith: app });
  try {
    const client = await elsewhere.client(one);
    const logged = await client.logCall({ leadId, outcome: 'BUSY', startedAt: '2026-05-01T23:59:59.999Z' });
    expect(logged.startedAt).toBe('2026-05-01T23:59:59.999Z');
    const { nodes } = await client.callLogs({ filter: { startedBefore: T1 } });
    expect(nodes.map(({ startedAt }) => startedAt)).toEqual([T0]);
    const { nodes: first, pageInfo } = await client.callLogs({ first: 1 });
    expect(first[0]?.id).toBe(logged.id);
    const { nodes: rest } = await client.callLogs({ after: pageInfo.endCursor });
    expect(rest.map(({ startedAt }) => startedAt)).toEqual([T2, T0]);
  } finally {
    await elsewhere[Symbol.asyncDispose]();
  }
});
