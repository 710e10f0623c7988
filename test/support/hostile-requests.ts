import type { ErrorCode } from '../../server/errors.js';
import { multipartBody, MULTIPART_TYPE, type Part } from './raw-request.js';

/** A request to the GraphQL route that the server must refuse, whatever it carries. */
export interface HostileRequest {
  name: string;
  status: number;
  code: ErrorCode;
  method?: string;
  /** Behind `/graphql`. */
  search?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  /** Where nobody is told something else than an admin: before a file is read, 401. */
  ofNobody?: { status: number; code: ErrorCode };
}

const ME = '{ me { id } }';
const PREFLIGHT = { 'apollo-require-preflight': '1' };
const JSON_TYPE = { 'content-type': 'application/json' };
const UPLOAD =
  'mutation ($input: UploadRecordingInput!) { uploadRecording(input: $input) { upload { id } } }';

const json = (
  name: string,
  body: string | Uint8Array,
  code: ErrorCode = 'BAD_REQUEST',
  status = 400,
): HostileRequest => ({ name, status, code, headers: JSON_TYPE, body });

const typed = (type: string, headers: Record<string, string> = {}): HostileRequest => ({
  name: `content-type ${type}, ${Object.keys(headers).join(', ')}`,
  status: 400,
  code: 'BAD_REQUEST',
  headers: { ...headers, ...(type !== 'none' && { 'content-type': type }) },
  body: Buffer.from(JSON.stringify({ query: ME })),
});

const query = (name: string, method: string, document: string, status = 405): HostileRequest => ({
  name,
  method,
  status,
  code: 'BAD_REQUEST',
  search: `?query=${encodeURIComponent(document)}`,
  headers: PREFLIGHT,
});

function form(
  name: string,
  parts: readonly Part[],
  code: ErrorCode = 'BAD_REQUEST',
  status = 400,
): HostileRequest {
  return {
    name: `multipart: ${name}`,
    status,
    code,
    headers: { ...PREFLIGHT, 'content-type': MULTIPART_TYPE },
    body: multipartBody(parts),
    ofNobody: { status: 401, code: 'UNAUTHENTICATED' },
  };
}

const operations = (value: unknown): Part => ({ name: 'operations', value: JSON.stringify(value) });
const map = (value: unknown): Part => ({ name: 'map', value: JSON.stringify(value) });
const file: Part = { name: '0', value: 'abc', filename: 'x.mp3' };
const upload = { query: UPLOAD, variables: { input: { callLogId: '1', file: null } } };
const place = map({ 0: ['variables.input.file'] });

export const HOSTILE_REQUESTS: readonly HostileRequest[] = [
  json('nothing at all', ''),
  json('null', 'null'),
  json('a number', '1'),
  json('a text', '"{ me { id } }"'),
  json('an empty list', '[]'),
  json('a batch', JSON.stringify([{ query: ME }, { query: ME }])),
  json('a batch of a thousand', JSON.stringify(Array.from({ length: 1000 }, () => ({ query: ME })))),
  json('an empty object', '{}'),
  json('the query twice', `{"query":"${ME}","query":1}`),
  ...[null, 1, true, [], {}, ['{ me { id } }']].map((value) =>
    json(`a query that is ${JSON.stringify(value)}`, JSON.stringify({ query: value })),
  ),
  ...['x', 1, [], [{}]].map((value) =>
    json(`variables that are ${JSON.stringify(value)}`, JSON.stringify({ query: ME, variables: value })),
  ),
  json('an operation name that is a list', JSON.stringify({ query: ME, operationName: ['A'] })),
  json('extensions that are a text', JSON.stringify({ query: ME, extensions: 'x' })),
  json(
    'lists in each other, 100,000 deep',
    `{"query":"${ME}","variables":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
  ),
  json('100,000 open brackets', '['.repeat(100_000)),
  json(
    'bytes that are no UTF-8',
    Buffer.from('{"query":"{ me { id\xFF } }"}', 'latin1'),
    'GRAPHQL_PARSE_FAILED',
  ),
  json('UTF-16', Buffer.from(JSON.stringify({ query: ME }), 'utf16le')),
  json('a million commas', JSON.stringify({ query: ','.repeat(1_000_000) }), 'PAYLOAD_TOO_LARGE', 413),
  json('a body one byte too long', ' '.repeat(256 * 1024 + 1), 'PAYLOAD_TOO_LARGE', 413),
  json(
    'a persisted query that nobody has',
    `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"${'0'.repeat(64)}"}}}`,
  ),
  json(
    'a persisted query that is to be kept',
    JSON.stringify({ query: ME, extensions: { persistedQuery: { version: 1, sha256Hash: '0'.repeat(64) } } }),
  ),
  json('a persisted query that is none', JSON.stringify({ query: ME, extensions: { persistedQuery: 1 } })),
  ...[
    'none',
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/xml',
    'application/graphql',
  ].flatMap((type) => [typed(type), typed(type, PREFLIGHT)]),
  typed('multipart/mixed; boundary=x', PREFLIGHT),
  query('a mutation by GET', 'GET', 'mutation { cancelUpload(input: { uploadId: "1" }) { upload { id } } }'),
  query('a subscription by GET', 'GET', 'subscription { recordingChanged(id: "1") { id } }'),
  query('nothing by GET', 'GET', '', 400),
  query('a PUT', 'PUT', ME),
  query('a PATCH', 'PATCH', ME),
  query('a DELETE', 'DELETE', ME),
  { ...query('a GET that needs no preflight', 'GET', ME, 400), headers: {} },
  {
    ...query('variables by GET that are no JSON', 'GET', ME, 400),
    search: `?query=${encodeURIComponent(ME)}&variables=x`,
  },
  {
    ...query('the query twice by GET', 'GET', ME, 400),
    search: '?query=%7Bme%7Bid%7D%7D&query=%7Bme%7Bid%7D%7D',
  },
  {
    ...form('without the header', [operations(upload), place, file]),
    headers: { 'content-type': MULTIPART_TYPE },
    ofNobody: { status: 400, code: 'BAD_REQUEST' },
  },
  form('nothing', []),
  {
    ...form('no boundary', [operations(upload)]),
    headers: { ...PREFLIGHT, 'content-type': 'multipart/form-data' },
  },
  form('a batch', [operations([upload]), map({ 0: ['0.variables.input.file'] }), file]),
  form('a map first', [place, operations(upload), file]),
  form('a file first', [file, operations(upload), place]),
  form('one file in two places', [
    operations(upload),
    map({ 0: ['variables.input.file', 'variables.x'] }),
    file,
  ]),
  form('two files', [operations(upload), map({ 0: ['variables.input.file'], 1: ['variables.x'] }), file]),
  form('a place in the prototype', [operations(upload), map({ 0: ['variables.__proto__.x'] }), file]),
  form('a place in a constructor', [
    operations(upload),
    map({ 0: ['variables.constructor.prototype'] }),
    file,
  ]),
  form('a place outside of variables', [operations(upload), map({ 0: ['query'] }), file]),
  form('a place that is taken', [operations(upload), map({ 0: ['variables.input.callLogId'] }), file]),
  form('a place a hundred levels down', [
    operations(upload),
    map({ 0: [`variables${'.a'.repeat(100)}`] }),
    file,
  ]),
  form('a map that is a list', [operations(upload), map(['variables.input.file']), file]),
  form(
    'a thousand fields',
    Array.from({ length: 1000 }, () => operations(upload)),
  ),
  form(
    'operations that are too long',
    [operations({ ...upload, pad: 'x'.repeat(300_000) })],
    'PAYLOAD_TOO_LARGE',
    413,
  ),
  form(
    '200 aliases',
    [
      operations({
        ...upload,
        query: `{ ${Array.from({ length: 200 }, (_, n) => `a${n}: __typename`).join(' ')} }`,
      }),
      place,
      file,
    ],
    'QUERY_TOO_COMPLEX',
  ),
];
