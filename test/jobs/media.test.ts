import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { bufferSource } from '../../server/media/byte-source.js';
import { identify } from '../../server/media/identify.js';
import { probe } from '../../server/media/probe.js';
import { eventually } from '../support/eventually.js';
import { CALLS, fixture, sha256 } from '../support/fixtures.js';
import { graphql, tokenOf } from '../support/graphql.js';
import {
  HAS_FFMPEG,
  fakeFfmpeg,
  isGone,
  mediaEnv,
  mediaMade,
  mediaOf,
  toneWav,
  type Media,
} from '../support/media-steps.js';
import { TestApp } from '../support/test-app.js';
import { Caller, below, collected, keysBelow } from '../support/upload-steps.js';

const withFfmpeg = HAS_FFMPEG ? describe : describe.skip;
if (!HAS_FFMPEG) process.stdout.write('No ffmpeg on this machine: the tests of decoding are passed over.\n');

const PATH = process.env['PATH'] ?? '';
const COPIED = new Set(['call.aac', 'call.3gp', 'call-amr.3gp', 'call.amr']);

async function stored(caller: Caller, bytes: Buffer): Promise<string> {
  const upload = await caller.client.upload(await caller.ingested(bytes));
  if (!upload.recording || upload.status !== 'COMPLETED') throw new Error(`not stored: ${upload.status}`);
  return upload.recording.id;
}

async function removeRecording(app: TestApp, id: string): Promise<void> {
  const token = await tokenOf(app, await app.make.user('ADMIN'));
  const input = `{ recordingId: "${id}", reason: "asked for" }`;
  const { code } = await graphql(app, `mutation { deleteRecording(input: ${input}) { recording { id } } }`, {
    token,
  });
  expect(code).toBe('OK');
}

const keysOf = (app: TestApp, id: string) => keysBelow(app, below.recording(id));
const extensions = (keys: string[]) => keys.map((key) => /[^.]+$/.exec(key)?.[0]).sort();
const row = async (app: TestApp, id: string) =>
  (
    await app.database.query<{ media_due_at: Date | null; media_tries: number; media_error: string | null }>(
      'select * from recordings where id = $1',
      [id],
    )
  )[0];

withFfmpeg('with ffmpeg', () => {
  let app: TestApp;
  let caller: Caller;

  beforeAll(async () => {
    app = await TestApp.start({ env: mediaEnv({ PATH, SWEEP_SECONDS: '0.2' }) });
    caller = await Caller.create(app);
  });
  afterAll(() => app[Symbol.asyncDispose]());

  it.each(CALLS)('$file is seen, and plays everywhere', async ({ file, contentType }) => {
    const bytes = await fixture(file);
    const id = await stored(caller, bytes);
    await mediaMade(app, id);
    const media = await mediaOf(caller, id);
    const { length = 0, data = '', ...scale } = media.peaks ?? {};
    expect(scale).toEqual({ sampleRate: 8000, samplesPerPixel: 400 });
    expect(Math.abs(length * 50 - (media.durationMs ?? 0))).toBeLessThan(2500);
    const samples = new Int8Array(Buffer.from(data, 'base64'));
    expect(samples).toHaveLength(length * 2);
    expect(Math.max(...samples)).toBeGreaterThan(30);
    expect(Math.min(...samples)).toBeLessThan(-30);
    expect(media.flags).toEqual(media.flags.filter((flag) => flag === 'DUPLICATE'));
    expect(media.loudness).toBeGreaterThan(-24);
    expect(media.loudness).toBeLessThan(-18);

    const original = await fetch(media.original?.url ?? '');
    expect(original.headers.get('content-type')).toBe(contentType);
    expect(sha256(Buffer.from(await original.arrayBuffer()))).toBe(sha256(bytes));
    const whole = await fetch(media.playback?.url ?? '');
    const copy = Buffer.from(await whole.arrayBuffer());
    if (!COPIED.has(file)) return expect(sha256(copy)).toBe(sha256(bytes));
    expect(whole.headers.get('content-type')).toBe('audio/mp4');
    const source = bufferSource(copy);
    const sniffed = await identify(source);
    expect(sniffed?.container).toBe('mp4');
    const probed = sniffed && (await probe(source, sniffed));
    expect(probed).toMatchObject({ codec: 'aac', truncated: false });
    expect(Math.abs((probed?.durationMs ?? 0) - length * 50)).toBeLessThan(300);
    expect(copy.indexOf('moov')).toBeLessThan(copy.indexOf('mdat'));
    const part = await fetch(media.playback?.url ?? '', { headers: { range: 'bytes=1000-1999' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 1000-1999/${copy.length}`]);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(copy.subarray(1000, 2000));
    expect(extensions(await keysOf(app, id))).toEqual([/[^.]+$/.exec(file)?.[0], 'dat', 'm4a'].sort());
  });

  it('a link from before the copy goes on giving what it gave', async () => {
    const id = await stored(caller, await fixture('call.amr'));
    const link = app.services.playbackLinks.link(
      {
        id,
        status: 'UPLOADED',
        recordingPath: 'local:x.amr',
        contentType: 'audio/amr',
        byteSize: 1,
        sha256: null,
        playbackPath: null,
        playbackByteSize: null,
      },
      caller.user.id,
      {},
    );
    await mediaMade(app, id);
    expect((await fetch(link.url)).headers.get('content-type')).toBe('audio/amr');
    const { playback } = await mediaOf(caller, id);
    expect(playback?.url).toContain(`/${id}-playback.m4a?`);
  });

  it.each([
    ['nothing to be heard', toneWav(5, 0), ['SILENT'], [{ startMs: 0, endMs: 5000 }], null],
    ['a faint hiss', toneWav(5, 40), ['SILENT'], [{ startMs: 0, endMs: 5000 }], -60],
    ['a short tone', toneWav(2, 9000), ['SHORT'], [], -14],
  ])('%s', async (_name, bytes, flags, silences, loudness) => {
    const id = await stored(caller, bytes);
    await mediaMade(app, id);
    const media = await mediaOf(caller, id);
    expect(media.flags).toEqual(flags);
    expect(media.silences).toEqual(silences);
    if (loudness === null) expect(media.loudness).toBeNull();
    else expect(Math.abs((media.loudness ?? 0) - loudness)).toBeLessThan(5);
  });

  it('tells who watches', async () => {
    const callLogId = await caller.call();
    const query = `subscription { recordingChanged(callLogId: "${callLogId}") { flags peaks { length } } }`;
    const socket = createClient({
      url: `${app.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${caller.token}` },
      retryAttempts: 0,
    });
    const watching = (async () => {
      for await (const { data } of socket.iterate<{ recordingChanged: Pick<Media, 'flags' | 'peaks'> }>({
        query,
      }))
        if (data?.recordingChanged.peaks) return data.recordingChanged;
      return undefined;
    })();
    await caller.ingested(toneWav(4, 0), { callLogId });
    expect(await watching).toEqual({ flags: ['SILENT'], peaks: { length: 80 } });
    await socket.dispose();
  });

  it('removed with its recording', async () => {
    const id = await stored(caller, await fixture('call.amr'));
    await mediaMade(app, id);
    expect(await keysOf(app, id)).toHaveLength(3);
    await removeRecording(app, id);
    await collected(app, below.recording(id));
    expect(await mediaOf(caller, id)).toMatchObject({ peaks: null, silences: null, playback: null });
  });

  describe('bytes that mean harm', () => {
    /** A stored recording that the server itself would have refused: as if a check before had failed. */
    async function planted(bytes: Buffer, contentType: string, extension: string): Promise<string> {
      const lead = await app.make.lead(caller.user);
      const recording = await app.make.recording({ status: 'EXPECTED' });
      const key = `${below.recording(recording.id)}planted.${extension}`;
      await app.services.storage.put(key, Readable.from([bytes]));
      await app.database.query(
        `update recordings set status = 'UPLOADED', content_type = $2, codec = 'mp3', byte_size = $3, sha256 = $4,
         uploaded_at = now(), media_due_at = now(), recording_path = $5 where id = $1`,
        [recording.id, contentType, bytes.length, sha256(bytes), `local:${key}`],
      );
      await app.make.callLog(lead, caller.user, { recording: recording.id });
      await mediaMade(app, recording.id);
      return recording.id;
    }

    it('a playlist, whatever it calls itself, reaches no address and no file', async () => {
      let asked = 0;
      const trap = createServer((_req, res) => {
        asked += 1;
        res.end();
      });
      await new Promise<void>((ready) => trap.listen(0, '127.0.0.1', ready));
      const { port } = trap.address() as AddressInfo;
      const entries = `#EXTINF:5,\nhttp://127.0.0.1:${port}/a.ts\n#EXTINF:5,\nfile:///etc/passwd\n`;
      const bytes = Buffer.from(`#EXTM3U\n#EXT-X-TARGETDURATION:5\n${entries.repeat(50)}#EXT-X-ENDLIST\n`);
      const types = ['mpeg', 'mp4', 'aac', 'webm', 'wav', 'ogg', 'amr'].map((name) => `audio/${name}`);
      const ids = await Promise.all(types.map((type) => planted(bytes, type, 'mp3')));
      for (const id of ids) {
        const media = await mediaOf(caller, id);
        expect(media).toMatchObject({ status: 'UPLOADED', peaks: null });
        expect((await fetch(media.playback?.url ?? '')).status).toBe(200);
        expect(await row(app, id)).toMatchObject({
          media_tries: 1,
          media_due_at: null,
          media_error: expect.stringMatching(/\S/) as string,
        });
        expect(await keysOf(app, id)).toHaveLength(1);
      }
      expect(asked).toBe(0);
      trap.close();
    });

    it('what is cut off is seen as far as it goes', async () => {
      const id = await planted((await fixture('call.mp3')).subarray(0, 50_001), 'audio/mpeg', 'mp3');
      const { peaks } = await mediaOf(caller, id);
      expect(peaks?.length).toBeGreaterThan(150);
      expect(peaks?.length).toBeLessThan(400);
    });

    it('noise behind a good beginning', async () => {
      const bytes = Buffer.concat([
        (await fixture('call.amr')).subarray(0, 3000),
        Buffer.alloc(20_000, 0xff),
      ]);
      const id = await planted(bytes, 'audio/amr', 'amr');
      expect(await mediaOf(caller, id)).toMatchObject({
        status: 'UPLOADED',
        peaks: { samplesPerPixel: 400 },
      });
    });
  });
});

describe('an ffmpeg that hangs', () => {
  it('is killed in time, and the recording plays all the same', async () => {
    const fake = await fakeFfmpeg('sleep 600');
    await using app = await TestApp.start({
      env: mediaEnv({ FFMPEG_PATH: fake.path, MEDIA_TIMEOUT_SECONDS: '0.3' }),
    });
    const caller = await Caller.create(app);
    const id = await stored(caller, await fixture('call.aac'));
    await mediaMade(app, id);
    expect(await isGone(await fake.begun())).toBe(true);
    const media = await mediaOf(caller, id);
    expect(media).toMatchObject({ status: 'UPLOADED', peaks: null });
    // What needs no ffmpeg is made.
    expect((await fetch(media.playback?.url ?? '')).headers.get('content-type')).toBe('audio/mp4');
    expect(await row(app, id)).toMatchObject({
      media_tries: 1,
      media_error: expect.stringContaining('longer than') as string,
    });
  });

  it('leaves nothing where its recording is removed meanwhile, and is killed at shutdown', async () => {
    const wait = 'while [ ! -e "$0.go" ]; do sleep 0.05; done; rm "$0.go"; head -c 16000 /dev/zero';
    const fake = await fakeFfmpeg(wait);
    const app = await TestApp.start({
      env: mediaEnv({ FFMPEG_PATH: fake.path, SWEEP_SECONDS: '60', DRAIN_SECONDS: '0.2' }),
    });
    const caller = await Caller.create(app);
    const id = await stored(caller, await fixture('call.mp3'));
    const first = await fake.begun();
    await removeRecording(app, id);
    await writeFile(`${fake.path}.go`, '');
    await mediaMade(app, id);
    expect(extensions(await keysOf(app, id))).toEqual(['mp3']);

    const other = await stored(caller, await fixture('call.ogg'));
    const second = await fake.begun(first);
    expect((await row(app, other))?.media_due_at?.getTime()).toBeGreaterThan(Date.now());
    await app[Symbol.asyncDispose]();
    expect(await isGone(second)).toBe(true);
  });
});

it('an ffmpeg that is gone is not what a recording is blamed for', async () => {
  const fake = await fakeFfmpeg('exit 1');
  await using app = await TestApp.start({ env: mediaEnv({ FFMPEG_PATH: fake.path, SWEEP_SECONDS: '60' }) });
  const caller = await Caller.create(app);
  await rm(fake.path);
  const id = await stored(caller, await fixture('call.mp3'));
  const failed = `select id from pgboss.job where name = 'recording.media' and state = 'retry'`;
  await eventually(async () => (await app.database.query(failed)).length > 0);
  const { media_error, media_due_at } = (await row(app, id)) ?? {};
  expect(media_error).toBeNull();
  expect(media_due_at).not.toBeNull();
  expect(await mediaOf(caller, id)).toMatchObject({ status: 'UPLOADED', peaks: null });
});

it('without ffmpeg ADTS gets its copy, and the rest follows as soon as there is one', async () => {
  await using app = await TestApp.start({ env: mediaEnv({ FFMPEG_PATH: '/nowhere/ffmpeg' }) });
  const caller = await Caller.create(app);
  const adts = await stored(caller, await fixture('call.aac'));
  const amr = await stored(caller, await fixture('call.amr'));
  await Promise.all([mediaMade(app, adts), mediaMade(app, amr)]);
  const seen = await mediaOf(caller, adts);
  expect(seen).toMatchObject({ peaks: null, silences: null, loudness: null });
  expect((await fetch(seen.playback?.url ?? '')).headers.get('content-type')).toBe('audio/mp4');
  const { playback } = await mediaOf(caller, amr);
  expect((await fetch(playback?.url ?? '')).headers.get('content-type')).toBe('audio/amr');
  const metrics = await (await fetch(`${app.url}/metrics`)).text();
  expect(metrics).toContain('earshot_ffmpeg{version="none"} 0');
  if (!HAS_FFMPEG) return;
  // One that has none would take its jobs away.
  await app.app.close();
  await using later = await TestApp.start({ shareWith: app, env: mediaEnv({ PATH }) });
  await Promise.all([mediaMade(later, adts), mediaMade(later, amr)]);
  const again = { app: later, token: caller.token };
  expect(await mediaOf(again, adts)).toMatchObject({ peaks: { samplesPerPixel: 400 } });
  expect((await mediaOf(again, amr)).playback?.url).toContain('-playback.m4a');
  expect(extensions(await keysOf(later, adts))).toEqual(['aac', 'dat', 'm4a']);
});
