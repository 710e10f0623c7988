import type {
  FoundRecording,
  Provider,
  RecordingSource,
  RecordingVerdict,
} from '../../../server/providers/provider.js';
import type { ConnectionOptions } from '../../../server/providers/connection.js';
import { Canary } from '../../support/fake-provider/canary.js';
import { FakeProvider } from '../../support/fake-provider/fake-provider.js';
import { FAKE_ACCOUNT } from '../../support/fake-provider/identity.js';
import type { Script } from '../../support/fake-provider/script.js';

export const NOW = Date.UTC(2025, 7, 10, 12, 0, 0);
const HOUR_MS = 3_600_000;

export interface ContractSubject {
  create(fake: FakeProvider, connection: ConnectionOptions, now: () => number): Provider;
  urlOf(fake: FakeProvider, callId: string): string;
  /** What a lasting 404 means: only a provider that can be asked twice proves that a recording is gone. */
  readonly lasting404: 'gone' | 'notFoundUnconfirmed';
}

/** Every provider adapter gives the same verdicts for the same behaviour of its provider. */
export function describeProvider(name: string, subject: ContractSubject): void {
  describe(`${name}: fetching`, () => {
    let fake: FakeProvider;
    let elsewhere: FakeProvider;
    let canary: Canary;
    let provider: Provider;
    let calls = 0;

    beforeAll(async () => {
      [fake, elsewhere, canary] = await Promise.all([
        FakeProvider.start(),
        FakeProvider.start(),
        Canary.start(),
      ]);
      elsewhere.auth = { g1: 'open', g2: 'ssid' };
      const limits = { maxBytes: 1024 * 1024, headersMs: 300, idleMs: 2000, totalMs: 3000 };
      provider = subject.create(fake, { allowHosts: [fake.host, elsewhere.host], limits }, () => NOW);
    });

    afterAll(async () => {
      await provider.close();
      await Promise.all([fake.stop(), elsewhere.stop(), canary[Symbol.asyncDispose]()]);
    });

    /** A call of its own, behaving as the script says. */
    const callWith = (script: Script): string => {
      calls += 1;
      const callId = `call${String(calls).padStart(4, '0')}`;
      fake.script(callId, script);
      return callId;
    };

    const fetchCall = async (
      callId: string,
      more: Partial<RecordingSource> = {},
    ): Promise<RecordingVerdict> => {
      const verdict = await provider.fetchRecording({ callId, url: subject.urlOf(fake, callId), ...more });
      expect(verdict.kind === 'found' ? '' : JSON.stringify(verdict)).not.toMatch(
        new RegExp(`${FAKE_ACCOUNT.token}|${FAKE_ACCOUNT.ssid}|${FAKE_ACCOUNT.authToken}|${callId}`),
      );
      return verdict;
    };

    const fetchScript = (script: Script, more: Partial<RecordingSource> = {}) =>
      fetchCall(callWith(script), more);

    const found = async (verdict: RecordingVerdict): Promise<FoundRecording> => {
      if (verdict.kind !== 'found') throw new Error(`Not found but ${JSON.stringify(verdict)}`);
      return verdict;
    };

    const bytesOf = async (verdict: RecordingVerdict): Promise<Buffer> =>
      Buffer.concat((await (await found(verdict)).body.toArray()) as Buffer[]);

    it('gets the recording, whole', async () => {
      const callId = callWith({ kind: 'audio' });
      const verdict = await fetchCall(callId);
      expect(verdict).toMatchObject({
        status: 200,
        byteSize: fake.audio.byteSize,
        contentType: 'audio/mpeg',
        acceptsRanges: true,
        etag: `"${callId}"`,
      });
      expect((await bytesOf(verdict)).equals(fake.audio.bytesOf(callId))).toBe(true);
    });

    it('learns of it by HEAD without a byte of it', async () => {
      const verdict = await fetchScript({ kind: 'audio' }, { method: 'HEAD' });
      expect(verdict).toMatchObject({ kind: 'found', byteSize: fake.audio.byteSize });
      expect(await bytesOf(verdict)).toHaveLength(0);
    });

    it('gets a range', async () => {
      const callId = callWith({ kind: 'audio' });
      const size = fake.audio.byteSize;
      const verdict = await fetchCall(callId, { range: `bytes=${size - 200}-${size - 101}` });
      expect(verdict).toMatchObject({
        status: 206,
        byteSize: size,
        contentLength: 100,
        contentRange: { first: size - 200, last: size - 101, byteSize: size },
      });
      expect(
        (await bytesOf(verdict)).equals(fake.audio.bytesOf(callId).subarray(size - 200, size - 100)),
      ).toBe(true);
    });

    it('says that a range cannot be satisfied', async () => {
      const verdict = await fetchScript({ kind: 'audio' }, { range: 'bytes=99999999-' });
      expect(verdict).toEqual({ kind: 'unsatisfiable', byteSize: fake.audio.byteSize });
    });

    it.each<[string, Script, Partial<FoundRecording>]>([
      [
        'a wrong type',
        { kind: 'audio', contentType: 'application/octet-stream' },
        { contentType: 'application/octet-stream' },
      ],
      ['no type', { kind: 'audio', contentType: null }, { contentType: undefined }],
      [
        'audio declared as JSON',
        { kind: 'audio', contentType: 'application/json' },
        { contentType: 'application/json' },
      ],
      [
        'audio of no length declared as JSON',
        { kind: 'audio', contentType: 'application/json', length: false },
        {},
      ],
      ['no length', { kind: 'audio', length: false }, { byteSize: undefined }],
    ])('hands over audio with %s', async (_what, script, expected) => {
      const callId = callWith(script);
      const verdict = await fetchCall(callId);
      expect(verdict).toMatchObject({ kind: 'found', ...expected });
      expect((await bytesOf(verdict)).equals(fake.audio.bytesOf(callId))).toBe(true);
    });

    it('hands over what only looks like JSON, whole', async () => {
      const script: Script = {
        kind: 'jsonError',
        body: { told: 'x'.repeat(70_000) },
        contentType: 'audio/mpeg',
      };
      const bytes = await bytesOf(await fetchScript(script));
      expect(JSON.parse(bytes.toString())).toEqual(script.body);
    });

    it('leaves a login page and an empty body to whoever looks at the bytes', async () => {
      const page = await fetchScript({ kind: 'html' });
      expect(page).toMatchObject({ kind: 'found', contentType: 'text/html; charset=utf-8' });
      expect((await bytesOf(page)).toString()).toContain('Login');
      expect(await bytesOf(await fetchScript({ kind: 'empty' }))).toHaveLength(0);
    });

    it('gives two calls the same bytes where the provider does', async () => {
      const first = callWith({ kind: 'audio' });
      const second = callWith({ kind: 'audio', bytesOf: first });
      expect((await bytesOf(await fetchCall(second))).equals(await bytesOf(await fetchCall(first)))).toBe(
        true,
      );
    });

    it.each<[string, Script, object]>([
      ['401', { kind: 'status', status: 401 }, { kind: 'refused', status: 401 }],
      ['403', { kind: 'status', status: 403 }, { kind: 'refused', status: 403 }],
      ['404', { kind: 'status', status: 404 }, { kind: subject.lasting404 }],
      ['410', { kind: 'status', status: 410 }, { kind: 'gone', confirmed: true }],
      ['416', { kind: 'status', status: 416 }, { kind: 'unsatisfiable' }],
      ['418', { kind: 'status', status: 418 }, { kind: 'failed', code: 'SOURCE_REFUSED' }],
      [
        '429',
        { kind: 'status', status: 429, retryAfter: '7' },
        { kind: 'failed', code: 'SOURCE_RATE_LIMITED', retryAfterSeconds: 7 },
      ],
      ['429 alone', { kind: 'status', status: 429 }, { kind: 'failed', code: 'SOURCE_RATE_LIMITED' }],
      ['500', { kind: 'status', status: 500 }, { kind: 'failed', code: 'SOURCE_UNREACHABLE' }],
      [
        '503',
        { kind: 'status', status: 503, retryAfter: '30' },
        { kind: 'failed', code: 'SOURCE_UNREACHABLE', retryAfterSeconds: 30 },
      ],
      ['504', { kind: 'status', status: 504 }, { kind: 'failed', code: 'SOURCE_TIMEOUT' }],
      ['no answer', { kind: 'hang' }, { kind: 'failed', code: 'SOURCE_TIMEOUT' }],
      [
        'too large',
        { kind: 'huge', bytes: 2_000_000, declared: true },
        { kind: 'failed', code: 'TOO_LARGE' },
      ],
      ['a circle', { kind: 'redirect' }, { kind: 'failed', code: 'SOURCE_BLOCKED' }],
      [
        'a redirect to metadata',
        { kind: 'redirect', to: 'http://169.254.169.254/' },
        { kind: 'failed', code: 'SOURCE_BLOCKED' },
      ],
    ])('gives a verdict on %s', async (_what, script, expected) => {
      expect(await fetchScript(script)).toMatchObject(expected);
    });

    it.each([403, 404])('calls a %i within a day of the call not ready, and no longer', async (status) => {
      const callId = callWith({ kind: 'status', status });
      const endedAgo = async (hours: number) =>
        (await fetchCall(callId, { callEndedAt: new Date(NOW - hours * HOUR_MS) })).kind;
      expect(await endedAgo(1)).toBe('notReady');
      expect(await endedAgo(23.9)).toBe('notReady');
      expect(await endedAgo(24.1)).not.toBe('notReady');
    });

    it('does not wait for what is refused or gone for good', async () => {
      const callEndedAt = new Date(NOW - HOUR_MS);
      expect(await fetchScript({ kind: 'status', status: 401 }, { callEndedAt })).toMatchObject({
        kind: 'refused',
      });
      expect(await fetchScript({ kind: 'status', status: 500 }, { callEndedAt })).toMatchObject({
        kind: 'failed',
      });
    });

    it('finds a recording that was not ready at first', async () => {
      // Enough requests for one whole fetch, however many ways the adapter tries.
      const callId = callWith({ kind: 'status', status: 403 });
      expect(await fetchCall(callId, { callEndedAt: new Date(NOW) })).toMatchObject({ kind: 'notReady' });
      const refusals = fake.requestsFor(callId);
      fake.script(callId, { kind: 'notReady', status: 403, requests: refusals });
      const kinds: string[] = [];
      while (kinds.at(-1) !== 'found' && kinds.length < 5) {
        const verdict = await fetchCall(callId, { callEndedAt: new Date(NOW) });
        if (verdict.kind === 'found') verdict.body.destroy();
        kinds.push(verdict.kind);
      }
      expect(kinds[0]).toBe('notReady');
      expect(kinds.at(-1)).toBe('found');
    });

    it.each<[string, Script, string]>([
      ['breaks off', { kind: 'earlyClose', afterBytes: 1000 }, 'BodyTruncated'],
      [
        'outgrows the cap without having said so',
        { kind: 'huge', bytes: 5_000_000, declared: false },
        'BodyTooLarge',
      ],
    ])('errors a body that %s', async (_what, script, errorName) => {
      await expect(bytesOf(await fetchScript(script))).rejects.toMatchObject({ name: errorName });
    });

    it('ends a body that drips', async () => {
      const verdict = await fetchScript({ kind: 'drip', bytes: 1, everyMs: 20 }, { totalMs: 300 });
      await expect(bytesOf(verdict)).rejects.toMatchObject({ name: 'FetchTimeout', phase: 'total' });
    });

    it('stops when its caller does', async () => {
      const stop = new AbortController();
      const callId = callWith({ kind: 'hang' });
      const fetching = provider.fetchRecording({ callId, url: subject.urlOf(fake, callId) }, stop.signal);
      stop.abort();
      await expect(fetching).rejects.toMatchObject({ name: 'FetchAborted' });
    });

    it('follows a redirect to another host that is allowed, without its credentials', async () => {
      const callId = callWith({ kind: 'redirect', to: elsewhere.urlOf('other') });
      const verdict = await fetchCall(callId);
      expect((await bytesOf(verdict)).equals(elsewhere.audio.bytesOf('other'))).toBe(true);
      expect(elsewhere.seen.at(-1)).toMatchObject({ hasQueryToken: false, authorization: undefined });
    });

    it('does not follow one to a private address', async () => {
      const verdict = await fetchScript({ kind: 'redirect', to: `http://127.0.0.1:${canary.port}/` });
      expect(verdict).toMatchObject({ kind: 'failed', code: 'SOURCE_BLOCKED' });
      expect(canary.connections).toBe(0);
    });

    it('does not fetch from a host that is not allowed', async () => {
      const callId = callWith({ kind: 'audio' });
      const verdict = await fetchCall(callId, { url: `http://127.0.0.1:${canary.port}/${callId}.mp3` });
      expect(verdict).toMatchObject({ kind: 'failed', code: 'SOURCE_BLOCKED' });
      expect(canary.connections).toBe(0);
    });

    it('gives an allowed foreign host no credentials', async () => {
      const callId = callWith({ kind: 'audio' });
      const verdict = await fetchCall(callId, { url: elsewhere.urlOf(callId) });
      await bytesOf(verdict);
      expect(elsewhere.seen.at(-1)).toMatchObject({ callId, hasQueryToken: false, authorization: undefined });
    });

    it('says that nobody is there', async () => {
      const gone = await FakeProvider.start();
      const { host } = gone;
      const url = subject.urlOf(gone, 'x');
      await gone.stop();
      const lonely = subject.create(gone, { allowHosts: [host] }, () => NOW);
      const verdict = await lonely.fetchRecording({ callId: 'x', url });
      expect(verdict).toMatchObject({ kind: 'failed', code: 'SOURCE_UNREACHABLE' });
      await lonely.close();
    });
  });
}
