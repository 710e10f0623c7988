import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EarshotClient } from '../../sdk/core/index.js';
import { FAKE_ACCOUNT } from '../support/fake-provider/identity.js';
import type { Script } from '../support/fake-provider/script.js';
import { deepcallReport } from '../support/fake-provider/webhooks.js';
import { tokenOf } from '../support/graphql.js';
import { ProviderApp } from '../support/provider-app.js';

let provider: ProviderApp;
let admin: EarshotClient;
let adminToken: string;
beforeAll(async () => {
  provider = await ProviderApp.start({ env: { COPY_DELAY_SECONDS: '3600' } });
  const user = await provider.app.make.user('ADMIN');
  admin = await provider.app.client(user);
  adminToken = await tokenOf(provider.app, user);
});
afterAll(() => provider[Symbol.asyncDispose]());

let count = 0;
/** A call whose recording is expected, and will not be copied in this test's time. */
async function expected(): Promise<{ callId: string; id: string; url: string }> {
  const callId = `f${String(++count).padStart(23, '0')}`;
  await provider.report(deepcallReport({ callId, recordingUrl: provider.fake.urlOf(callId) }));
  const id = (await provider.recording(callId))?.id ?? '';
  return { callId, id, url: (await admin.recording(id)).url?.url ?? '' };
}

async function play(url: string, range?: string) {
  const response = await fetch(url, range === undefined ? {} : { headers: { range } });
  const bytes = Buffer.from(await response.arrayBuffer());
  const { status, headers } = response;
  return { status, bytes, range: headers.get('content-range'), type: headers.get('content-type'), headers };
}

it('a recording that is not copied yet plays from its provider, and tells nothing of it', async () => {
  const { callId, url } = await expected();
  expect(new URL(url).origin).toBe(provider.app.url);
  const { status, bytes, type, headers } = await play(url);
  expect([status, type]).toEqual([200, 'audio/mpeg']);
  expect(bytes.equals(provider.fake.audio.bytesOf(callId))).toBe(true);
  const told = JSON.stringify([url, ...headers]);
  for (const secret of [FAKE_ACCOUNT.token, provider.fake.host, callId]) expect(told).not.toContain(secret);
});

describe('a Range', () => {
  const size = () => provider.fake.audio.byteSize;
  const RANGES: [string, () => [number, number]][] = [
    ['bytes=0-1', () => [0, 1]],
    ['bytes=100-', () => [100, size() - 1]],
    ['bytes=5000-5999', () => [5000, 5999]],
    ['bytes=-128', () => [size() - 128, size() - 1]],
    ['bytes=10-99999999', () => [10, size() - 1]],
  ];

  it.each(RANGES)('%s is passed on', async (range, expectedRange) => {
    const { callId, url } = await expected();
    const [first, last] = expectedRange();
    const part = await play(url, range);
    expect([part.status, part.range, part.type]).toEqual([
      206,
      `bytes ${first}-${last}/${size()}`,
      'audio/mpeg',
    ]);
    expect(part.bytes.equals(provider.fake.audio.bytesOf(callId).subarray(first, last + 1))).toBe(true);
  });

  /** What a listener gets before the connection ends; `whole`: as HTTP has it, the answer is complete. */
  async function heard(url: string, range?: string) {
    const bytes: Uint8Array[] = [];
    let answer: Response | undefined;
    try {
      answer = await fetch(url, range === undefined ? {} : { headers: { range } });
      for await (const chunk of answer.body ?? []) bytes.push(chunk as Uint8Array);
    } catch {
      return { whole: false, length: Buffer.concat(bytes).length };
    }
    const { status, headers } = answer;
    return {
      status,
      whole: true,
      length: Buffer.concat(bytes).length,
      range: headers.get('content-range'),
    };
  }

  const piece = (contentRange: string, first: number, end: number, length?: false): Script => ({
    kind: 'part',
    contentRange,
    first,
    end,
    ...(length === undefined ? {} : { length }),
  });

  it.each<[string, Script, string | undefined]>([
    ['says more than it sends', piece('bytes 100-1099/134849', 100, 600), 'bytes=100-1099'],
    ['says less than it sends', piece('bytes 100-1099/134849', 100, 2100), 'bytes=100-1099'],
    ['gives another part', piece('bytes 0-999/134849', 0, 1000), 'bytes=100-1099'],
    ['gives a part of the whole', piece('bytes 0-999/134849', 0, 1000), undefined],
    ['ends behind the end', piece('bytes 100-1099/900', 100, 1100), 'bytes=100-1099'],
  ])('of a provider that %s is not played', async (_name, script, range) => {
    const { callId, url } = await expected();
    provider.fake.script(callId, script);
    expect(await heard(url, range)).toMatchObject({ status: 503, range: null });
  });

  it.each<[string, Script]>([
    ['fewer', piece('bytes 100-1099/134849', 100, 600, false)],
    ['more', piece('bytes 100-1099/134849', 100, 2100, false)],
  ])('of which %s bytes come than were announced ends with the connection', async (_name, script) => {
    const { callId, url } = await expected();
    provider.fake.script(callId, script);
    const { whole, length } = await heard(url, 'bytes=100-1099');
    expect(whole).toBe(false);
    expect(length).toBeLessThanOrEqual(1000);
  });

  it('that is the whole, asked for or not, is played', async () => {
    const { callId, url } = await expected();
    provider.fake.script(callId, piece(`bytes 0-${size() - 1}/${size()}`, 0, size()));
    expect(await heard(url)).toEqual({ status: 200, whole: true, length: size(), range: null });
    expect(await heard(url, 'bytes=0-')).toMatchObject({ status: 206, whole: true, length: size() });
  });

  it('past the end is 416', async () => {
    const { url } = await expected();
    const part = await play(url, `bytes=${size()}-`);
    expect([part.status, part.range]).toEqual([416, `bytes */${size()}`]);
  });
});

it('HEAD tells the length', async () => {
  const { url } = await expected();
  const response = await fetch(url, { method: 'HEAD' });
  expect([response.status, response.headers.get('content-length')]).toEqual([
    200,
    String(provider.fake.audio.byteSize),
  ]);
});

it.each([
  ['a login page', { kind: 'html' }, 503],
  ['an error', { kind: 'status', status: 500 }, 503],
] as const)('%s in place of audio is not played', async (_name, script, status) => {
  const { callId, url } = await expected();
  provider.fake.script(callId, script);
  const answer = await play(url);
  expect(answer.status).toBe(status);
  expect(answer.type).toMatch(/^application\/problem\+json/);
});

it('what is gone, or deleted, has no link', async () => {
  const { id } = await expected();
  await provider.app.database.query(
    `update recordings set status = 'DELETED', error_code = 'GONE_AT_SOURCE', error_at = now() where id = $1`,
    [id],
  );
  expect((await admin.recording(id)).url).toBeNull();
});

it('a stored copy that is lost plays from the provider', async () => {
  await using copying = await ProviderApp.start();
  const callId = 'f99999999999999999999999';
  await copying.report(deepcallReport({ callId, recordingUrl: copying.fake.urlOf(callId) }));
  const { id } = await copying.settled(callId);
  const client = await copying.app.client(await copying.app.make.user('ADMIN'));
  const url = (await client.recording(id)).url?.url ?? '';
  const requests = copying.fake.requestsFor(callId);
  expect((await play(url)).status).toBe(200);
  expect(copying.fake.requestsFor(callId)).toBe(requests);
  await rm(join(copying.app.dataDir, 'objects', 'recordings'), { recursive: true });
  const { status, bytes } = await play(url);
  expect(status).toBe(200);
  expect(bytes.equals(copying.fake.audio.bytesOf(callId))).toBe(true);
  expect(copying.fake.requestsFor(callId)).toBeGreaterThan(requests);
});

describe('GET /api/cati/recording/:callId', () => {
  const get = (callId: string, token?: string) =>
    fetch(`${provider.app.url}/api/cati/recording/${callId}`, {
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });

  it('streams to who may see the call', async () => {
    const { callId } = await expected();
    const response = await get(callId, adminToken);
    expect(response.status).toBe(200);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.equals(provider.fake.audio.bytesOf(callId))).toBe(true);
  });

  it('is missing for others', async () => {
    const { callId } = await expected();
    const interviewer = await tokenOf(provider.app, await provider.app.make.user('INTERVIEWER'));
    const telecaller = await tokenOf(provider.app, await provider.app.make.user('TELECALLER'));
    expect((await get(callId)).status).toBe(401);
    expect((await get(callId, interviewer)).status).toBe(404);
    expect((await get(callId, telecaller)).status).toBe(404);
    expect((await get('nothing', adminToken)).status).toBe(404);
  });
});
