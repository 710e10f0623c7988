import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Role, User } from '../../server/auth/user.entity.js';
import { createApollo } from '../../server/http/graphql.js';
import { Health } from '../../server/http/health.js';
import { Metrics } from '../../server/http/metrics.js';
import { createRoutes, routesOf, type Route } from '../../server/routes.js';
import { createSchema } from '../../server/schema.js';
import type { Scope } from '../../server/scope.js';
import { fixture, sha256 } from '../support/fixtures.js';
import { TestApp } from '../support/test-app.js';
import { World } from '../support/world.js';

/** As in the table of roles: `own`, `all` or `gone` for telecaller, interviewer, agent, manager and admin. */
interface Expected {
  access: Route['access'];
  /** Of a `bearer` route. */
  words?: string;
  paths?: () => Promise<Paths>;
  /** What the method needs beside the token, and answers where it is allowed, if not 200. */
  headers?: Record<string, string>;
  done?: number;
}

/** Where a recording is that is the telecaller's or interviewer's, a colleague's, or nobody's. */
interface Paths {
  own: string;
  other: string;
  none: string[];
}

const OF_LEAD: Expected = { access: 'bearer', words: 'own gone gone all all', paths: leadPaths };
const OF_INTERVIEW: Expected = { access: 'bearer', words: 'gone own all all all', paths: interviewPaths };

const TUS = { 'tus-resumable': '1.0.0' };
const OF_UPLOAD: Expected = {
  access: 'bearer',
  words: 'own gone gone gone all',
  paths: uploadPaths,
  headers: { ...TUS, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
};

/** Every route, with who may come in. */
const ROUTES: Readonly<Record<string, Expected>> = {
  'GET /healthz': { access: 'public' },
  'GET /readyz': { access: 'public' },
  'GET /metrics': { access: 'metrics' },
  'GET /': { access: 'public' },
  'GET /graphiql': { access: 'public' },
  'GET /explorer/:name': { access: 'public' },
  'GET /console': { access: 'public' },
  'GET /console/*path': { access: 'public' },
  'USE /graphql': { access: 'graphql' },
  'GET /recordings/:id/:name': { access: 'signed' },
  'HEAD /recordings/:id/:name': { access: 'signed' },
  'PUT /uploads/:id': { access: 'signed' },
  'POST /tus': { access: 'bearer' },
  'HEAD /tus/:id': OF_UPLOAD,
  'PATCH /tus/:id': { ...OF_UPLOAD, done: 204 },
  'DELETE /tus/:id': { ...OF_UPLOAD, done: 204 },
  'GET /reports/:id/:name': { access: 'signed' },
  'HEAD /reports/:id/:name': { access: 'signed' },
  'GET /webhooks/:provider/:secret': { access: 'webhook' },
  'POST /webhooks/:provider/:secret': { access: 'webhook' },
  'GET /api/leads/:leadId/recordings/:recordingId': OF_LEAD,
  'HEAD /api/leads/:leadId/recordings/:recordingId': OF_LEAD,
  'GET /api/cati/recording/:callId': OF_INTERVIEW,
  'HEAD /api/cati/recording/:callId': OF_INTERVIEW,
};
const MISSING = '01890000-0000-7000-8000-000000000000';
const ROLES = ['TELECALLER', 'INTERVIEWER', 'QUALITY_AGENT', 'MANAGER', 'ADMIN'] as const satisfies Role[];

let app: TestApp;
let world: World;

beforeAll(async () => {
  app = await TestApp.start({ env: { EARSHOT_ROLES: 'api' } });
  world = await World.create(app);
});

afterAll(() => app[Symbol.asyncDispose]());

function namesOf({ path, methods, access }: Route): string[] {
  return access === 'graphql' ? [`USE ${path}`] : methods.map((method) => `${method.toUpperCase()} ${path}`);
}

async function parts() {
  const apollo = createApollo<Scope>({
    schema: await createSchema(),
    introspection: false,
    logger: app.services.logger,
  });
  await apollo.start();
  return { apollo, health: new Health({}), metrics: new Metrics({ loopback: true }) };
}

it('every route is in the table, with its access word', async () => {
  const routes = routesOf(app.services, await parts());
  const found = routes.flatMap((route) => namesOf(route).map((name) => [name, route.access]));
  expect(Object.fromEntries(found)).toEqual(
    Object.fromEntries(Object.entries(ROUTES).map(([name, { access }]) => [name, access])),
  );
});

interface Layer {
  name: string;
  route?: { path: string; methods: Record<string, boolean> };
}

it('nothing answers beside the routes of the table', async () => {
  const express: unknown = createRoutes(app.services, await parts());
  const { stack } = (express as { router: { stack: Layer[] } }).router;
  const mounted = stack.flatMap(({ route }) =>
    route ? Object.keys(route.methods).map((method) => `${method.toUpperCase()} ${route.path}`) : [],
  );
  expect(mounted.toSorted()).toEqual(
    Object.keys(ROUTES)
      .filter((name) => !name.startsWith('USE'))
      .toSorted(),
  );
  // What every request passes, tus's, the four of /graphql, and the two ends: nothing there, or a fault.
  expect(stack.filter(({ route }) => !route)).toHaveLength(5 + 1 + 4 + 2);
});

const everybody = [...ROLES, 'nobody'] as const;
type Somebody = (typeof everybody)[number];

async function ask(
  method: string,
  path: string,
  as: Somebody,
  headers: Record<string, string> = {},
): Promise<number> {
  const authorization = as === 'nobody' ? undefined : `Bearer ${await world.token(as)}`;
  const response = await fetch(`${app.url}${path}`, {
    method,
    headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
    ...(method === 'PUT' ? { body: '0123456789' } : {}),
  });
  await response.arrayBuffer();
  return response.status;
}

describe.each(everybody)('as %s', (as) => {
  it.each(['/healthz', '/readyz', '/', '/graphiql', '/metrics'])('%s is open', async (path) => {
    expect(await ask('GET', path, as)).toBe(200);
  });

  it('figures are for this machine, whoever asks from elsewhere', async () => {
    expect(await ask('GET', '/metrics', as, { 'x-forwarded-for': '203.0.113.7' })).toBe(404);
  });

  it.each(Object.keys(ROUTES).filter((name) => ROUTES[name]?.access === 'signed'))(
    '%s is shut without a signature',
    async (name) => {
      const [method = '', path = ''] = name.split(' ');
      expect(await ask(method, path.replace(':id', MISSING).replace(':name', 'call.mp3'), as)).toBe(403);
    },
  );

  it.each(Object.keys(ROUTES).filter((name) => ROUTES[name]?.access === 'webhook'))(
    '%s is shut without its secret',
    async (name) => {
      const [method = '', path = ''] = name.split(' ');
      const status = await ask(
        method,
        path.replace(':provider', 'deepcall').replace(':secret', 'guessed'),
        as,
      );
      expect([401, 403, 404]).toContain(status);
    },
  );
});

/** A recording with bytes to play. */
async function stored(): Promise<string> {
  const bytes = await fixture('call.mp3');
  const key = `recordings/00/${randomUUID()}/call.mp3`;
  await app.services.storage.put(key, Readable.from([bytes]));
  const { id } = await app.make.recording({
    status: 'UPLOADED',
    recordingPath: `local:${key}`,
    contentType: 'audio/mpeg',
    codec: 'mp3',
    byteSize: bytes.length,
    sha256: sha256(bytes),
    uploadedAt: new Date(),
  });
  return id;
}

async function ofLead(owner: User): Promise<{ leadId: string; recordingId: string }> {
  const recordingId = await stored();
  const lead = await app.make.lead(owner);
  await app.make.callLog(lead, owner, { recording: recordingId });
  return { leadId: lead.id, recordingId };
}

async function leadPaths(): Promise<Paths> {
  const own = await ofLead(world.person('TELECALLER'));
  const other = await ofLead(world.colleague('TELECALLER'));
  const path = (lead: string, recording: string): string => `/api/leads/${lead}/recordings/${recording}`;
  return {
    own: path(own.leadId, own.recordingId),
    other: path(other.leadId, other.recordingId),
    none: [path(own.leadId, MISSING), path(other.leadId, own.recordingId), path('1', '1')],
  };
}

async function interviewPaths(): Promise<Paths> {
  const make = async (owner: User): Promise<string> => {
    const call = await app.make.catiCall(owner, { recording: await stored(), callId: randomUUID() });
    return `/api/cati/recording/${call.callId}`;
  };
  const silent = await app.make.catiCall(world.person('INTERVIEWER'), { callId: randomUUID() });
  return {
    own: await make(world.person('INTERVIEWER')),
    other: await make(world.colleague('INTERVIEWER')),
    none: ['/api/cati/recording/1', `/api/cati/recording/${silent.callId}`, '/api/cati/recording/a%00b'],
  };
}

async function uploadPaths(): Promise<Paths> {
  const make = async (owner: User): Promise<string> => {
    const callLog = await app.make.callLog(await app.make.lead(owner), owner);
    const client = await app.client(owner);
    const { id } = await client.requestUpload({
      callLogId: callLog.id,
      byteSize: 1000,
      strategy: 'CHUNKED',
    });
    return `/tus/${id}`;
  };
  return {
    own: await make(world.person('TELECALLER')),
    other: await make(world.colleague('TELECALLER')),
    none: [`/tus/${MISSING}`, '/tus/1', '/tus/..%2f1'],
  };
}

const BEARER = Object.entries(ROUTES).filter(([, { words }]) => words !== undefined);
/** What is answered for the viewer's own, another's and what is not there. */
const STATUSES: Readonly<Record<string, [own: number, other: number, none: number]>> = {
  own: [200, 404, 404],
  all: [200, 200, 404],
  gone: [404, 404, 404],
  who: [401, 401, 401],
};

describe.each(BEARER)('%s', (name, { words = '', paths = leadPaths, headers, done = 200 }) => {
  const [method = ''] = name.split(' ');
  const given = words.split(' ');

  it.each(everybody.map((as, n) => [as, given[n] ?? 'who'] as const))('as %s: %s', async (as, word) => {
    const { own, other, none } = await paths();
    const answers = await Promise.all([own, other, ...none].map((path) => ask(method, path, as, headers)));
    expect([answers[0], answers[1], new Set(answers.slice(2))]).toEqual(
      STATUSES[word]
        ?.map((status) => (status === 200 ? done : status))
        .map((status, n) => (n < 2 ? status : new Set([status]))),
    );
  });

  it('has a word for each role', () => {
    expect(given).toHaveLength(ROLES.length);
  });
});

/** What is answered for an upload for one's own call, for a colleague's, and for none. */
it.each([
  ['TELECALLER', 'callLogId', [201, 404, 404]],
  ['TELECALLER', 'catiCallId', [403, 403, 403]],
  ['INTERVIEWER', 'callLogId', [403, 403, 403]],
  ['INTERVIEWER', 'catiCallId', [201, 404, 404]],
  ['QUALITY_AGENT', 'callLogId', [403, 403, 403]],
  ['QUALITY_AGENT', 'catiCallId', [403, 403, 403]],
  ['MANAGER', 'callLogId', [403, 403, 403]],
  ['MANAGER', 'catiCallId', [403, 403, 403]],
  ['ADMIN', 'callLogId', [201, 201, 404]],
  ['ADMIN', 'catiCallId', [201, 201, 404]],
  ['nobody', 'callLogId', [401, 401, 401]],
] as const)('POST /tus as %s for a %s', async (as, key, statuses) => {
  const call = async (whose: 'person' | 'colleague'): Promise<string> => {
    const owner = world[whose](key === 'callLogId' ? 'TELECALLER' : 'INTERVIEWER');
    if (key === 'catiCallId') return (await app.make.catiCall(owner, { callId: randomUUID() })).id;
    return (await app.make.callLog(await app.make.lead(owner), owner)).id;
  };
  const ids = [await call('person'), await call('colleague'), MISSING];
  const answers = ids.map((id) =>
    ask('POST', '/tus', as, {
      ...TUS,
      'upload-length': '1000',
      'upload-metadata': `${key} ${Buffer.from(id).toString('base64')}`,
    }),
  );
  expect(await Promise.all(answers)).toEqual(statuses);
});

it('a link opens one recording for whoever has it, and no other', async () => {
  const own = await ofLead(world.person('TELECALLER'));
  const other = await ofLead(world.colleague('TELECALLER'));
  const client = await app.client(world.person('TELECALLER'));
  const { url } = (await client.recording(own.recordingId)).url ?? { url: '' };
  const path = new URL(url).pathname + new URL(url).search;
  for (const as of everybody) {
    expect(await ask('GET', path, as)).toBe(200);
    expect(await ask('HEAD', path, as)).toBe(200);
    expect(await ask('GET', path.replace(own.recordingId, other.recordingId), as)).toBe(403);
  }
});
