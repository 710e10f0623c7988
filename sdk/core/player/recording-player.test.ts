import { memoryStore } from '../memory-ports.js';
import { globalPlatform } from '../platform.js';
import type { AudioEngine, AudioEvent } from './audio-engine.js';
import type { PlayerTrack } from './player-state.js';
import { RecordingPlayer } from './recording-player.js';
import type { PlayableSource } from './recording-source.js';

const NOW = 1_000_000;
const TRACK: PlayerTrack = { id: 'r1', title: 'Asha' };
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** An engine that notes what it is told and says what the test says. */
class FakeEngine implements AudioEngine {
  readonly calls: string[] = [];
  #listener: (event: AudioEvent) => void = () => undefined;
  load({ url, position, rate }: Parameters<AudioEngine['load']>[0]) {
    this.calls.push(`load ${url} ${position} ×${rate}`);
  }
  play() {
    this.calls.push('play');
  }
  pause() {
    this.calls.push('pause');
  }
  seek(seconds: number) {
    this.calls.push(`seek ${seconds}`);
  }
  setRate(rate: number) {
    this.calls.push(`rate ${rate}`);
  }
  unload() {
    this.calls.push('unload');
  }
  subscribe(listener: (event: AudioEvent) => void) {
    this.#listener = listener;
    return () => undefined;
  }
  say(event: AudioEvent) {
    this.#listener(event);
  }
  at(position: number, duration = 60, buffered = 0) {
    this.say({ type: 'time', position, duration, buffered });
  }
}

function setUp({ store = memoryStore(), kind = 'remote' as 'remote' | 'local' | 'none' | 'broken' } = {}) {
  const engine = new FakeEngine();
  const timers: { callback: () => void; wait: number }[] = [];
  let now = NOW;
  let asked = 0;
  const answer = { kind };
  const released: string[] = [];
  const source = (track: PlayerTrack): Promise<PlayableSource> => {
    asked += 1;
    const url = `${track.id ?? track.callLogId}#${asked}`;
    if (answer.kind === 'broken') return Promise.reject(new Error('offline'));
    if (answer.kind === 'none') return Promise.resolve({ kind: 'none', reason: 'GONE_AT_SOURCE' });
    if (answer.kind === 'local')
      return Promise.resolve({ kind: 'local', url, release: () => released.push(url) });
    return Promise.resolve({ kind: 'remote', url, expiresAt: now + 900_000, duration: 60 });
  };
  const clock = {
    ...globalPlatform(),
    now: () => now,
    random: () => 0,
    setTimeout: (callback: () => void, wait: number) => {
      const timer = { callback, wait };
      if (wait <= 8000) setImmediate(callback);
      else timers.push(timer);
      return timer;
    },
    clearTimeout: (handle: unknown) => {
      const index = timers.indexOf(handle as (typeof timers)[number]);
      if (index >= 0) timers.splice(index, 1);
    },
  };
  const player = new RecordingPlayer({ engine, source, store, clock });
  return {
    player,
    engine,
    timers,
    answer,
    released,
    asked: () => asked,
    state: () => player.getSnapshot().state,
    /** Lets the time come for the next timer. */
    async elapse() {
      const timer = timers.shift();
      now += timer?.wait ?? 0;
      timer?.callback();
      await settled();
    },
  };
}

it('plays, pauses, seeks within the recording, and ends', async () => {
  const { player, engine, state } = setUp();
  player.play(TRACK);
  expect(state()).toMatchObject({ phase: 'loading' });
  await settled();
  expect(engine.calls).toEqual(['unload', 'load r1#1 0 ×1', 'play']);
  engine.say({ type: 'playing' });
  engine.at(12.5);
  expect(state()).toMatchObject({ phase: 'playing', position: 12.5, duration: 60, isLocal: false });
  player.toggle();
  engine.say({ type: 'paused' });
  expect(state()).toMatchObject({ phase: 'paused', position: 12.5 });
  player.seek(99);
  player.skip(-10);
  expect(engine.calls.slice(-3)).toEqual(['pause', 'seek 60', 'seek 50']);
  engine.say({ type: 'ended' });
  expect(state()).toMatchObject({ phase: 'ended', position: 60 });
  player.play();
  expect(engine.calls.slice(-2)).toEqual(['seek 0', 'play']);
});

it('is paused by a second press that comes before the sound does', async () => {
  const { player, engine, state } = setUp();
  player.load(TRACK);
  await settled();
  player.toggle();
  player.toggle();
  expect(engine.calls.slice(-2)).toEqual(['play', 'pause']);
  player.toggle();
  engine.say({ type: 'playing' });
  engine.say({ type: 'ended' });
  player.toggle();
  player.toggle();
  expect(engine.calls.slice(-2)).toEqual(['play', 'pause']);
  expect(state()).toMatchObject({ phase: 'paused', position: 0 });
});

it('is paused by one press also where the device has begun to play by itself', async () => {
  const { player, engine, state } = setUp();
  player.load(TRACK);
  await settled();
  engine.say({ type: 'playing' });
  expect(state()).toMatchObject({ phase: 'playing' });
  player.toggle();
  expect(engine.calls.at(-1)).toBe('pause');
});

it('has one active recording at a time', async () => {
  const { player, engine, state } = setUp();
  player.play(TRACK);
  await settled();
  player.play({ callLogId: 'c2' });
  await settled();
  expect(engine.calls).toEqual(['unload', 'load r1#1 0 ×1', 'play', 'unload', 'load c2#2 0 ×1', 'play']);
  expect(state()).toMatchObject({ track: { callLogId: 'c2' } });
});

it('goes to the newest of two that were asked for at once', async () => {
  const { player, engine } = setUp();
  player.play(TRACK);
  player.play({ id: 'r2' });
  await settled();
  expect(engine.calls.filter((call) => call.startsWith('load'))).toHaveLength(1);
  expect(engine.calls).toContain('load r2#2 0 ×1');
});

it('begins where this recording was left, not where the one before it was', async () => {
  const kept = memoryStore({ 'earshot.player-positions': '[["r1",40],["r2",7]]' });
  const waiting: (() => void)[] = [];
  const get = (key: string) =>
    new Promise<void>((resolve) => waiting.push(resolve)).then(() => kept.get(key));
  const { player, engine, state } = setUp({ store: { ...kept, get } });
  player.play(TRACK);
  player.play({ id: 'r2' });
  waiting[1]?.();
  await settled();
  waiting[0]?.();
  await settled();
  expect(state()).toMatchObject({ track: { id: 'r2' }, position: 7 });
  expect(engine.calls.filter((call) => call.startsWith('load'))).toEqual(['load r2#1 7 ×1']);
});

it('keeps the rate for the next recording, between 0.5 and 4', async () => {
  const { player, engine } = setUp();
  player.setRate(9);
  player.play(TRACK);
  await settled();
  expect(engine.calls).toContain('load r1#1 0 ×4');
});

it('fetches a fresh link before the old one ends, at the same position', async () => {
  const { player, engine, timers, elapse } = setUp();
  player.play(TRACK);
  await settled();
  expect(timers.map(({ wait }) => wait)).toEqual([840_000]);
  engine.say({ type: 'playing' });
  engine.at(30);
  await elapse();
  expect(engine.calls.slice(-2)).toEqual(['load r1#2 30 ×1', 'play']);
});

it('leaves a recording alone that has arrived whole', async () => {
  const { player, engine, asked, elapse } = setUp();
  player.play(TRACK);
  await settled();
  engine.at(30, 60, 60);
  await elapse();
  expect(asked()).toBe(1);
});

it('goes on after a refused link where it was, and plays only what was playing', async () => {
  const { player, engine, state } = setUp();
  player.play(TRACK);
  await settled();
  engine.say({ type: 'playing' });
  engine.at(42);
  engine.say({ type: 'error', isFormat: true });
  expect(state()).toMatchObject({ phase: 'buffering', position: 42 });
  await settled();
  await settled();
  expect(engine.calls.slice(-2)).toEqual(['load r1#2 42 ×1', 'play']);
  engine.say({ type: 'playing' });
  engine.at(43);
  player.pause();
  engine.say({ type: 'error', isFormat: false });
  await settled();
  await settled();
  expect(engine.calls.at(-1)).toBe('load r1#3 43 ×1');
});

it.each([
  [true, 2, 'This device cannot play'],
  [false, 4, 'Check the connection'],
])(
  'gives up (format: %p) after %i failures with nothing heard, and tries again at the same place',
  async (isFormat, most, words) => {
    const { player, engine, state, asked } = setUp();
    player.play(TRACK);
    await settled();
    engine.at(10);
    for (let i = 0; i < most; i += 1) {
      expect(state().phase).not.toBe('failed');
      engine.say({ type: 'error', isFormat });
      await settled();
      await settled();
    }
    expect(state()).toMatchObject({ phase: 'failed', position: 10, message: expect.stringContaining(words) });
    expect(asked()).toBe(most);
    player.play();
    await settled();
    expect(engine.calls.slice(-2)).toEqual([`load r1#${most + 1} 10 ×1`, 'play']);
  },
);

it('fetches a fresh link where nothing arrives any more, but only while it is waited for', async () => {
  const { player, engine, asked } = setUp();
  player.play(TRACK);
  await settled();
  engine.say({ type: 'playing' });
  engine.at(20);
  engine.say({ type: 'stalled' });
  await settled();
  expect(asked()).toBe(1);
  engine.say({ type: 'buffering' });
  engine.say({ type: 'stalled' });
  await settled();
  await settled();
  expect(engine.calls.slice(-2)).toEqual(['load r1#2 20 ×1', 'play']);
});

it('says why there is nothing to play', async () => {
  const { player, state } = setUp({ kind: 'none' });
  player.play(TRACK);
  await settled();
  expect(state()).toEqual({ phase: 'unavailable', track: TRACK, reason: 'GONE_AT_SOURCE' });
});

it('plays from this device, and lets go of it', async () => {
  const { player, state, released, timers } = setUp({ kind: 'local' });
  player.load(TRACK);
  await settled();
  expect(state()).toMatchObject({ phase: 'paused', isLocal: true });
  expect(timers).toEqual([]);
  player.stop();
  expect(state()).toEqual({ phase: 'idle' });
  expect(released).toEqual(['r1#1']);
});

it('remembers where each recording was left, also for the next player', async () => {
  const store = memoryStore();
  const first = setUp({ store });
  first.player.play(TRACK);
  await settled();
  first.engine.say({ type: 'playing' });
  first.engine.at(21.27);
  first.player.play({ id: 'r2' });
  await settled();
  first.engine.at(58.5);
  first.player.stop();
  await settled();
  const next = setUp({ store });
  next.player.load(TRACK);
  await settled();
  next.player.load({ id: 'r2' });
  await settled();
  // What was heard to its end begins again.
  expect(next.engine.calls.filter((call) => call.startsWith('load'))).toEqual([
    'load r1#1 21.3 ×1',
    'load r2#2 0 ×1',
  ]);
});

it('shows paused when the platform makes no sound by itself, or a headset is unplugged', async () => {
  const { player, engine, state } = setUp();
  player.play(TRACK);
  await settled();
  engine.say({ type: 'blocked' });
  expect(state().phase).toBe('paused');
  player.play();
  engine.say({ type: 'playing' });
  engine.say({ type: 'paused' });
  expect(state().phase).toBe('paused');
  engine.say({ type: 'error', isFormat: false });
  await settled();
  await settled();
  expect(engine.calls.at(-1)).toMatch(/^load/);
});
