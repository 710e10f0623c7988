import { demoCall } from '../../server/demo/demo-audio.js';
import { fixture } from '../support/fixtures.js';
import { mediaMade } from '../support/media-steps.js';
import { PlayerStage, type PlayerPage } from './player.steps.js';

const PATIENCE = 120_000;
/** Far more than a browser fetches ahead. */
const LONG_SECONDS = 900;

let stage: PlayerStage;
let long: string;

beforeAll(async () => {
  stage = await PlayerStage.open();
  long = await stage.caller.call();
  await stage.caller.ingested(demoCall(1, LONG_SECONDS), { callLogId: long });
}, PATIENCE);
afterEach(() => stage.leave());
afterAll(() => stage[Symbol.asyncDispose]());

const WHY = { errorMessage: 'for a test', errorAt: new Date() };

/** Makes the server refuse every link that was given out so far. */
async function spoilLinks({ page }: PlayerPage): Promise<{ refused: () => number }> {
  let refused = 0;
  let isFresh = false;
  page.on('request', (request) => {
    if (request.headers()['x-apollo-operation-name'] === 'Recording') isFresh = true;
  });
  await page.route('**/recordings/**', (route) => {
    if (isFresh) return route.continue();
    refused += 1;
    const url = new URL(route.request().url());
    for (const [name, value] of url.searchParams)
      url.searchParams.set(name, name === 'exp' ? '1700000000' : value);
    return route.continue({ url: url.href });
  });
  return { refused: () => refused };
}

describe('what was stored', () => {
  it.each(['call.m4a', 'call.mp3', 'call.ogg', 'call.webm', 'call.wav', 'call.aac'])(
    '%s plays, pauses, and is sought to 80 % within 0.3 s',
    async (file) => {
      const { callLogId, recordingId } = await stage.caller.recorded(file);
      await mediaMade(stage.app, recordingId);
      const page = await stage.show();
      await page.play(callLogId);
      await page.until('playing', 1);
      await page.ask('player.pause()');
      await page.until('paused', 1);
      const { duration } = (await page.snapshot()).state;
      const { durationMs } = await stage.caller.client.recording(recordingId);
      expect(Math.abs(duration - (durationMs ?? 0) / 1000)).toBeLessThan(0.2);
      await page.ask(`player.seek(${duration * 0.8})`);
      await page.until('paused', duration * 0.8 - 0.3);
      expect(Math.abs((await page.heard()).position - duration * 0.8)).toBeLessThan(0.3);
      await page.ask('player.play()');
      const { position } = await page.until('playing', duration * 0.8 + 0.5);
      expect(position).toBeLessThan(duration * 0.8 + 5);
      await page.ask(`player.seek(${duration - 1})`);
      await page.until('ended');
      expect(await page.phases()).not.toContain('failed');
    },
    PATIENCE,
  );
});

it(
  'changes its speed and keeps the pitch, for the next recording too',
  async () => {
    const { callLogId } = await stage.caller.recorded('call.m4a');
    const page = await stage.show();
    await page.play(long);
    await page.ask('player.setRate(1.5)');
    await page.until('playing', 1);
    expect(await page.heard()).toMatchObject({ rate: 1.5, keepsPitch: true });
    await page.play(callLogId);
    await page.until('playing', 1);
    expect(await page.heard()).toMatchObject({ rate: 1.5, keepsPitch: true });
    await page.ask('player.setRate(9)');
    expect((await page.heard()).rate).toBe(4);
  },
  PATIENCE,
);

it(
  'counts each press of its one button, however fast they come',
  async () => {
    const page = await stage.show();
    const press = async (times: number): Promise<boolean> => {
      await page.page.evaluate(`for (let n = 0; n < ${times}; n++) playerPage.player.toggle()`);
      return (await page.heard()).isPaused;
    };
    await page.play(long);
    await page.until('playing', 0.3);
    expect(await press(1)).toBe(true);
    await page.until('paused');
    expect(await press(2)).toBe(true);
    expect(await press(1)).toBe(false);
    const { position } = await page.until('playing');
    expect(await press(2)).toBe(false);
    await page.until('playing', position + 0.3);
    expect(await press(1)).toBe(true);
    await page.until('paused');
  },
  PATIENCE,
);

it(
  'plays one recording at a time, and goes back to where each was left, also after a reload',
  async () => {
    const { callLogId } = await stage.caller.recorded('call.mp3');
    const page = await stage.show();
    await page.play(long);
    await page.until('playing');
    await page.ask('player.seek(500)');
    await page.until('playing', 500.2);
    const { src } = await page.heard();
    await page.play(callLogId);
    const { track } = await page.until('playing', 0.5);
    expect(track).toEqual({ callLogId });
    expect((await page.heard()).src).not.toBe(src);
    await page.ask('player.pause()');
    // Told by the store, not by what this page remembers.
    await page.page.reload();
    await page.page.waitForFunction('globalThis.playerPage');
    await page.play(long);
    const { position } = await page.until('playing', 500);
    expect(position).toBeLessThan(506);
    const shown = await page.ask<{ phase: string; position?: number }[]>('shown');
    const played = shown.filter(({ phase }) => phase === 'playing' || phase === 'buffering');
    expect(played.filter(({ position: at = 0 }) => at < 500)).toEqual([]);
  },
  PATIENCE,
);

it(
  'goes on at the same position with a fresh link when its own has run out',
  async () => {
    const page = await stage.show();
    await page.play(long);
    await page.until('playing', 1);
    const links = await spoilLinks(page);
    const target = LONG_SECONDS * 0.8;
    await page.ask(`player.seek(${target})`);
    const { position } = await page.until('playing', target + 0.5);
    expect(links.refused()).toBeGreaterThan(0);
    expect(position).toBeLessThan(target + 5);
    const shown = await page.ask<{ phase: string; position: number }[]>('shown');
    const since = shown.slice(shown.findIndex((one) => one.position === target));
    expect(since.filter((one) => one.position < target)).toEqual([]);
    expect(await page.phases()).not.toContain('failed');
  },
  PATIENCE,
);

it(
  'waits and goes on when the connection breaks in the middle of a recording',
  async () => {
    const page = await stage.show();
    await page.play(long);
    await page.until('playing', 1);
    let broken = 0;
    await page.page.route('**/recordings/**', (route) => {
      broken += 1;
      return broken > 2 ? route.continue() : route.abort('connectionreset');
    });
    await page.ask('player.seek(600)');
    const { position } = await page.until('playing', 600.5);
    expect(broken).toBeGreaterThan(2);
    expect(position).toBeLessThan(605);
  },
  PATIENCE,
);

it(
  'tells after a few tries that it cannot be played, and plays on from there when asked again',
  async () => {
    const page = await stage.show();
    await page.play(long);
    await page.until('playing', 1);
    await page.page.route('**/recordings/**', (route) => route.abort('connectionreset'));
    await page.ask('player.seek(700)');
    await page.page.waitForFunction("playerPage.snapshot().state.phase === 'failed'");
    expect((await page.snapshot()).state).toMatchObject({
      position: 700,
      message: expect.stringContaining('Check the connection'),
    });
    await page.page.unroute('**/recordings/**');
    await page.ask('player.play()');
    expect((await page.until('playing', 700.5)).position).toBeLessThan(705);
  },
  PATIENCE,
);

it(
  'tells when the browser does not know the format',
  async () => {
    const page = await stage.show();
    const body = await fixture('call.amr');
    await page.page.route('**/recordings/**', (route) => route.fulfill({ body, contentType: 'audio/amr' }));
    await page.play(long);
    await page.page.waitForFunction("playerPage.snapshot().state.phase === 'failed'");
    expect((await page.snapshot()).state).toMatchObject({
      message: 'This device cannot play the recording.',
    });
  },
  PATIENCE,
);

it(
  'plays from this device before the upload, and from the server after it',
  async () => {
    const callLogId = await stage.caller.call();
    const page = await stage.show();
    await page.ask('uploads.pauseAll()');
    const bytes = await fixture('call.m4a');
    await page.ask(`record('${callLogId}', '${bytes.toString('base64')}')`);
    await page.play(callLogId);
    expect((await page.until('playing', 1)).isLocal).toBe(true);
    expect((await page.heard()).src).toMatch(/^blob:/);
    await page.ask('player.stop()');
    await page.ask('uploads.resumeAll()');
    await page.page.waitForFunction(
      "playerPage.uploads.getSnapshot().jobs.every(({ state }) => state.phase === 'uploaded')",
    );
    await page.play(callLogId);
    expect((await page.until('playing', 1)).isLocal).toBe(false);
    expect((await page.heard()).src).toContain(stage.app.url);
  },
  PATIENCE,
);

it.each([
  ['NONE', undefined],
  ['EXPECTED', { status: 'EXPECTED' }],
  ['PENDING', { status: 'PENDING' }],
  ['FAILED', { status: 'FAILED', errorCode: 'NOT_READY', ...WHY }],
  ['NOT_AUDIO', { status: 'FAILED', errorCode: 'NOT_AUDIO', ...WHY }],
  ['GONE_AT_SOURCE', { status: 'DELETED', errorCode: 'GONE_AT_SOURCE', ...WHY }],
  ['REMOVED', { status: 'DELETED' }],
] as const)('says why there is nothing to play: %s', async (reason, facts) => {
  const { app, caller } = stage;
  const recording = facts && (await app.make.recording(facts));
  const { id } = await app.make.callLog(
    caller.lead,
    caller.user,
    recording ? { recording: recording.id } : {},
  );
  const page = await stage.show();
  await page.play(id);
  await page.page.waitForFunction("playerPage.snapshot().state.phase === 'unavailable'");
  expect((await page.snapshot()).state).toMatchObject({ reason });
});

it(
  'waits for a person where the browser makes no sound by itself',
  async () => {
    const page = await stage.untouched(long, 'paused');
    expect(await page.phases()).not.toContain('playing');
    await page.ask('player.play()');
    await page.until('playing', 0.5);
  },
  PATIENCE,
);
