import type { Playable } from '../../server/recordings/recording-variant.js';
import { fixture, sha256 } from '../support/fixtures.js';
import { tokenOf } from '../support/graphql.js';
import { send, type Answer } from '../support/raw-request.js';
import { testS3 } from '../support/s3.js';
import { TestApp } from '../support/test-app.js';
import { Caller } from '../support/upload-steps.js';

let app: TestApp;
let caller: Caller;
let recordingId: string;
let callLogId: string;
let bytes: Buffer;

beforeAll(async () => {
  app = await TestApp.start({ s3: testS3() });
  caller = await Caller.create(app);
  ({ recordingId, callLogId, bytes } = await caller.recorded('call.amr'));
});
afterAll(() => app[Symbol.asyncDispose]());

type Link = NonNullable<Parameters<Caller['client']['recording']>[1]>['link'];
const linkOf = async (link: Link = {}, id = recordingId) => (await caller.client.recording(id, { link })).url;
const hrefOf = async (link: Link = {}) => (await linkOf(link))?.url ?? '';
const get = (url: string, headers: Record<string, string> = {}, method = 'GET') =>
  send(url, undefined, { method, headers });

function problemOf({ status, headers, body }: Answer): object {
  expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(headers['cache-control']).toBe('no-store');
  return { status, ...(JSON.parse(body.toString()) as object) };
}

const stored = (): Playable => ({
  id: recordingId,
  status: 'UPLOADED',
  recordingPath: 'local:recordings/x.amr',
  contentType: 'audio/amr',
  byteSize: 1,
  sha256: null,
  playbackPath: null,
  playbackByteSize: null,
});

describe('a signed link', () => {
  const NAMES = ['v', 'kid', 'exp', 'sig', 'variant', 'disposition', 'viewer'];
  type Change = (query: URLSearchParams, name: string) => void;
  const CHANGES: [string, Change][] = [
    ['changed', (query, name) => query.set(name, `${query.get(name) ?? ''}1`)],
    ['emptied', (query, name) => query.set(name, '')],
    ['removed', (query, name) => query.delete(name)],
    ['given twice', (query, name) => query.append(name, query.get(name) ?? '')],
    ['renamed', (query, name) => (query.append(`${name}x`, query.get(name) ?? ''), query.delete(name))],
  ];
  const rows = NAMES.flatMap((name) =>
    CHANGES.map(([what, change]): [string, string, Change] => [name, what, change]),
  );

  it.each<[string, string, Change]>([
    ...rows,
    ['variant', 'set to the other one', (query) => query.set('variant', 'ORIGINAL')],
    ['disposition', 'set to the other one', (query) => query.set('disposition', 'ATTACHMENT')],
    ['exp', 'put off', (query) => query.set('exp', String(Number(query.get('exp')) + 60))],
    ['sig', 'of nothing', (query) => query.set('sig', 'A'.repeat(43))],
    ['download', 'added', (query, name) => query.set(name, '1')],
  ])('with %s %s is refused', async (name, _what, change) => {
    const url = new URL(await hrefOf());
    expect([...url.searchParams.keys()].sort()).toEqual([...NAMES].sort());
    change(url.searchParams, name);
    for (const method of ['GET', 'HEAD']) expect((await get(url.href, {}, method)).status).toBe(403);
    expect(problemOf(await get(url.href, { range: 'bytes=0-1' }))).toMatchObject({
      status: 403,
      code: 'FORBIDDEN',
    });
  });

  it.each<[string, (url: string, other: string) => string]>([
    ['another recording', (url, other) => url.replaceAll(recordingId, other)],
    ['another id, the same name', (url, other) => url.replace(recordingId, other)],
    ['another name', (url) => url.replace('.amr?', '.mp3?')],
    ['a name in capitals', (url) => url.replace('.amr?', '.AMR?')],
    ['an id in capitals', (url) => url.replace(recordingId, recordingId.toUpperCase())],
    ['an id that is none', (url) => url.replace(recordingId, '..%2f..%2fetc%2fpasswd')],
    ['a path below it', (url) => url.replace('.amr?', '.amr/x?')],
    ['no query', (url) => url.replace(/\?.*/, '')],
  ])('for %s is refused', async (_name, change) => {
    const { recordingId: other } = await caller.recorded('call.amr');
    const url = change(await hrefOf(), other);
    expect([403, 404]).toContain((await get(url)).status);
  });

  it('expires, and says so', async () => {
    const recording = stored();
    const sign = (ago: number) =>
      app.services.playbackLinks.link(
        recording,
        caller.user.id,
        { expiresInSeconds: 60 },
        new Date(Date.now() - ago),
      );
    expect((await get(sign(0).url)).status).toBe(200);
    expect(problemOf(await get(sign(3_600_000).url))).toMatchObject({ status: 410, code: 'EXPIRED' });
  });

  it('is the same for the same question in one window of five minutes, and lasts as long as asked', () => {
    const recording = stored();
    const ask = (time: string, expiresInSeconds = 900, viewer = caller.user.id) =>
      app.services.playbackLinks.link(
        recording,
        viewer,
        { expiresInSeconds },
        new Date(`2026-01-01T${time}Z`),
      );
    expect(ask('10:04:59.999')).toEqual(ask('10:00:00'));
    expect(ask('10:04:59.999').expiresAt).toEqual(new Date('2026-01-01T10:20:00Z'));
    for (const other of [ask('10:05:00'), ask('10:00:00', 901), ask('10:00:00', 900, recordingId)])
      expect(other.url).not.toBe(ask('10:00:00').url);
  });

  it('is good to the second that it names', async () => {
    const { url, expiresAt } = (await linkOf({ expiresInSeconds: 60 })) ?? { url: '', expiresAt: '' };
    expect(Number(new URL(url).searchParams.get('exp')) * 1000).toBe(Date.parse(expiresAt));
    const seconds = (Date.parse(expiresAt) - Date.now()) / 1000;
    expect(seconds).toBeGreaterThan(59);
    expect(seconds).toBeLessThanOrEqual(360);
  });

  it.each([59, 3601, 0, -1])('of %i seconds is refused', async (expiresInSeconds) => {
    await expect(linkOf({ expiresInSeconds })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'expiresInSeconds',
    });
  });

  it.each([60, 3600])('of %i seconds is made', async (expiresInSeconds) => {
    expect((await get(await hrefOf({ expiresInSeconds }))).status).toBe(200);
  });

  it('may ask for a file to save, or for the original', async () => {
    const saved = await get(await hrefOf({ disposition: 'ATTACHMENT' }));
    expect(saved.headers['content-disposition']).toBe(`attachment; filename="${recordingId}.amr"`);
    const original = await get(await hrefOf({ variant: 'ORIGINAL' }));
    expect(original.body.equals(bytes)).toBe(true);
  });

  it('names its viewer: two viewers have two links', async () => {
    const admin = await app.client(await app.make.user('ADMIN'));
    const theirs = (await admin.recording(recordingId)).url?.url ?? '';
    expect(theirs).not.toBe(await hrefOf());
    expect((await get(theirs)).status).toBe(200);
  });
});

describe('recording { url path }', () => {
  it.each(['EXPECTED', 'PENDING', 'FAILED', 'DELETED'] as const)('%s has no link', async (status) => {
    const { recordingId: id } = await caller.recorded('call.amr');
    await app.database.query('update recordings set status = $2 where id = $1', [id, status]);
    expect(await caller.client.recording(id)).toMatchObject({ status, url: null });
  });

  it('is null between finalize and ingest', async () => {
    await using api = await TestApp.start({ env: { EARSHOT_ROLES: 'api' } });
    const other = await Caller.create(api);
    const id = await other.sent(await fixture('call.amr'));
    const { recording } = await other.client.finalizeUpload({ uploadId: id });
    expect(await other.client.recording(recording?.id ?? '')).toMatchObject({
      status: 'PENDING',
      url: null,
      path: null,
    });
  });

  it('tells the path to admins alone', async () => {
    const paths = ['ADMIN', 'MANAGER'].map(async (role) => {
      const client = await app.client(await app.make.user(role as 'ADMIN'));
      return (await client.recording(recordingId)).path;
    });
    expect(await Promise.all(paths)).toEqual([expect.stringMatching(/^(?:local|s3):recordings\//), null]);
    expect((await caller.client.recording(recordingId)).path).toBeNull();
  });

  it.each(['TELECALLER', 'INTERVIEWER', 'QUALITY_AGENT'] as const)(
    'of another’s call log is not there for a %s',
    async (role) => {
      const client = await app.client(await app.make.user(role));
      await expect(client.recording(recordingId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    },
  );
});

describe('GET /api/leads/:leadId/recordings/:recordingId', () => {
  const path = (leadId = caller.lead.id, id = recordingId) =>
    `${app.url}/api/leads/${leadId}/recordings/${id}`;
  const bearer = async (user: { id: string }) => ({
    authorization: `Bearer ${await tokenOf(app, user)}`,
  });

  it('streams to its telecaller, with ranges', async () => {
    const mine = await bearer(caller.user);
    const whole = await get(path(), mine);
    expect(whole).toMatchObject({
      status: 200,
      headers: { 'content-type': 'audio/amr', etag: `"${sha256(bytes)}"`, 'accept-ranges': 'bytes' },
    });
    expect(whole.body.equals(bytes)).toBe(true);
    const part = await get(path(), { ...mine, range: 'bytes=-100' });
    expect(part).toMatchObject({
      status: 206,
      headers: { 'content-range': `bytes ${bytes.length - 100}-${bytes.length - 1}/${bytes.length}` },
    });
    expect(part.body.equals(bytes.subarray(-100))).toBe(true);
    expect(await get(path(), mine, 'HEAD')).toMatchObject({
      status: 200,
      headers: { 'content-length': String(bytes.length) },
    });
    expect(
      (
        await get(
          path()
            .toUpperCase()
            .replace(/^.*\/API\/LEADS/, `${app.url}/api/leads`)
            .replace('RECORDINGS', 'recordings'),
          mine,
        )
      ).status,
    ).toBe(200);
  });

  it.each([
    ['ADMIN', 200],
    ['MANAGER', 200],
    ['TELECALLER', 404],
    ['INTERVIEWER', 404],
    ['QUALITY_AGENT', 404],
  ] as const)('answers a %s who is not the telecaller %i', async (role, status) => {
    expect((await get(path(), await bearer(await app.make.user(role)))).status).toBe(status);
  });

  it.each<[string, Record<string, string>]>([
    ['no token', {}],
    ['a bad token', { authorization: 'Bearer a.b.c' }],
    ['another scheme', { authorization: 'Basic YTpi' }],
  ])('answers %s 401, and how to sign in', async (_name, headers) => {
    const answer = await get(path(), headers);
    expect(problemOf(answer)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  it('answers 404 for another lead, another recording, and what is no id', async () => {
    const mine = await bearer(caller.user);
    const lead = await app.make.lead(caller.user);
    for (const url of [
      path(lead.id),
      path(undefined, callLogId),
      path('x', recordingId),
      path(undefined, '..%2f..%2fetc%2fpasswd'),
      path(undefined, '%00'),
    ])
      expect(problemOf(await get(url, mine))).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });

  it('answers 400 for a path that cannot be read', async () => {
    expect((await get(path(undefined, '%ff'), await bearer(caller.user))).status).toBe(400);
  });

  it('answers 404 before there is anything to hear', async () => {
    const { recordingId: id } = await caller.recorded('call.amr');
    await app.database.query(`update recordings set status = 'FAILED' where id = $1`, [id]);
    expect((await get(path(undefined, id), await bearer(caller.user))).status).toBe(404);
  });
});
