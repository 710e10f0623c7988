import type { User, Role } from '../../server/auth/user.entity.js';
import { fixture } from '../support/fixtures.js';
import { graphql, tokenOf } from '../support/graphql.js';
import { TestApp } from '../support/test-app.js';

/** `nobody` has no token; the others are people. `another` is a telecaller, `colleague` an interviewer, who own nothing. */
const PEOPLE = {
  owner: 'TELECALLER',
  another: 'TELECALLER',
  interviewer: 'INTERVIEWER',
  colleague: 'INTERVIEWER',
  agent: 'QUALITY_AGENT',
  manager: 'MANAGER',
  admin: 'ADMIN',
} as const satisfies Record<string, Role>;
type Person = keyof typeof PEOPLE | 'nobody';

let app: TestApp;
const users = {} as Record<keyof typeof PEOPLE, User>;
const ids = {} as Record<
  'lead' | 'callLog' | 'leadRecording' | 'catiCall' | 'catiRecording' | 'upload' | 'catiUpload',
  string
>;

beforeAll(async () => {
  app = await TestApp.start({ env: { EARSHOT_ROLES: 'api' } });
  for (const [name, role] of Object.entries(PEOPLE) as [keyof typeof PEOPLE, Role][])
    users[name] = await app.make.user(role);
  const lead = await app.make.lead(users.owner, { phone: '+919876543210' });
  const stored = { status: 'EXPECTED' } as const;
  const recording = await app.make.recording(stored);
  const callLog = await app.make.callLog(lead, users.owner, { recording: recording.id });
  const catiRecording = await app.make.recording(stored);
  const catiCall = await app.make.catiCall(users.interviewer, { recording: catiRecording.id });
  // Nobody's: it must come up in no list but those of people who see all.
  await app.make.callLog(await app.make.lead(null), users.admin);
  const open = async (by: User, input: object): Promise<string> => {
    const client = await app.client(by);
    return (await client.requestUpload({ byteSize: 10, strategy: 'CHUNKED', ...input })).id;
  };
  Object.assign(ids, {
    lead: lead.id,
    callLog: callLog.id,
    leadRecording: recording.id,
    catiCall: catiCall.id,
    catiRecording: catiRecording.id,
    upload: await open(users.owner, { callLogId: callLog.id }),
    catiUpload: await open(users.interviewer, { catiCallId: catiCall.id }),
  });
});

afterAll(() => app[Symbol.asyncDispose]());

/** The error's code, or what the data's first field says: an id, how many nodes, `done`. */
async function outcome(person: Person, query: string): Promise<string> {
  const token = person === 'nobody' ? undefined : await tokenOf(app, users[person]);
  const answer = await graphql<Record<string, { id?: string; nodes?: unknown[] } | null>>(
    app,
    query,
    token === undefined ? {} : { token },
  );
  if (answer.code !== 'OK') {
    // Nothing of the object comes beside the error.
    expect(Object.values(answer.data ?? {}).every((value) => value === null)).toBe(true);
    return answer.code;
  }
  const [value] = Object.values(answer.data ?? {});
  return value?.nodes ? String(value.nodes.length) : value?.id === undefined ? 'done' : 'seen';
}

const GONE = 'NOT_FOUND';
const NO = 'FORBIDDEN';
const WHO = 'UNAUTHENTICATED';

/** What each of them gets, in this order. */
const ORDER: readonly Person[] = [...(Object.keys(PEOPLE) as Person[]), 'nobody'];
const WORDS: Readonly<Record<string, string>> = { gone: GONE, no: NO, who: WHO };

const TABLE: [string, () => string, string][] = [
  [
    'lead',
    () => `{ lead(id: "${ids.lead}") { id phone callLogs { nodes { id } } } }`,
    'seen gone gone gone gone seen seen who',
  ],
  ['leads', () => '{ leads { nodes { id } totalCount } }', '1    0    no   no   no   2    2    who'],
  [
    'callLog',
    () => `{ callLog(id: "${ids.callLog}") { id lead { id } recording { id } } }`,
    'seen gone gone gone gone seen seen who',
  ],
  ['callLogs', () => '{ callLogs { nodes { id } totalCount } }', '1    0    no   no   no   2    2    who'],
  [
    'recording of a call log',
    () => `{ recording(id: "${ids.leadRecording}") { id callLog { id } catiCall { id } } }`,
    'seen gone gone gone gone seen seen who',
  ],
  [
    'recording of a CATI call',
    () => `{ recording(id: "${ids.catiRecording}") { id callLog { id } catiCall { id } } }`,
    'gone gone seen gone seen seen seen who',
  ],
  [
    'upload for a call log',
    () => `{ upload(id: "${ids.upload}") { id } }`,
    'seen gone gone gone gone gone seen who',
  ],
  [
    'upload for a CATI call',
    () => `{ upload(id: "${ids.catiUpload}") { id } }`,
    'gone gone seen gone gone gone seen who',
  ],
  [
    'requestUpload for a call log',
    () =>
      `mutation { requestUpload(input: { callLogId: "${ids.callLog}", byteSize: 1 }) { upload { status } } }`,
    'done gone no   no   no   no   done who',
  ],
  [
    'requestUpload for a CATI call',
    () =>
      `mutation { requestUpload(input: { catiCallId: "${ids.catiCall}", byteSize: 1 }) { upload { status } } }`,
    'no   no   done gone no   no   done who',
  ],
  [
    'logCall',
    () => `mutation { logCall(input: { leadId: "${ids.lead}", outcome: BUSY }) { callLog { outcome } } }`,
    'done gone no   no   no   no   done who',
  ],
];

describe.each(TABLE)('%s', (_name, query, expected) => {
  const cells = expected.split(/ +/).map((word, n) => [ORDER[n] ?? 'nobody', WORDS[word] ?? word] as const);
  it.each(cells)('%s: %s', async (person, what) => {
    expect(await outcome(person, query())).toBe(what);
  });
});

describe('an id that is none', () => {
  it.each(['lead', 'callLog', 'recording', 'upload'])('of %s reads as missing', async (field) => {
    const queries = [
      '',
      '1',
      "'; drop table leads; --",
      'x'.repeat(10_000),
      '01890000-0000-7000-8000-00000000000',
    ]
      .map((id) => `{ ${field}(id: ${JSON.stringify(id)}) { id } }`)
      .concat(
        `{ ${field}(id: 17) { id } }`,
        `{ ${field}(id: "01890000-0000-7000-8000-000000000000") { id } }`,
      );
    expect(await Promise.all(queries.map((query) => outcome('admin', query)))).toEqual(
      queries.map(() => GONE),
    );
  });

  it('in capitals is the same id', async () => {
    expect(await outcome('owner', `{ lead(id: "${ids.lead.toUpperCase()}") { id } }`)).toBe('seen');
    expect(await outcome('admin', `{ callLog(id: "${ids.callLog.toUpperCase()}") { id } }`)).toBe('seen');
  });

  it('of a lead: no call is logged, and a filter by it finds nothing', async () => {
    expect(
      await outcome(
        'admin',
        'mutation { logCall(input: { leadId: "1", outcome: BUSY }) { callLog { id } } }',
      ),
    ).toBe(GONE);
    expect(await outcome('admin', '{ callLogs(filter: { leadId: "1" }) { nodes { id } } }')).toBe('0');
    expect(await outcome('admin', '{ leads(filter: { telecallerId: "1" }) { nodes { id } } }')).toBe('0');
  });
});

describe('a filter cannot reach beyond what a telecaller sees', () => {
  it.each([
    ['leads', () => `{ leads(filter: { telecallerId: "${users.owner.id}" }) { nodes { id } totalCount } }`],
    ['callLogs', () => `{ callLogs(filter: { leadId: "${ids.lead}" }) { nodes { id } totalCount } }`],
    [
      'callLogs',
      () => `{ callLogs(filter: { telecallerId: "${users.owner.id}" }) { nodes { id } totalCount } }`,
    ],
  ])('%s', async (_name, query) => {
    expect(await outcome('another', query())).toBe('0');
    expect(Number(await outcome('manager', query()))).toBeGreaterThan(0);
  });
});

describe('phone numbers', () => {
  const leadPhone = async (person: keyof typeof PEOPLE): Promise<string | undefined> => {
    const client = await app.client(users[person]);
    return (await client.lead(ids.lead)).phone;
  };
  const catiNumber = async (person: keyof typeof PEOPLE): Promise<string | null | undefined> => {
    const query = `{ recording(id: "${ids.catiRecording}") { catiCall { fromNumber toNumber } } }`;
    const { data } = await graphql<{ recording: { catiCall: { fromNumber: string; toNumber: string } } }>(
      app,
      query,
      {
        token: await tokenOf(app, users[person]),
      },
    );
    return data && `${data.recording.catiCall.fromNumber} ${data.recording.catiCall.toNumber}`;
  };

  it.each(['owner', 'manager', 'admin'] as const)('of a lead are whole for %s', async (person) => {
    expect(await leadPhone(person)).toBe('+919876543210');
  });

  it.each([
    ['interviewer', '+********1234 +********5678'],
    ['agent', '+********1234 +********5678'],
    ['manager', '+910000001234 +910000005678'],
    ['admin', '+910000001234 +910000005678'],
  ] as const)('of a CATI call, as %s sees them: %s', async (person, numbers) => {
    expect(await catiNumber(person)).toBe(numbers);
  });
});

describe('the path of a recording', () => {
  it.each(['owner', 'manager', 'admin'] as const)('for %s', async (person) => {
    await app.database.query(
      `update recordings set recording_path = 'local:recordings/00/x.mp3' where id = $1`,
      [ids.leadRecording],
    );
    const { path } = await (await app.client(users[person])).recording(ids.leadRecording);
    expect(path).toBe(person === 'admin' ? 'local:recordings/00/x.mp3' : null);
  });
});

describe('a lead that was given to another telecaller', () => {
  let lead: string;
  let callLog: string;
  let recording: string;
  let upload: string;

  beforeAll(async () => {
    recording = (await app.make.recording({ status: 'EXPECTED' })).id;
    const entity = await app.make.lead(users.owner);
    lead = entity.id;
    callLog = (await app.make.callLog(entity, users.owner, { recording, idempotencyKey: 'before' })).id;
    const client = await app.client(users.owner);
    const bytes = new Uint8Array(await fixture('call.amr'));
    const request = { callLogId: callLog, byteSize: bytes.length, strategy: 'CHUNKED' } as const;
    upload = (await client.requestUpload(request)).id;
    await client.appendChunk({ uploadId: upload, offset: 0, chunk: new Blob([bytes]) });
    await app.database.query('update leads set telecaller_id = $1 where id = $2', [users.another.id, lead]);
  });

  it.each([
    ['lead', () => `{ lead(id: "${lead}") { id } }`, GONE],
    ['callLog', () => `{ callLog(id: "${callLog}") { id } }`, GONE],
    ['callLogs', () => `{ callLogs(filter: { leadId: "${lead}" }) { nodes { id } } }`, '0'],
    ['recording', () => `{ recording(id: "${recording}") { id } }`, GONE],
    [
      'requestUpload',
      () => `mutation { requestUpload(input: { callLogId: "${callLog}", byteSize: 1 }) { upload { id } } }`,
      GONE,
    ],
    [
      'finalizeUpload',
      () => `mutation { finalizeUpload(input: { uploadId: "${upload}" }) { upload { id } } }`,
      GONE,
    ],
    [
      'logCall',
      () => `mutation { logCall(input: { leadId: "${lead}", outcome: BUSY }) { callLog { id } } }`,
      GONE,
    ],
    [
      'logCall again by the key of before',
      () =>
        `mutation { logCall(input: { leadId: "${lead}", outcome: BUSY, idempotencyKey: "before" }) { callLog { id } } }`,
      GONE,
    ],
  ])('%s: the one of before sees nothing of it', async (_name, query, what) => {
    expect(await outcome('owner', query())).toBe(what);
  });

  it('the bytes cannot be had by the path of old either', async () => {
    const response = await fetch(`${app.url}/api/leads/${lead}/recordings/${recording}`, {
      headers: { authorization: `Bearer ${await tokenOf(app, users.owner)}` },
    });
    expect(response.status).toBe(404);
  });

  it('the recording cannot be had by an own upload of before either', async () => {
    const text = 'update upload_sessions set recording_id = $1 where id = $2';
    await app.database.query(text, [recording, upload]);
    const answer = await graphql(app, `{ upload(id: "${upload}") { recording { id url { url } } } }`, {
      token: await tokenOf(app, users.owner),
    });
    expect(answer.data).toEqual({ upload: { recording: null } });
  });

  it('the new one sees the lead, and none of the calls that the other made', async () => {
    expect(await outcome('another', `{ lead(id: "${lead}") { id } }`)).toBe('seen');
    expect(await outcome('another', `{ callLog(id: "${callLog}") { id } }`)).toBe(GONE);
    expect(await outcome('another', `{ recording(id: "${recording}") { id } }`)).toBe(GONE);
    const query = `{ lead(id: "${lead}") { callCount callLogs { nodes { id } totalCount } } }`;
    const { data } = await graphql<{ lead: unknown }>(app, query, {
      token: await tokenOf(app, users.another),
    });
    expect(data?.lead).toMatchObject({ callLogs: { nodes: [], totalCount: 0 } });
  });
});
