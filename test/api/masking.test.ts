import {
  getNamedType,
  isObjectType,
  isRequiredArgument,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import type { Role } from '../../server/auth/user.entity.js';
import { createSchema } from '../../server/schema.js';
import { graphql } from '../support/graphql.js';
import { TestApp } from '../support/test-app.js';
import { World } from '../support/world.js';

const PHONE = '+919876543210';
const FROM = '+911140001234';
const TO = '+919999995678';
const PATH = 'local:recordings/00/secret.mp3';

/** What not everybody who sees the object may see of it: in full, and as the others see it. */
const GUARDED: Readonly<Record<string, { full: string; shown: string | null; whole: readonly Role[] }>> = {
  'Lead.phone': { full: PHONE, shown: '+********3210', whole: ['TELECALLER', 'MANAGER', 'ADMIN'] },
  'CatiCall.fromNumber': { full: FROM, shown: '+********1234', whole: ['MANAGER', 'ADMIN'] },
  'CatiCall.toNumber': { full: TO, shown: '+********5678', whole: ['MANAGER', 'ADMIN'] },
  'Recording.path': { full: PATH, shown: null, whole: ['ADMIN'] },
};
const ROLES = ['TELECALLER', 'INTERVIEWER', 'QUALITY_AGENT', 'MANAGER', 'ADMIN'] as const satisfies Role[];

const schema = await createSchema();
let app: TestApp;
let world: World;
const ids: Record<string, string[]> = {};

beforeAll(async () => {
  app = await TestApp.start({ env: { EARSHOT_ROLES: 'api' } });
  world = await World.create(app);
  const telecaller = world.person('TELECALLER');
  const interviewer = world.person('INTERVIEWER');
  const stored = {
    status: 'UPLOADED',
    recordingPath: PATH,
    byteSize: 1,
    contentType: 'audio/mpeg',
    sha256: '0'.repeat(64),
    uploadedAt: new Date(),
  } as const;
  const ofCall = await app.make.recording(stored);
  const ofInterview = await app.make.recording(stored);
  const upload = async (kind: string, recording: string): Promise<string> => {
    const session = await world.make(kind, 'own');
    await app.database.query('update upload_sessions set recording_id = $1 where id = $2', [
      recording,
      session,
    ]);
    return session;
  };
  // Made first: lists are asked for what is newest.
  const uploads = [await upload('callUpload', ofCall.id), await upload('catiUpload', ofInterview.id)];
  const lead = await app.make.lead(telecaller, { phone: PHONE });
  const callLog = await app.make.callLog(lead, telecaller, { recording: ofCall.id });
  const catiCall = await app.make.catiCall(interviewer, {
    recording: ofInterview.id,
    fromNumber: FROM,
    toNumber: TO,
    callId: '9198-call',
  });
  Object.assign(ids, {
    lead: [lead.id],
    callLog: [callLog.id],
    catiCall: [catiCall.id],
    recording: [ofCall.id, ofInterview.id],
    upload: uploads,
    review: [await world.approved(catiCall.id, interviewer)],
  });
});

afterAll(() => app[Symbol.asyncDispose]());

it('whatever is called a number or a path is in the table', () => {
  const found = objectTypes(schema).flatMap((type) =>
    Object.keys(type.getFields())
      .filter((name) => /phone|mobile|\w+Number$|path$/i.test(name))
      .map((name) => `${type.name}.${name}`),
  );
  expect(found.toSorted()).toEqual(Object.keys(GUARDED).toSorted());
});

function objectTypes({ getTypeMap }: GraphQLSchema): GraphQLObjectType[] {
  return Object.values(getTypeMap.call(schema)).filter(
    (type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith('__'),
  );
}

interface Way {
  /** Fields from the root to the guarded one. */
  fields: string[];
  guarded: string;
}

/** Every way from a field of Query to a guarded field that goes through no type twice. */
function waysFrom(type: GraphQLObjectType, seen: readonly string[], fields: readonly string[]): Way[] {
  return Object.values(type.getFields()).flatMap((field) => {
    const guarded = `${type.name}.${field.name}`;
    if (GUARDED[guarded]) return [{ fields: [...fields, field.name], guarded }];
    const next = followed(field);
    return next && !seen.includes(next.name)
      ? waysFrom(next, [...seen, next.name], [...fields, field.name])
      : [];
  });
}

function followed(field: GraphQLField<unknown, unknown>): GraphQLObjectType | undefined {
  const type = getNamedType(field.type);
  return isObjectType(type) && !field.args.some(isRequiredArgument) ? type : undefined;
}

/** How each field of Query is asked for what was made; undefined where none of it can be seen there. */
const CALLS: Readonly<Record<string, ((id: string) => string) | undefined>> = {
  lead: (id) => `lead(id: "${id}")`,
  leads: () => 'leads(first: 1)',
  callLog: (id) => `callLog(id: "${id}")`,
  callLogs: () => 'callLogs(first: 1)',
  catiCall: (id) => `catiCall(id: "${id}")`,
  catiCalls: () => 'catiCalls(first: 1)',
  recording: (id) => `recording(id: "${id}")`,
  upload: (id) => `upload(id: "${id}")`,
  review: (id) => `review(id: "${id}")`,
  reviews: () => 'reviews(first: 1)',
  me: () => 'me',
  migration: undefined,
  migrations: undefined,
  storageUsage: undefined,
};

const roots = Object.values(schema.getQueryType()?.getFields() ?? {});
const WAYS = roots.flatMap((root) => {
  const type = getNamedType(root.type);
  if (!isObjectType(type) || (Object.hasOwn(CALLS, root.name) && !CALLS[root.name])) return [];
  return waysFrom(type, ['User', type.name], [])
    .filter(({ fields }) => !fields.includes('edges'))
    .map(({ fields, guarded }) => [root.name, fields.join('.'), guarded] as const);
});

it('there are several ways to each of them', () => {
  for (const guarded of Object.keys(GUARDED))
    expect(WAYS.filter((way) => way[2] === guarded).length).toBeGreaterThan(2);
});

const told = new Set<string>();

describe.each(WAYS)('%s.%s', (root, fields, guarded) => {
  it.each(ROLES)('as %s', async (role) => {
    const rule = GUARDED[guarded];
    const call = CALLS[root];
    if (!rule || !call) throw new Error(`how is ${root} asked?`);
    const expected = rule.whole.includes(role) ? rule.full : rule.shown;
    const names = fields.split('.');
    const selection = names.reduceRight((inner, name) => `${name}${inner && ` { ${inner} }`}`, '');
    for (const id of ids[root] ?? ['']) {
      const { data } = await graphql(app, `{ ${call(id)} { ${selection} } }`, {
        token: await world.token(role),
      });
      for (const value of valuesAt(data?.[root], names)) {
        expect(value).toBe(expected);
        told.add(`${guarded} ${role}`);
      }
    }
  });
});

/** What stands at the end of this way, where something does. */
function valuesAt(value: unknown, [name, ...rest]: readonly string[]): unknown[] {
  if (value === null || value === undefined) return name === undefined ? [value] : [];
  if (Array.isArray(value))
    return value.flatMap((item) => valuesAt(item, name === undefined ? [] : [name, ...rest]));
  return name === undefined ? [value] : valuesAt((value as Record<string, unknown>)[name], rest);
}

it('every role that sees a thing was told of it above', () => {
  const callers = ROLES.filter((role) => !['INTERVIEWER', 'QUALITY_AGENT'].includes(role));
  const interviews = ROLES.filter((role) => role !== 'TELECALLER');
  const expected = Object.keys(GUARDED).flatMap((guarded) => {
    const roles = guarded.startsWith('Lead.')
      ? callers
      : guarded.startsWith('CatiCall.')
        ? interviews
        : ROLES;
    return roles.map((role) => `${guarded} ${role}`);
  });
  expect([...told].toSorted()).toEqual(expected.toSorted());
});

describe('a search', () => {
  const DIGITS = ['1234', '999999', '9999', '+9', '0', '%', '_'];

  it.each(['INTERVIEWER', 'QUALITY_AGENT'] as const)(
    'by digits of a masked number finds nothing, as %s',
    async (role) => {
      for (const search of DIGITS) {
        const query = `{ catiCalls(filter: { search: "${search}" }) { nodes { id } totalCount } }`;
        const { data } = await graphql(app, query, { token: await world.token(role) });
        expect([search, data]).toEqual([search, { catiCalls: { nodes: [], totalCount: 0 } }]);
      }
      const own = '{ catiCalls(filter: { search: "9198-" }) { totalCount } }';
      const { data } = await graphql(app, own, { token: await world.token(role) });
      expect(data).toEqual({ catiCalls: { totalCount: 1 } });
    },
  );

  it.each(['MANAGER', 'ADMIN'] as const)('by digits of a number finds its call, as %s', async (role) => {
    const query = '{ catiCalls(filter: { search: "999999" }) { nodes { id } } }';
    const { data } = await graphql(app, query, { token: await world.token(role) });
    expect(data).toEqual({ catiCalls: { nodes: [{ id: ids['catiCall']?.[0] }] } });
  });
});
