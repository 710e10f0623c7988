import { once } from 'node:events';
import { Agent } from 'node:http';
import { FaultyStorage } from '../support/faulty-storage.js';
import { CALLS, fixture, sha256 } from '../support/fixtures.js';
import {
  begin,
  formHeaders,
  graphqlForm,
  multipartBody,
  send,
  type Answer,
  type Part,
} from '../support/raw-request.js';
import { TestApp } from '../support/test-app.js';
import { Caller, keysBelow } from '../support/upload-steps.js';

const MAX = 600_000;
const UPLOAD = `mutation Upload($input: UploadRecordingInput!) { uploadRecording(input: $input) { upload { id status } } }`;

let app: TestApp;
let storage: FaultyStorage;
let caller: Caller;
let file: Buffer;

beforeAll(async () => {
  storage = await FaultyStorage.create();
  app = await TestApp.start({ storage, env: { UPLOAD_MAX_BYTES: String(MAX) } });
  caller = await Caller.create(app);
  file = await fixture('call.amr');
});
afterAll(() => app[Symbol.asyncDispose]());

const upload = (bytes: Uint8Array, hash?: string) =>
  app.beforeStoring(async () =>
    caller.client.uploadRecording({ callLogId: await caller.call(), file: bytes, sha256: hash }),
  );
const post = (body: Uint8Array, headers: Record<string, string> = formHeaders(caller.token), agent?: Agent) =>
  send(`${app.url}/graphql`, body, { method: 'POST', headers, agent });

/** The code that a request was refused with, by GraphQL or in front of it. */
function codeOf({ body }: Answer): unknown {
  const answer = JSON.parse(body.toString()) as {
    code?: string;
    errors?: { extensions?: { code?: string } }[];
  };
  return answer.code ?? answer.errors?.[0]?.extensions?.code;
}

it.each(CALLS)('$file arrives, is verified and stored', async ({ file: name, contentType }) => {
  const bytes = await fixture(name);
  const sent = await upload(bytes, sha256(bytes));
  expect(sent).toMatchObject({
    status: 'FINALIZING',
    strategy: 'PUT',
    byteSize: bytes.length,
    receivedBytes: bytes.length,
  });
  await app.ingested(sent.id);
  const { recording } = await caller.client.upload(sent.id);
  expect(await caller.client.recording(recording?.id ?? '')).toMatchObject({
    status: 'UPLOADED',
    contentType,
    sha256: sha256(bytes),
  });
});

it.each<[string, () => Uint8Array, string | undefined, object]>([
  ['another SHA-256', () => file, 'a'.repeat(64), { code: 'CHECKSUM_MISMATCH', field: 'sha256' }],
  ['a malformed SHA-256', () => file, 'abc', { code: 'BAD_USER_INPUT', field: 'sha256' }],
  ['a page', () => Buffer.from('<!doctype html>'), undefined, { code: 'UNSUPPORTED_MEDIA_TYPE' }],
  ['nothing', () => Buffer.alloc(0), undefined, { code: 'BAD_USER_INPUT', field: 'file' }],
  [
    'a byte too much',
    () => Buffer.concat([file, Buffer.alloc(MAX)]).subarray(0, MAX + 1),
    undefined,
    { code: 'PAYLOAD_TOO_LARGE', limit: MAX },
  ],
  ['far too much', () => Buffer.alloc(20 * MAX, file), undefined, { code: 'PAYLOAD_TOO_LARGE', limit: MAX }],
])('%s is refused, and leaves nothing', async (_name, bytes, hash, error) => {
  const before = await keysBelow(app, 'uploads/');
  const callLogId = await caller.call();
  await expect(
    caller.client.uploadRecording({ callLogId, file: bytes(), sha256: hash }),
  ).rejects.toMatchObject({ retryable: false, ...error });
  expect((await keysBelow(app, 'uploads/')).filter((key) => !before.includes(key))).toEqual([]);
  expect(
    await app.database.query('select 1 from upload_sessions where call_log_id = $1', [callLogId]),
  ).toEqual([]);
  expect((await caller.client.callLog(callLogId)).recording).toBeNull();
});

it('a file of the very limit is taken', async () => {
  const bytes = Buffer.alloc(MAX);
  (await fixture('call.wav')).copy(bytes);
  await expect(upload(bytes)).resolves.toMatchObject({ status: 'FINALIZING', byteSize: MAX });
});

it.each([
  ['with a NUL', `a"; filename*=UTF-8''a%00b.amr; x="`],
  ['with a path', '../../etc/passwd'],
  ['that is long', `${'ö'.repeat(300)}.amr`],
  ['cut amid a pair', `${'x'.repeat(254)}😀.amr`],
  ['that is none', ''],
])('a file name %s is no harm', async (_name, filename) => {
  const parts = form({ value: file, filename }, { callLogId: await caller.call() });
  const { status, body } = await app.beforeStoring(() => post(multipartBody(parts)));
  expect({ status, body: body.toString() }).toMatchObject({
    status: 200,
    body: expect.stringContaining('FINALIZING') as string,
  });
});

const variables = (value: object) => ({ query: UPLOAD, variables: value });

interface Form {
  operations?: unknown;
  map?: unknown;
  /** The file part's name. */
  file?: string;
  filename?: string;
  value?: string | Uint8Array;
}

/** A well-formed request, with parts in the place of its own. */
function form(given: Form = {}, input: object = {}): Part[] {
  const { file: name = '0', filename = 'call', value = 'bytes' } = given;
  const {
    operations = variables({ input: { ...input, file: null } }),
    map = { 0: ['variables.input.file'] },
  } = given;
  return [
    { name: 'operations', value: typeof operations === 'string' ? operations : JSON.stringify(operations) },
    { name: 'map', value: typeof map === 'string' ? map : JSON.stringify(map) },
    { name, value, filename },
  ];
}

const [OPERATIONS, MAP, FILE] = form() as [Part, Part, Part];
const BAD: [string, Buffer][] = [
  [
    'two files in the map',
    multipartBody([
      ...form({ map: { 0: ['variables.input.file'], 1: ['variables.a'] } }),
      { ...FILE, name: '1' },
    ]),
  ],
  ['one file for two places', multipartBody(form({ map: { 0: ['variables.input.file', 'variables.a'] } }))],
  ['the file in front of the map', multipartBody([OPERATIONS, FILE, MAP])],
  ['the file first', multipartBody([FILE, OPERATIONS, MAP])],
  ['the map first', multipartBody([MAP, OPERATIONS, FILE])],
  ['operations twice', multipartBody([OPERATIONS, OPERATIONS, FILE])],
  ['a stranger’s field', multipartBody([OPERATIONS, { name: 'other', value: '{}' }, MAP, FILE])],
  ['a file that the map does not name', multipartBody(form({ file: '1' }))],
  ['no file', multipartBody([OPERATIONS, MAP])],
  ['nothing at all', multipartBody([])],
  ['no end', multipartBody([OPERATIONS, MAP], '')],
  ['an end within the operations', multipartBody([OPERATIONS]).subarray(0, 120)],
  ['operations that are no JSON', multipartBody(form({ operations: '{' }))],
  ['a batch', multipartBody(form({ operations: [{ query: UPLOAD, variables: {} }] }))],
  ['operations without variables', multipartBody(form({ operations: { query: UPLOAD } }))],
  ['a map that is no JSON', multipartBody(form({ map: 'x' }))],
  ['a map that is a list', multipartBody(form({ map: [['variables.input.file']] }))],
  ['an empty map', multipartBody(form({ map: {} }))],
  ['a path that is no text', multipartBody(form({ map: { 0: [5] } }))],
  ['a place that holds something', multipartBody(form({ operations: variables({ input: { file: 'x' } }) }))],
  ['a place that is not there', multipartBody(form({ operations: variables({ input: {} }) }))],
  ...[
    'variables',
    'query',
    'operationName',
    '',
    'input.file',
    'variables.',
    'variables.input',
    'variables.__proto__',
    'variables.constructor',
    'variables.toString.x',
    'variables.input.__proto__.polluted',
    'variables.input.constructor.prototype',
    'variables.__proto__.polluted',
    '__proto__.polluted',
    'constructor.prototype.polluted',
    `variables${'.a'.repeat(1000)}`,
  ].map((path): [string, Buffer] => [
    `the path ${path.slice(0, 40) || '(empty)'}`,
    multipartBody(form({ map: { 0: [path] } })),
  ]),
];

it.each(BAD)('%s is no request', async (_name, body) => {
  const answer = await post(body);
  expect(codeOf(answer)).toBe('BAD_REQUEST');
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

it.each([
  ['of other names', ['1', '2'], 1_000_000],
  ['of its own name', ['0', '0'], 1_000_000],
  ['so small that they come with its end', ['0', '1'], 10],
])('further files %s behind the one of the map are passed over', async (_name, names, size) => {
  const real = form({ value: file }, { callLogId: await caller.call() });
  const extra = names.map((name) => ({ name, value: Buffer.alloc(size), filename: 'more' }));
  const answer = await app.beforeStoring(() => post(multipartBody([...real, ...extra])));
  expect({ status: answer.status, body: answer.body.toString() }).toMatchObject({
    status: 200,
    body: expect.stringContaining('FINALIZING') as string,
  });
});

describe('in front of the body', () => {
  const refused = async (headers: Record<string, string>) => {
    const { req, answer } = begin(`${app.url}/graphql`, {
      method: 'POST',
      headers: { ...headers, 'content-length': '1000000' },
    });
    const got = await answer;
    req.destroy();
    return { status: got.status, code: codeOf(got) };
  };

  it('a form that a page could send on its own is refused', async () => {
    const { 'apollo-require-preflight': _gone, ...headers } = formHeaders(caller.token);
    expect(await refused(headers)).toEqual({ status: 400, code: 'BAD_REQUEST' });
  });

  it.each([
    ['no token', {}],
    ['a bad token', { authorization: 'Bearer x.y.z' }],
  ])('%s is refused', async (_name, headers) => {
    const { authorization: _gone, ...rest } = formHeaders(caller.token);
    expect(await refused({ ...rest, ...headers })).toEqual({ status: 401, code: 'UNAUTHENTICATED' });
  });

  it('a form without a boundary is refused', async () => {
    const answer = await post(Buffer.from('x'), {
      ...formHeaders(caller.token),
      'content-type': 'multipart/form-data',
    });
    expect({ status: answer.status, code: codeOf(answer) }).toEqual({ status: 400, code: 'BAD_REQUEST' });
  });
});

describe('a large file whose request is refused does not block the connection', () => {
  const large = Buffer.alloc(3_000_000, 1);
  it.each<[string, (callLogId: string) => object, string | undefined]>([
    ['over the limit', (callLogId) => variables({ input: { callLogId, file: null } }), 'PAYLOAD_TOO_LARGE'],
    [
      'a call that is not there',
      () => variables({ input: { callLogId: caller.lead.id, file: null } }),
      'NOT_FOUND',
    ],
    [
      'a query that does not want it',
      () => ({ query: '{ me { id } }', variables: { input: { file: null } } }),
      undefined,
    ],
    [
      'a query that is not valid',
      () => ({ query: '{ nothing }', variables: { input: { file: null } } }),
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['a map that is wrong', () => variables({}), 'BAD_REQUEST'],
  ])('%s', async (_name, operations, code) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const parts = form({ operations: operations(await caller.call()), value: large });
    expect(codeOf(await post(multipartBody(parts), formHeaders(caller.token), agent))).toBe(code);
    const next = await post(
      Buffer.from('{"query":"{ me { id } }"}'),
      { ...formHeaders(caller.token), 'content-type': 'application/json' },
      agent,
    );
    expect(next.status).toBe(200);
    agent.destroy();
  });
});

it('a client that hangs up leaves nothing', async () => {
  const callLogId = await caller.call();
  const { head } = graphqlForm(UPLOAD, { callLogId }, 'file');
  const putting = once(storage.events, 'put');
  const { req } = begin(`${app.url}/graphql`, {
    method: 'POST',
    headers: { ...formHeaders(caller.token), 'content-length': 50_000 },
  });
  req.write(Buffer.concat([head, file.subarray(0, 5000)]));
  const [key] = (await putting) as [string];
  const settled = once(storage.events, 'settled');
  req.destroy();
  await settled;
  expect(await keysBelow(app, key)).toEqual([]);
  expect((await caller.client.callLog(callLogId)).recording).toBeNull();
});
