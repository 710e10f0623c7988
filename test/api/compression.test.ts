import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { graphql, tokenOf } from '../support/graphql.js';
import { runUntil, seedCalls, startRun } from '../support/migration-steps.js';
import { send, type Answer } from '../support/raw-request.js';
import { ScriptedCopier } from '../support/scripted-copier.js';
import { TestApp } from '../support/test-app.js';
import { Caller } from '../support/upload-steps.js';

const LEADS = '{ leads(first: 50) { nodes { id name phone } } }';

let app: TestApp;
let copier: ScriptedCopier;
let caller: Caller;
let admin: string;

beforeAll(async () => {
  copier = new ScriptedCopier();
  app = await TestApp.start({ copier });
  copier.database = app.database;
  caller = await Caller.create(app);
  for (let count = 0; count < 149; count++) await app.make.lead(caller.user);
  admin = await tokenOf(app, await app.make.user('ADMIN'));
});

afterAll(() => app[Symbol.asyncDispose]());

const DECODERS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  zstd: (bytes) => zstdDecompressSync(bytes),
  br: (bytes) => brotliDecompressSync(bytes),
  gzip: (bytes) => gunzipSync(bytes),
};

/** The text behind the encoding that the headers tell. */
function textOf({ headers, body }: Answer): string {
  const encoding = headers['content-encoding'];
  const decode = encoding === undefined ? undefined : DECODERS[encoding];
  return (decode?.(body) ?? body).toString();
}

async function ask(query: string, accepted?: string): Promise<Answer> {
  return send(`${app.url}/graphql`, Buffer.from(JSON.stringify({ query })), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${caller.token}`,
      ...(accepted !== undefined && { 'accept-encoding': accepted }),
    },
  });
}

describe('a long answer', () => {
  it.each([
    ['gzip, deflate, br, zstd', 'zstd'],
    ['gzip, deflate, br', 'br'],
    ['gzip, deflate', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['deflate', undefined],
    ['identity', undefined],
    ['gzip;q=0, *;q=0', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('for who takes %j comes as %s', async (accepted, encoding) => {
    const plain = await ask(LEADS);
    const answer = await ask(LEADS, accepted);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-encoding']).toBe(encoding);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(Number(answer.headers['content-length'])).toBe(answer.body.length);
    expect(answer.headers.vary).toMatch(/(^|, )Accept-Encoding(,|$)/);
    expect(textOf(answer)).toBe(textOf(plain));
    if (encoding) expect(answer.body.length).toBeLessThan(plain.body.length / 2);
  });

  it('also to a GET', async () => {
    const answer = await send(`${app.url}/graphql?query=${encodeURIComponent(LEADS)}`, undefined, {
      headers: {
        'accept-encoding': 'br',
        'apollo-require-preflight': '1',
        authorization: `Bearer ${caller.token}`,
      },
    });
    expect(answer.headers['content-encoding']).toBe('br');
    expect(JSON.parse(textOf(answer))).toMatchObject({ data: { leads: { nodes: { length: 50 } } } });
  });

  it.each(['zstd', 'br', 'gzip'])(
    'comes whole by %s when it is hundreds of kilobytes long',
    async (encoding) => {
      const fields = Array.from({ length: 29 }, (_, index) => `and${index}: id`).join(' ');
      const query = `{ leads(first: 200) { nodes { id name ${fields} lead: callLogs(first: 1) { nodes { id } } } } }`;
      const plain = await ask(query);
      expect(plain.body.length).toBeGreaterThan(128 * 1024);
      const answer = await ask(query, encoding);
      expect(answer.headers['content-encoding']).toBe(encoding);
      expect(textOf(answer)).toBe(textOf(plain));
    },
  );
});

it('a short answer is sent as it is, and caches are told all the same', async () => {
  const answer = await ask('{ me { id } }', 'br');
  expect(answer.headers['content-encoding']).toBeUndefined();
  expect(answer.headers.vary).toContain('Accept-Encoding');
  expect(JSON.parse(textOf(answer))).toEqual({ data: { me: { id: caller.user.id } } });
});

describe('a report', () => {
  let url: string;

  beforeAll(async () => {
    await seedCalls(app, 300);
    const id = await startRun(app, admin);
    await runUntil(app, id, 'SUCCEEDED');
    const { data } = await graphql<{ migration: { report: { url: string } } }>(
      app,
      'query($id: ID!) { migration(id: $id) { report { url } } }',
      { token: admin, variables: { id } },
    );
    url = data?.migration.report.url ?? '';
  });

  it.each(['zstd', 'br', 'gzip', undefined])('streams by %s', async (encoding) => {
    const plain = await send(url);
    const answer = await send(url, undefined, {
      headers: encoding === undefined ? {} : { 'accept-encoding': encoding },
    });
    expect(answer.headers['content-encoding']).toBe(encoding);
    expect(answer.headers.vary).toContain('Accept-Encoding');
    expect(textOf(answer).split('\r\n')).toHaveLength(302);
    expect(textOf(answer)).toBe(textOf(plain));
  });
});

it('audio never is compressed', async () => {
  const { callLogId, bytes } = await caller.recorded('call.wav');
  const { recording } = await caller.client.callLog(callLogId);
  const answer = await send(recording?.url?.url ?? '', undefined, {
    headers: { 'accept-encoding': 'gzip, br, zstd' },
  });
  expect(answer.headers['content-encoding']).toBeUndefined();
  expect(answer.body.equals(bytes)).toBe(true);
});
