import type { User } from '../../server/auth/user.entity.js';
import { graphql, tokenOf } from '../support/graphql.js';
import { TestApp } from '../support/test-app.js';

let app: TestApp;
let tokens: Record<'manager' | 'agent' | 'one' | 'two', string>;
let one: User;
let calls: Record<'a' | 'b' | 'c' | 'd' | 'e' | 'twice', string>;

const T0 = '2026-05-01T10:00:00.000Z';
const T1 = '2026-05-01T10:00:00.001Z';
const T2 = '2026-05-01T10:00:00.002Z';
const SOON = '2026-06-01T00:00:00.000Z';
const LATER = '2026-07-01T00:00:00.000Z';

beforeAll(async () => {
  app = await TestApp.start({ env: { EARSHOT_ROLES: 'api' } });
  one = await app.make.user('INTERVIEWER');
  const two = await app.make.user('INTERVIEWER');
  tokens = {
    manager: await tokenOf(app, await app.make.user('MANAGER')),
    agent: await tokenOf(app, await app.make.user('QUALITY_AGENT')),
    one: await tokenOf(app, one),
    two: await tokenOf(app, two),
  };
  const expires = (text: string) => ({ sourceExpiresAt: new Date(text) });
  const stored = await app.make.recording({
    status: 'UPLOADED',
    recordingPath: 'local:recordings/00/a/b.mp3',
    byteSize: 1,
    sha256: '0'.repeat(64),
    uploadedAt: new Date(T0),
    flags: ['SILENT', 'SHORT'],
    ...expires(SOON),
  });
  const failed = { errorCode: 'SOURCE_TIMEOUT', errorAt: new Date(T0) } as const;
  const timedOut = await app.make.recording({
    status: 'FAILED',
    ...failed,
    flags: ['SHORT'],
    ...expires(LATER),
  });
  const waiting = await app.make.recording({ status: 'EXPECTED', ...expires(SOON) });
  const endless = await app.make.recording({ status: 'PENDING' });
  const at = (text: string) => ({ startedAt: new Date(text) });
  const ids = [
    await app.make.catiCall(one, {
      ...at(T0),
      statusCode: 'a',
      callId: 'CALL-1',
      recording: stored.id,
      campaign: 'Spring',
    }),
    await app.make.catiCall(one, {
      ...at(T1),
      statusCode: 'b',
      callId: 'CALL-10%',
      recording: timedOut.id,
      status: 'BUSY',
      fromNumber: '+911140000001',
      toNumber: '+919812345678',
    }),
    await app.make.catiCall(two, {
      ...at(T2),
      statusCode: 'c',
      callId: 'x-CALL-1',
      recording: waiting.id,
      provider: 'twilio',
    }),
    // First heard of at T1; nobody told when it began.
    await app.make.catiCall(two, {
      startedAt: null,
      insertedAt: new Date(T1),
      statusCode: 'd',
      callId: 'other',
      recording: endless.id,
      campaign: 'Spring Two',
      toNumber: null,
    }),
    await app.make.catiCall(null, {
      ...at(T2),
      statusCode: 'e',
      callId: 'twice',
      status: 'NO_ANSWER',
      insertedAt: new Date(T2),
    }),
    await app.make.catiCall(null, {
      ...at(T0),
      statusCode: 'f',
      callId: 'twice',
      provider: 'twilio',
      insertedAt: new Date(T1),
    }),
  ].map(({ id }) => id);
  const [a = '', b = '', c = '', d = '', e = '', twice = ''] = ids;
  calls = { a, b, c, d, e, twice };
});

afterAll(() => app[Symbol.asyncDispose]());

interface Found {
  catiCalls: {
    nodes: { statusCode: string }[];
    totalCount: number;
    pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean };
  };
}

async function page(args: string, variables: object = {}, token = tokens.manager) {
  const query = `query ($filter: CatiCallFilter) { catiCalls(filter: $filter${args && `, ${args}`}) {
    nodes { statusCode } totalCount pageInfo { hasNextPage hasPreviousPage } } }`;
  return graphql<Found>(app, query, { token, variables });
}

/** Which calls, in alphabetical order, their count, and the error's code and field. */
async function found(filter: object | null, token?: string): Promise<[string, number, string]> {
  const { data, errors } = await page('orderBy: { field: STARTED_AT, direction: ASC }', { filter }, token);
  const names = data?.catiCalls.nodes.map(({ statusCode }) => statusCode).toSorted() ?? [];
  const { code = 'OK', field = '' } = errors[0]?.extensions ?? {};
  return [names.join(''), data?.catiCalls.totalCount ?? 0, `${code} ${field}`.trim()];
}

describe('a filter', () => {
  it.each<[object | null, string]>([
    [null, 'abcdef'],
    [{}, 'abcdef'],
    [
      { provider: null, status: null, campaign: null, search: null, flags: null, expiresBefore: null },
      'abcdef',
    ],
    [{ provider: 'deepcall' }, 'abde'],
    [{ provider: 'twilio' }, 'cf'],
    [{ provider: '' }, ''],
    [{ status: ['COMPLETED'] }, 'acdf'],
    [{ status: ['BUSY', 'NO_ANSWER'] }, 'be'],
    [{ status: [] }, ''],
    [{ campaign: 'Spring' }, 'a'],
    [{ campaign: 'spring' }, ''],
    [{ interviewerId: 'nothing' }, ''],
    [{ search: 'CALL-1' }, 'ab'],
    [{ search: 'CALL-10%' }, 'b'],
    [{ search: '%' }, ''],
    [{ search: '_ALL' }, ''],
    [{ search: 'call-1' }, ''],
    [{ search: '981234' }, 'b'],
    [{ search: '+9111400' }, 'b'],
    [{ search: '   ' }, 'abcdef'],
    [{ search: `' or true --` }, ''],
    [{ recordingStatus: ['UPLOADED'] }, 'a'],
    [{ recordingStatus: ['FAILED', 'EXPECTED'] }, 'bc'],
    [{ recordingStatus: [] }, ''],
    [{ failureCode: ['SOURCE_TIMEOUT', 'EMPTY'] }, 'b'],
    [{ failureCode: ['EMPTY'] }, ''],
    [{ flags: ['SHORT'] }, 'ab'],
    [{ flags: ['SHORT', 'SILENT'] }, 'a'],
    [{ flags: [] }, 'abcd'],
    [{ expiresBefore: LATER }, 'c'],
    [{ expiresBefore: '2026-07-01T00:00:00.001Z' }, 'bc'],
    [{ expiresBefore: SOON }, ''],
    [{ startedAfter: T1 }, 'bcde'],
    [{ startedBefore: T1 }, 'af'],
    [{ startedAfter: T1, startedBefore: T2 }, 'bd'],
    [{ startedAfter: T2, startedBefore: T1 }, ''],
    [
      {
        flags: ['SHORT'],
        recordingStatus: ['FAILED'],
        failureCode: ['SOURCE_TIMEOUT'],
        expiresBefore: '2027-01-01T00:00:00Z',
      },
      'b',
    ],
    [{ flags: ['SHORT'], recordingStatus: ['EXPECTED'] }, ''],
    [{ provider: 'deepcall', status: ['COMPLETED'], startedAfter: T1, recordingStatus: ['PENDING'] }, 'd'],
  ])('%j', async (filter, names) => {
    expect(await found(filter)).toEqual([names, names.length, 'OK']);
  });

  it('of an interviewer, as far as the viewer sees', async () => {
    expect(await found({ interviewerId: one.id.toUpperCase() })).toEqual(['ab', 2, 'OK']);
    expect(await found({ interviewerId: one.id }, tokens.one)).toEqual(['ab', 2, 'OK']);
    expect(await found({ interviewerId: one.id }, tokens.two)).toEqual(['', 0, 'OK']);
    expect(await found(null, tokens.two)).toEqual(['cd', 2, 'OK']);
  });

  it.each<[object, string]>([
    [{ search: 'x'.repeat(101) }, 'BAD_USER_INPUT filter.search'],
    [{ search: 'a\0b' }, 'BAD_USER_INPUT filter.search'],
    [{ provider: 'a\0b' }, 'BAD_USER_INPUT filter.provider'],
    [{ campaign: 'a\0b' }, 'BAD_USER_INPUT filter.campaign'],
    [{ provider: 'x'.repeat(41) }, 'BAD_USER_INPUT filter.provider'],
    [{ campaign: 'x'.repeat(201) }, 'BAD_USER_INPUT filter.campaign'],
    [{ status: ['DONE'] }, 'BAD_USER_INPUT filter'],
    [{ flags: ['LOUD'] }, 'BAD_USER_INPUT filter'],
    [{ expiresBefore: '2026-02-30T00:00:00Z' }, 'BAD_USER_INPUT filter'],
  ])('is refused: %j', async (filter, error) => {
    expect(await found(filter)).toEqual(['', 0, error]);
  });

  it('by part of a number finds nothing for those who may not see numbers', async () => {
    for (const search of ['981234', '+9111400', '5678', '1'])
      for (const token of [tokens.agent, tokens.one])
        expect(await found({ search }, token)).toEqual(['', 0, 'OK']);
    expect(await found({ search: 'CALL-1' }, tokens.agent)).toEqual(['ab', 2, 'OK']);
  });
});

describe('the order by expiry', () => {
  const names = async (args: string, filter: object = {}): Promise<string> => {
    const { data } = await page(`orderBy: { field: SOURCE_EXPIRES_AT${args} }`, { filter });
    return `${data?.catiCalls.nodes.map(({ statusCode }) => statusCode).join('')} of ${data?.catiCalls.totalCount}`;
  };

  it('leaves out calls that nothing says an expiry of, and counts without them', async () => {
    // Of the same expiry, the one of the smaller id comes first.
    const [first, second] = calls.a < calls.c ? ['a', 'c'] : ['c', 'a'];
    expect(await names(', direction: ASC')).toBe(`${first}${second}b of 3`);
    expect(await names(', direction: DESC')).toBe(`b${second}${first} of 3`);
  });

  it.each<[object, string]>([
    [{ expiresBefore: '2026-07-01T00:00:00.001Z' }, 'cb of 2'],
    [{ recordingStatus: ['FAILED'] }, 'b of 1'],
    [{ recordingStatus: ['PENDING'] }, ' of 0'],
    [{ failureCode: ['SOURCE_TIMEOUT'] }, 'b of 1'],
    [{ flags: ['SILENT'] }, 'a of 1'],
    [{ provider: 'twilio' }, 'c of 1'],
    [{ startedAfter: T1, startedBefore: T2 }, 'b of 1'],
  ])('takes the filter %j too', async (filter, expected) => {
    expect(await names(', direction: ASC', filter)).toBe(expected);
  });
});

describe('one call', () => {
  const get = async (args: string, token = tokens.manager): Promise<string> => {
    const { data, errors } = await graphql<{ catiCall: { statusCode: string } | null }>(
      app,
      `{ catiCall${args && `(${args})`} { statusCode } }`,
      { token },
    );
    const { code = 'OK', field = '' } = errors[0]?.extensions ?? {};
    return data?.catiCall?.statusCode ?? `${code} ${field}`.trim();
  };

  it.each<[string, () => string, string]>([
    ['our id', () => `id: "${calls.b}"`, 'b'],
    ['our id in capitals', () => `id: "${calls.b.toUpperCase()}"`, 'b'],
    ["the provider's id", () => 'callId: "CALL-1"', 'a'],
    ["the provider's id of two providers: the later one", () => 'callId: "twice"', 'e'],
    ['null for the other one', () => `id: null, callId: "other"`, 'd'],
    ['part of an id', () => 'callId: "CALL-"', 'NOT_FOUND'],
    ['the id in other letters', () => 'callId: "call-1"', 'NOT_FOUND'],
    ['an id that is none', () => 'id: "1"', 'NOT_FOUND'],
    ['an empty id', () => 'callId: ""', 'NOT_FOUND'],
    ['a NUL character', () => String.raw`callId: "a\u0000b"`, 'NOT_FOUND'],
    ['a very long id', () => `callId: "${'x'.repeat(5000)}"`, 'NOT_FOUND'],
    ['both', () => `id: "${calls.a}", callId: "CALL-1"`, 'BAD_USER_INPUT id'],
    ['neither', () => '', 'BAD_USER_INPUT id'],
    ['two nulls', () => 'id: null, callId: null', 'BAD_USER_INPUT id'],
  ])('by %s', async (_name, args, expected) => {
    expect(await get(args())).toBe(expected);
  });

  it("is not another interviewer's by either id", async () => {
    expect(await get('callId: "CALL-1"', tokens.one)).toBe('a');
    expect(await get('callId: "CALL-1"', tokens.two)).toBe('NOT_FOUND');
    expect(await get(`id: "${calls.a}"`, tokens.two)).toBe('NOT_FOUND');
    expect(await get('callId: "twice"', tokens.one)).toBe('NOT_FOUND');
  });
});
