import { once } from 'node:events';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { parseStoredPath } from '../../server/recordings/stored-path.js';
import { StorageUnavailable } from '../../server/storage/storage.js';
import { eventually } from '../support/eventually.js';
import type { Script, Route } from '../support/fake-provider/script.js';
import { cloudTelephonyWire } from '../support/fake-provider/webhooks.js';
import { FaultyStorage } from '../support/faulty-storage.js';
import { sha256 } from '../support/fixtures.js';
import { ProviderApp, tellOf, type RecordingRow, type Told } from '../support/provider-app.js';
import { below, collected, keysBelow } from '../support/upload-steps.js';

let provider: ProviderApp;
let storage: FaultyStorage;
beforeAll(async () => {
  storage = await FaultyStorage.create();
  const env = { PROVIDER_MAX_BYTES: '1000000', SWEEP_SECONDS: '0.4', COPY_RETRY_SECONDS: '0.25' };
  provider = await ProviderApp.start({ storage, env });
});
afterAll(() => provider[Symbol.asyncDispose]());
beforeEach(() => provider.fake.reset());

let count = 0;
const newCallId = () => `k${String(++count).padStart(23, '0')}`;
const tell = (callId: string, told: Told = {}, target = provider): Promise<void> =>
  tellOf(target, callId, told);

const keys = (recording: RecordingRow, target = provider) =>
  keysBelow(target.app, below.recording(recording.id));

async function expectStored(callId: string, recording: RecordingRow, target = provider): Promise<void> {
  const bytes = target.fake.audio.bytesOf(callId);
  expect(recording).toMatchObject({
    status: 'UPLOADED',
    error_code: null,
    sha256: sha256(bytes),
    next_attempt_at: null,
    claimed_until: null,
  });
  const { key } = parseStoredPath(recording.recording_path ?? '');
  expect(await keys(recording, target)).toEqual([key]);
  expect((await buffer(await target.app.services.storage.get(key))).equals(bytes)).toBe(true);
}

const AUDIO: Script = { kind: 'audio' };
const ERROR_AS_PAGE: Script = { kind: 'jsonError', code: 1014, contentType: 'text/html' };

describe('is stored, byte for byte', () => {
  it.each<[string, Script, Route?]>([
    ['at once', AUDIO],
    ['without a type', { kind: 'audio', contentType: null }],
    ['with a wrong type', { kind: 'audio', contentType: 'text/html' }],
    ['without a length', { kind: 'audio', length: false }],
    ['as an error of the first generation is told of as a page, by the second', ERROR_AS_PAGE, 'g1'],
    ['in small pieces', { kind: 'drip', bytes: 20_000, everyMs: 5 }],
    ['from the second generation, where the first does not find it', { kind: 'status', status: 404 }, 'g1'],
    ['at the third try', { kind: 'notReady', status: 500, requests: 2 }, 'g1'],
  ])('%s', async (...[, script, route]: [string, Script, Route?]) => {
    const callId = newCallId();
    provider.fake.script(callId, script, route);
    await tell(callId);
    await expectStored(callId, await provider.settled(callId));
  });

  it('from an answer that calls the whole a part', async () => {
    const callId = newCallId();
    const size = provider.fake.audio.byteSize;
    const contentRange = `bytes 0-${size - 1}/${size}`;
    provider.fake.script(callId, { kind: 'part', contentRange, first: 0, end: size, length: false });
    await tell(callId);
    await expectStored(callId, await provider.settled(callId));
  });

  it('asked for by the call’s id, where no URL came', async () => {
    const callId = newCallId();
    await tell(callId, { url: null });
    await expectStored(callId, await provider.settled(callId));
  });

  it('from CloudTelephony', async () => {
    const callId = newCallId();
    await provider.send(cloudTelephonyWire(callId, provider.fake.urlOf(callId, 'cloud')), 'cloudtelephony');
    await expectStored(callId, await provider.settled(callId));
  });

  it('from Twilio', async () => {
    const callId = `CA${newCallId()}`;
    const RecordingUrl = provider.fake.urlOf(callId, 'twilio');
    await provider.twilio({ CallSid: callId, CallStatus: 'completed', RecordingUrl });
    await expectStored(callId, await provider.settled(callId));
  });

  it('the same bytes for two calls: the second one is a duplicate', async () => {
    const [first, second] = [newCallId(), newCallId()];
    await tell(first);
    expect((await provider.settled(first)).flags).toEqual([]);
    provider.fake.script(second, { kind: 'audio', bytesOf: first });
    await tell(second);
    expect(await provider.settled(second)).toMatchObject({ status: 'UPLOADED', flags: ['DUPLICATE'] });
  });
});

describe('is refused for good at the first try', () => {
  it.each<[string, Script, string]>([
    ['a login page under 200', { kind: 'html' }, 'NOT_AUDIO'],
    [
      'more bytes than are declared as allowed',
      { kind: 'huge', bytes: 2_000_000, declared: true },
      'TOO_LARGE',
    ],
    ['a redirect to a private address', { kind: 'redirect', to: 'http://127.0.0.1:1/x' }, 'SOURCE_BLOCKED'],
  ])('%s', async (_name, script, code) => {
    const callId = newCallId();
    provider.fake.script(callId, script);
    await tell(callId);
    const recording = await provider.settled(callId);
    expect(recording).toMatchObject({
      status: 'FAILED',
      error_code: code,
      attempts: 1,
      next_attempt_at: null,
    });
    expect(await keys(recording)).toEqual([]);
  });
});

describe('is tried three times, then FAILED', () => {
  it.each<[string, Script, string]>([
    ['not a byte', { kind: 'empty' }, 'EMPTY'],
    ['a connection that breaks', { kind: 'earlyClose', afterBytes: 100_000 }, 'TRUNCATED'],
    ['500', { kind: 'status', status: 500 }, 'SOURCE_UNREACHABLE'],
    ['503', { kind: 'status', status: 503 }, 'SOURCE_UNREACHABLE'],
  ])('%s', async (_name, script, code) => {
    const callId = newCallId();
    provider.fake.script(callId, script);
    await tell(callId);
    const planned = await provider.recordingWhere(
      callId,
      ({ attempts, claimed_until }) => attempts > 0 && !claimed_until,
    );
    expect(planned).toMatchObject({ status: 'PENDING', error_code: code });
    expect(planned.next_attempt_at).toBeInstanceOf(Date);
    const recording = await provider.settled(callId);
    expect(recording).toMatchObject({
      status: 'FAILED',
      error_code: code,
      attempts: 3,
      next_attempt_at: null,
    });
    expect(await keys(recording)).toEqual([]);
  });

  it('one recording that is refused', async () => {
    const callId = newCallId();
    provider.fake.script(callId, { kind: 'status', status: 403 });
    await tell(callId);
    expect(await provider.settled(callId)).toMatchObject({ error_code: 'SOURCE_REFUSED', attempts: 3 });
  });
});

describe('429', () => {
  it('waits as long as the provider asks', async () => {
    const [callId, other] = [newCallId(), newCallId()];
    provider.fake.script(callId, { kind: 'status', status: 429, retryAfter: '3' });
    await tell(callId);
    const { next_attempt_at } = await provider.recordingWhere(
      callId,
      ({ error_code }) => error_code === 'SOURCE_RATE_LIMITED',
    );
    const due = next_attempt_at?.getTime() ?? 0;
    expect(due - Date.now()).toBeGreaterThan(1500);
    // The host's wish is for all of its recordings.
    await tell(other);
    expect(provider.fake.requestsFor(other)).toBe(0);
    provider.fake.script(callId, AUDIO);
    for (const id of [callId, other]) await expectStored(id, await provider.settled(id));
    expect((await provider.settled(other)).attempts).toBe(1);
  });
});

describe('two sources', () => {
  it('the first to be verified wins, and the other leaves no object', async () => {
    const callId = newCallId();
    const put = once(storage.events, 'put');
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    storage.onPut = () => gate;
    await tell(callId);
    await put;
    const { id } = await provider.recordingWhere(callId, ({ claimed_until }) => claimed_until !== null);
    await provider.app.database.query(
      `update recordings set status = 'UPLOADED', claim_id = null, claimed_until = null, byte_size = 1,
        recording_path = 'local:recordings/other.mp3', sha256 = 'b', uploaded_at = now() where id = $1`,
      [id],
    );
    const settled = once(storage.events, 'settled');
    storage.onPut = () => undefined;
    go();
    await settled;
    const recording = await provider.settled(callId);
    expect(recording).toMatchObject({ status: 'UPLOADED', sha256: 'b' });
    await collected(provider.app, below.recording(recording.id));
  });
});

describe('the store', () => {
  it('is down for a while: nothing fails, and all is stored afterwards', async () => {
    const callId = newCallId();
    storage.onPut = () => {
      throw new StorageUnavailable('full');
    };
    await tell(callId);
    const waiting = await provider.recordingWhere(
      callId,
      ({ error_code }) => error_code === 'STORAGE_UNAVAILABLE',
    );
    expect(waiting).toMatchObject({ status: 'PENDING', attempts: 0 });
    storage.onPut = () => undefined;
    await expectStored(callId, await provider.settled(callId));
  });
});

describe('a worker that died', () => {
  it('its claim is taken over, and what it left is cleared', async () => {
    const callId = newCallId();
    provider.fake.script(callId, { kind: 'status', status: 500 });
    await tell(callId);
    const { id } = await provider.settled(callId);
    provider.fake.script(callId, AUDIO);
    const left = `${below.recording(id)}0192c0de-0000-7000-8000-000000000000.mp3`;
    await storage.put(left, Readable.from([Buffer.from('half')]));
    await provider.app.database.query(
      `update recordings set status = 'PENDING', claim_id = gen_random_uuid(), next_attempt_at = null,
        claimed_until = now() - interval '1 second' where id = $1`,
      [id],
    );
    const recording = await provider.recordingWhere(callId, ({ status }) => status === 'UPLOADED');
    await expectStored(callId, recording);
  });

  it('a plan whose job is lost is taken up', async () => {
    const callId = newCallId();
    provider.fake.script(callId, { kind: 'status', status: 500 });
    await tell(callId);
    const { id } = await provider.settled(callId);
    provider.fake.script(callId, AUDIO);
    await provider.app.database.query(
      `update recordings set status = 'PENDING', next_attempt_at = now() - interval '1 hour', tries = 0 where id = $1`,
      [id],
    );
    await expectStored(callId, await provider.recordingWhere(callId, ({ status }) => status === 'UPLOADED'));
  });

  it('what failed long ago and may be mended is tried once more', async () => {
    const callId = newCallId();
    provider.fake.script(callId, { kind: 'status', status: 500 });
    await tell(callId);
    const { id } = await provider.settled(callId);
    await provider.app.database.query(
      `update recordings set error_at = now() - interval '7 hours', source_expires_at = now() + interval '1 day' where id = $1`,
      [id],
    );
    const again = await provider.recordingWhere(
      callId,
      ({ attempts, status }) => attempts === 4 && status === 'FAILED',
    );
    expect(again.error_code).toBe('SOURCE_UNREACHABLE');
  });
});

describe('a configuration fault', () => {
  const stateOf = async (target: ProviderApp) => {
    const [state] = await target.app.database.query<{ stopped_reason: string | null; refusals: string[] }>(
      `select * from provider_states where provider = 'deepcall'`,
    );
    return state;
  };

  it('said by the provider stops the copying; nothing fails; it goes on when it is mended', async () => {
    await using faulty = await ProviderApp.start({}, { auth: { g1: 'closed', g2: 'token' } });
    const ids = Array.from({ length: 5 }, newCallId);
    // The session id is wrong for an API that wants the token: its own word is 1014.
    for (const callId of ids) await tell(callId, { url: null }, faulty);
    await eventually(async () => /\S/.test((await stateOf(faulty))?.stopped_reason ?? ''));
    for (const callId of ids) await faulty.recordingWhere(callId, ({ claimed_until }) => !claimed_until);
    for (const callId of ids) {
      const recording = await faulty.recording(callId);
      expect(recording?.status).toMatch(/^(EXPECTED|PENDING)$/);
      expect(recording?.attempts).toBe(0);
    }
    faulty.fake.auth = { g1: 'query', g2: 'ssid' };
    for (const callId of ids) await expectStored(callId, await faulty.settled(callId, 30), faulty);
    expect((await stateOf(faulty))?.stopped_reason).toBeNull();
  });

  it('is what ten refused recordings in a row are', async () => {
    await using faulty = await ProviderApp.start({ env: { COPY_RETRY_SECONDS: '600' } });
    const ids = Array.from({ length: 12 }, newCallId);
    for (const callId of ids) faulty.fake.script(callId, { kind: 'status', status: 403 });
    for (const callId of ids) await tell(callId, {}, faulty);
    for (const callId of ids)
      await faulty.recordingWhere(
        callId,
        ({ next_attempt_at }) => (next_attempt_at?.getTime() ?? 0) > Date.now(),
      );
    const state = await stateOf(faulty);
    expect(state?.stopped_reason).toMatch(/10 recordings in a row/);
    expect(state?.refusals).toHaveLength(10);
    for (const callId of ids)
      expect((await faulty.recording(callId))?.status).toMatch(/^(EXPECTED|PENDING)$/);
  });

  it('is not what refused recordings are with a success in between', async () => {
    await using faulty = await ProviderApp.start({ env: { COPY_RETRY_SECONDS: '600' } });
    for (let n = 0; n < 3; n++) {
      for (let refused = 0; refused < 4; refused++) {
        const callId = newCallId();
        faulty.fake.script(callId, { kind: 'status', status: 401 });
        await tell(callId, {}, faulty);
        await faulty.recordingWhere(
          callId,
          ({ attempts, claimed_until }) => attempts === 1 && !claimed_until,
        );
      }
      const good = newCallId();
      await tell(good, {}, faulty);
      expect((await faulty.settled(good)).status).toBe('UPLOADED');
    }
    expect((await stateOf(faulty))?.stopped_reason ?? null).toBeNull();
  });
});
