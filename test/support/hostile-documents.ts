import type { ErrorCode } from '../../server/errors.js';

/** A document that the server must refuse before it runs anything of it. */
export interface HostileDocument {
  name: string;
  code: ErrorCode;
  query: string;
  /** As JSON: some of them no serializer would write. */
  variables?: string;
  operationName?: string;
  /** Where a socket has another reason: it carries subscriptions only. */
  overSocket?: ErrorCode;
}

type Table = Readonly<Record<string, string>>;

const ID = '01890000-0000-7000-8000-000000000000';

function times(count: number, one: (index: number) => string, separator = ' '): string {
  return Array.from({ length: count }, (_, index) => one(index)).join(separator);
}

function nested(count: number, open: string, core: string, close = '}'): string {
  return open.repeat(count) + core + close.repeat(count);
}

/** Leads in their calls in their leads, three levels for each. */
function callLogs(count: number, page = ''): string {
  return nested(count, `callLogs${page} { nodes { lead { `, 'id', '} } }');
}

function watch(selection: string, operation = 'subscription'): string {
  return `${operation} { recordingChanged(id: "${ID}") { ${selection} } }`;
}

const DEEP: Table = {
  'eleven levels': `{ leads { nodes { ${callLogs(3)} } } }`,
  'a hundred levels': `{ leads { nodes { ${callLogs(33)} } } }`,
  'four hundred levels of what is not there': `{ ${nested(400, 'a { ', 'b')} }`,
  'levels hidden in fragments': `{ leads { ...A } } fragment A on LeadConnection { nodes { ...B } }
    fragment B on Lead { callLogs { nodes { ...C } } } fragment C on CallLog { lead { ${callLogs(2)} } }`,
  'levels hidden in inline fragments': `{ leads { nodes { ... on Lead { ${callLogs(1)} ... on Node { ... on Lead { ${callLogs(3)} } } } } } }`,
  'a subscription of eleven levels': watch(`callLog { lead { ${callLogs(3)} } }`),
  'introspection, ofType fifty times': `{ __schema { types { fields { type { ${nested(50, 'ofType { ', 'name')} } } } } }`,
  'introspection of one type, ofType fifty times': `{ __type(name: "Query") { fields { type { ${nested(50, 'ofType { ', 'name')} } } } }`,
  'introspection, ofType by fragments': `{ __schema { types { ...A } } }
    fragment A on __Type { ${nested(8, 'ofType { ', '...B')} } fragment B on __Type { ${nested(8, 'ofType { ', 'name')} }`,
};

const WIDE: Table = {
  'a real field by 200 aliases': `{ ${times(200, (n) => `a${n}: me { id }`)} }`,
  'a field of a page by 31 aliases': `{ leads { nodes { ${times(31, (n) => `a${n}: name`)} } } }`,
  '__typename by 200 aliases': `{ ${times(200, (n) => `a${n}: __typename`)} }`,
  '__typename by 31 aliases below a field': `{ me { ${times(31, (n) => `a${n}: __typename`)} } }`,
  'aliases of a fragment that is spread twice': `{ leads { nodes { ...A callLogs { nodes { lead { ...A } } } } } }
    fragment A on Lead { ${times(16, (n) => `a${n}: name`)} }`,
  'a subscription with 31 aliases': watch(times(31, (n) => `a${n}: id`)),
  'eleven fields at the root': `{ ${times(11, () => 'me { id }')} }`,
  'eleven fields at the root, by a fragment': `{ ${times(11, () => '...A')} } fragment A on Query { me { id } }`,
  'eleven mutations': `mutation { ${times(11, (n) => `m${n}: cancelUpload(input: { uploadId: "${ID}" }) { upload { id } }`)} }`,
  'one field 700 times': `{ me { ${times(700, () => 'id')} } }`,
  'one page 160 times': `{ leads { nodes { ${times(160, () => 'callLogs(first: 1) { totalCount }')} } } }`,
  'one field 700 times, in a fragment that nobody uses': `{ me { id } } fragment A on User { ${times(700, () => 'id')} }`,
  'one field 700 times, below a subscription': watch(times(700, () => 'id')),
  'sixty operations': times(60, (n) => `query Q${n} { me { id } }`),
  'the schema twice': '{ a: __schema { types { name } } b: __schema { types { name } } }',
  'the schema twice, by one name': `{ __schema { types { name } } ...A } fragment A on Query { __schema { types { name } } }`,
};

const FRAGMENTS: Table = {
  'a fragment that spreads itself': '{ me { ...A } } fragment A on User { ...A }',
  'three fragments in a ring': `{ me { ...A } }
    fragment A on User { ...B } fragment B on User { ...C } fragment C on User { ...A }`,
  'a ring through fields': `{ leads { nodes { ...A } } } fragment A on Lead { callLogs { nodes { lead { ...A } } } }`,
  'a ring that nobody uses': '{ me { id } } fragment A on User { ...B } fragment B on User { ...A }',
  'a ring below a subscription': `${watch('...A')} fragment A on Recording { ...A }`,
  'fragments that double, 30 times': doubling(30, 'User', 'id', 'me { ...F0 }'),
  'fragments that double at the root, 100 times': doubling(100, 'Query', 'me { id }', '...F0'),
  'fragments on an interface that double, 60 times': doubling(60, 'Node', 'id', 'me { ...F0 }'),
  'fragments that double, and nobody uses': doubling(30, 'User', 'id', 'me { id }'),
  'fragments that double below a subscription': `subscription ${doubling(60, 'Recording', 'id', `recordingChanged(id: "${ID}") { ...F0 }`)}`,
};

function doubling(count: number, type: string, leaf: string, root: string): string {
  const links = times(count, (n) => `fragment F${n} on ${type} { ...F${n + 1} ...F${n + 1} }`);
  return `{ ${root} } ${links} fragment F${count} on ${type} { ${leaf} }`;
}

const PAGES: Table = {
  'pages of 200 in each other': `{ leads(first: 200) { nodes { ${callLogs(2, '(first: 200)')} } } }`,
  'pages of 200 from the end': `{ leads(last: 200) { nodes { ${callLogs(2, '(last: 200)')} } } }`,
  'pages in each other that name no size': `{ leads { nodes { ${callLogs(2)} } } }`,
  'ten pages side by side': `{ ${times(10, (n) => `a${n}: leads(first: 200) { nodes { callLogs(first: 50) { nodes { id } } } }`)} }`,
  'the silences of calls of leads': `{ leads(first: 200) { nodes { callLogs(first: 80) { nodes { recording { silences { startMs endMs } } } } } } }`,
  'the notes of calls of leads, by a fragment': `{ leads(first: 200) { nodes { callLogs(first: 80) { nodes { recording { ...A } } } } } }
    fragment A on Recording { notes { id text } }`,
  'the silences of more than a hundred recordings':
    '{ catiCalls(first: 101) { nodes { recording { silences { startMs } } } } }',
  'the notes of 60 recordings and their authors': `{ catiCalls(first: 60) { nodes { recording { notes { author { id } } } } } }`,
  'sixty values of 16,000 calls': `{ leads(first: 200) { nodes { callLogs(first: 80) { nodes { ${times(60, () => 'id notes')} } } } } }`,
  'the parts of five uploads': `{ ${times(5, (n) => `a${n}: upload(id: "${ID}") { uploadedParts { number } }`)} }`,
  'pages of 200 below a subscription': watch(`callLog { lead { ${callLogs(2, '(first: 200)')} } }`),
};

const DIRECTIVES: Table = {
  'six directives on six fields': `{ me { ${times(6, () => 'id @include(if: true)')} } }`,
  'a hundred directives on a field': `{ me { id ${times(100, () => '@include(if: true)')} } }`,
  'a hundred unknown directives on a field': `{ me { id ${times(100, (n) => `@x${n}`)} } }`,
  'one unknown directive a hundred times': `{ me { id ${times(100, () => '@x')} } }`,
  'a hundred directives on a spread': `{ me { ...A ${times(100, () => '@skip(if: false)')} } } fragment A on User { id }`,
  'a hundred directives on an inline fragment': `{ me { ... ${times(100, () => '@skip(if: false)')} { id } } }`,
  'a hundred directives on a fragment': `{ me { ...A } } fragment A on User ${times(100, () => '@x')} { id }`,
  'a hundred directives on an operation': `query ${times(100, () => '@x')} { me { id } }`,
  'a hundred directives on a variable': `query ($n: Int ${times(100, () => '@x')}) { leads(first: $n) { totalCount } }`,
  'a hundred directives on a subscription': watch('id', `subscription ${times(100, () => '@x')}`),
  'six directives by a fragment that is spread twice': `{ leads { nodes { ...A callLogs { nodes { lead { ...A } } } } } }
    fragment A on Lead { id @skip(if: false) name @skip(if: false) status @skip(if: false) }`,
};

const TOKENS: Table = {
  'one field 2,000 times': `{ me { ${times(2000, () => 'id')} } }`,
  'a thousand operations': times(1000, (n) => `query Q${n} { me { id } }`),
  'two thousand fragments': `{ me { id } } ${times(2000, (n) => `fragment F${n} on User { id }`)}`,
  'a thousand variables': `query (${times(1000, (n) => `$v${n}: Int`)}) { me { id } }`,
  'two thousand directives': `{ me { id ${times(2000, () => '@x')} } }`,
  'a list of two thousand': `{ upload(id: "${ID}") { parts(numbers: [${times(2000, String)}]) { url } } }`,
  'two thousand lists in each other': `{ upload(id: ${nested(2000, '[', '1', ']')}) { id } }`,
  'two thousand objects in each other': `{ leads(filter: ${nested(2000, '{ a: ', '1')}) { totalCount } }`,
  'ten thousand levels': `{ ${nested(10_000, 'a { ', 'b')} }`,
};

const LETTERS: Table = {
  'nothing but commas': ','.repeat(50_000),
  'nothing but comments': '# x\n'.repeat(12_000),
  'nothing but spaces': ' '.repeat(50_000),
  'a NUL': '{ me { id\0 } }',
  'a control character': '{ me { \uFEFF\u0001 id } }',
  'half a surrogate pair': '{ me { id } } \uD800',
  'bytes that were no UTF-8': '{ me { id\uFFFD } }',
  'a text that does not end': `{ lead(id: "${'x'.repeat(1000)}) { id } }`,
  'a block text that does not end': `{ lead(id: """${'x'.repeat(50_000)}) { id } }`,
  'an escape that does not exist': String.raw`{ lead(id: "\u{110000}") { id } }`,
  'an open brace': '{',
  '50,000 open braces': '{'.repeat(50_000),
  '50,000 open brackets': `{ lead(id: ${'['.repeat(50_000)}`,
};

const INVALID: Table = {
  'a hundred fragments that nobody uses': `{ me { id } } ${times(100, (n) => `fragment F${n} on User { id }`)}`,
  'a fragment that is not there': '{ me { ...A } }',
  'a fragment on another type': '{ me { ...A } } fragment A on Lead { id }',
  'a fragment on an interface, with a field that it lacks': '{ me { ...A } } fragment A on Node { id email }',
  'a fragment on a scalar': '{ me { ...A } } fragment A on ID { id }',
  'a fragment twice': '{ me { ...A } } fragment A on User { id } fragment A on User { name }',
  'an unknown directive': '{ me { id @x } }',
  '@defer': '{ ... @defer { me { id } } }',
  'a definition of a type': '{ me { id } } type A { a: Int }',
  'a name of 50,000 letters': `{ ${'x'.repeat(50_000)} }`,
  'a hundred fields that are not there': `{ me { ${times(100, (n) => `x${n}`)} } }`,
  'a hundred variables that nobody uses, under a long name': `query ${'Q'.repeat(20_000)}(${times(100, (n) => `$v${n}: Int`)}) { me { id } }`,
  'two operations without names': '{ me { id } } { me { name } }',
  'a number of a thousand digits': `{ leads(filter: { hasRecording: 1${'0'.repeat(999)} }) { totalCount } }`,
  'two hundred arguments that are not there': `{ leads(${times(200, (n) => `a${n}: 1`)}) { totalCount } }`,
  'an input with 200 fields that are not there': `{ leads(filter: { ${times(200, (n) => `a${n}: 1`)} }) { totalCount } }`,
  'introspection that comes back to fields': `{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }`,
  'a subscription of two fields': `subscription { a: recordingChanged(id: "${ID}") { id } b: recordingChanged(id: "${ID}") { id } }`,
  'a subscription to __typename': 'subscription { __typename }',
  'a subscription to the schema': 'subscription { __schema { types { name } } }',
  'a subscription that is skipped': `subscription { recordingChanged(id: "${ID}") @skip(if: true) { id } }`,
  'a subscription that a variable skips': `subscription ($v: Boolean = true) { ...A } fragment A on Subscription { recordingChanged(id: "${ID}") @skip(if: $v) { id } }`,
  'a subscription that is skipped with all around it': `subscription { ... @include(if: false) { recordingChanged(id: "${ID}") { id } } }`,
  'a subscription that is not there': 'subscription { everything { id } }',
};

const OUT_OF_BOUNDS: Table = {
  'a page of 201': '{ leads(first: 201) { nodes { id } } }',
  'a page of none': '{ leads(first: 0) { nodes { id } } }',
  'a page of less than none': '{ leads(last: -1) { nodes { id } } }',
  'a page of 2^31': '{ leads(first: 2147483648) { nodes { id } } }',
  'a page of a thousand digits': `{ leads(first: 1${'0'.repeat(999)}) { nodes { id } } }`,
  'a page of 100,000 below a page': '{ leads { nodes { callLogs(first: 100000) { totalCount } } } }',
  'a page of 201 below a subscription': watch('callLog { lead { callLogs(first: 201) { totalCount } } }'),
};

const leads = (type: string, argument: string): string =>
  `query ($v: ${type}) { leads(${argument}) { totalCount } }`;
const PAGE = leads('Int', 'first: $v');
const FILTER = leads('LeadFilter', 'filter: $v');
const STATUS = leads('[LeadStatus!]', 'filter: { status: $v }');
const SINCE = leads('DateTime', 'filter: { createdAfter: $v }');

const VALUES: readonly (readonly [name: string, query: string, value: string | undefined])[] = [
  ['a page of 100,000', PAGE, '100000'],
  ['a page of none', leads('Int!', 'last: $v'), '0'],
  ['a page of 201 by default', leads('Int = 201', 'first: $v'), undefined],
  ['a page of 2^53', PAGE, '9007199254740992'],
  ['a page of 30 digits', PAGE, '1'.repeat(30)],
  ['a page of 1e400', PAGE, '1e400'],
  ['a page that is a text of 50,000 letters', PAGE, `"${'9'.repeat(50_000)}"`],
  ['a page that is a list', PAGE, '[200]'],
  ['lists, 20,000 in each other', STATUS, nested(20_000, '[', '', ']')],
  ['objects, 5,000 in each other', FILTER, nested(5000, '{"search":', '1')],
  ['500 fields that are not there', FILTER, `{${times(500, (n) => `"f${n}":"${'x'.repeat(60)}"`, ',')}}`],
  ['a prototype', FILTER, '{"__proto__":{"search":1},"constructor":1}'],
  ['10,000 values of an enum that are none', STATUS, `[${times(10_000, () => '"X"', ',')}]`],
  ['a day that is none', SINCE, '"2026-02-30T00:00:00Z"'],
  ['a NUL where a time belongs', SINCE, String.raw`"\u0000"`],
  ['nothing where something must be', leads('Int!', 'first: $v'), 'null'],
];

const BY_VARIABLE = callLogs(2, '(first: $v)');

/** Many of them, each with the code that it must be refused with, whoever sends it. */
export const HOSTILE_DOCUMENTS: readonly HostileDocument[] = [
  ...[DEEP, WIDE, FRAGMENTS, PAGES, DIRECTIVES].flatMap((table) => refused('QUERY_TOO_COMPLEX', table)),
  ...refused('GRAPHQL_PARSE_FAILED', TOKENS, 'Too many tokens: '),
  ...refused('GRAPHQL_PARSE_FAILED', LETTERS),
  ...refused('GRAPHQL_VALIDATION_FAILED', INVALID),
  ...refused('BAD_USER_INPUT', OUT_OF_BOUNDS),
  ...VALUES.map(([name, query, value]) => ({
    name: `By a variable: ${name}`,
    code: 'BAD_USER_INPUT' as const,
    overSocket: 'BAD_REQUEST' as const,
    query,
    variables: value === undefined ? '{}' : `{"v":${value}}`,
  })),
  ...(['Int', 'Int = 200'] as const).map((type) => ({
    name: `Pages of 200 by a variable, ${type}`,
    code: 'QUERY_TOO_COMPLEX' as const,
    overSocket: 'BAD_REQUEST' as const,
    query: `query ($v: ${type}) { leads(first: $v) { nodes { callLogs(first: $v) { nodes { recording { id } } } } } }`,
    variables: type === 'Int' ? '{"v":200}' : '{}',
  })),
  {
    name: 'Pages of 200 by a variable below a subscription',
    code: 'QUERY_TOO_COMPLEX',
    query: `subscription ($v: Int) { recordingChanged(id: "${ID}") { callLog { lead { ${BY_VARIABLE} } } } }`,
    variables: '{"v":200}',
  },
  {
    name: 'A subscription without its variable',
    code: 'BAD_USER_INPUT',
    query: 'subscription ($id: ID!) { recordingChanged(id: $id) { id } }',
  },
  {
    name: 'An operation that is not there',
    code: 'BAD_REQUEST',
    query: 'query A { me { id } }',
    operationName: 'B',
  },
];

function refused(code: ErrorCode, table: Table, about = ''): HostileDocument[] {
  return Object.entries(table).map(([name, query]) => ({ name: about + name, code, query }));
}
