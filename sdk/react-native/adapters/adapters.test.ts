import { asyncStore } from './async-store.js';
import { expoAudioEngine } from './expo-audio-engine.js';
import type { ExpoAudioPlayerLike, ExpoAudioStatusLike } from './expo-audio-engine.js';
import { expoFiles } from './expo-files.js';
import type { ExpoFileLike } from './expo-files.js';
import { networkStateOf } from './net-info-network.js';

describe('asyncStore', () => {
  it('keeps a value under each key', async () => {
    const values = new Map<string, string>();
    const store = asyncStore({
      getItem: async (key) => values.get(key) ?? null,
      setItem: async (key, value) => void values.set(key, value),
      removeItem: async (key) => void values.delete(key),
      getAllKeys: async () => [...values.keys()],
    });
    await store.set('a.1', 'one');
    await store.set('b.1', 'two');
    expect([await store.get('a.1'), await store.get('a.2'), await store.keys('a.')]).toEqual([
      'one',
      undefined,
      ['a.1'],
    ]);
    await store.delete('a.1');
    expect(await store.keys('')).toEqual(['b.1']);
  });
});

describe('networkStateOf', () => {
  it.each([
    [{ type: 'wifi', isConnected: true }, true, false],
    [{ type: 'cellular', isConnected: true }, true, true],
    [{ type: 'wifi', isConnected: true, details: { isConnectionExpensive: true } }, true, true],
    [{ type: 'none', isConnected: false }, false, false],
    [{ type: 'wifi', isConnected: true, isInternetReachable: false }, false, false],
    [{ type: 'unknown', isConnected: null, isInternetReachable: null, details: null }, true, false],
  ])('%j', (state, isOnline, isMetered) => {
    expect(networkStateOf(state)).toEqual({ isOnline, isMetered });
  });
});

describe('expoFiles', () => {
  it('reads by handle, and sends a chunk as a file of the cache that it takes away', async () => {
    const disk = new Map<string, Uint8Array>([['file:///call.m4a', Uint8Array.of(1, 2, 3, 4, 5)]]);
    let closed = 0;
    class File implements ExpoFileLike {
      readonly uri: string;
      constructor(...uris: string[]) {
        this.uri = uris.join('/');
      }
      get exists() {
        return disk.has(this.uri);
      }
      get size() {
        return disk.get(this.uri)?.length ?? null;
      }
      open() {
        const handle = {
          offset: 0,
          readBytes: (length: number) => disk.get(this.uri)!.slice(handle.offset, handle.offset + length),
          close: () => void (closed += 1),
        };
        return handle;
      }
      write(bytes: Uint8Array) {
        disk.set(this.uri, bytes);
      }
      delete() {
        disk.delete(this.uri);
      }
    }
    const files = expoFiles({ File, Paths: { cache: { uri: 'file:///cache' } } }, () => 'id');
    const file = { uri: 'file:///call.m4a' };
    const source = await files.open(file);
    expect(source?.byteSize).toBe(5);
    expect([...(await source!.bytes(1, 3))]).toEqual([2, 3, 4]);
    const chunk = await source!.read(3, 2);
    expect(chunk).toEqual({
      uri: 'file:///cache/earshot-id.part',
      name: 'earshot-id.part',
      type: 'application/octet-stream',
    });
    expect([...disk.get('file:///cache/earshot-id.part')!]).toEqual([4, 5]);
    await source!.close?.();
    expect([...disk.keys(), closed]).toEqual(['file:///call.m4a', 1]);
    await files.remove(file);
    await files.remove(file);
    expect(await files.open(file)).toBeUndefined();
  });
});

describe('expoAudioEngine', () => {
  function setUp() {
    const calls: string[] = [];
    let hear: (status: ExpoAudioStatusLike) => void = () => undefined;
    let fire: () => void = () => undefined;
    const player: ExpoAudioPlayerLike = {
      play: () => calls.push('play'),
      pause: () => calls.push('pause'),
      seekTo: async (seconds) => void calls.push(`seek ${seconds}`),
      setPlaybackRate: (rate) => calls.push(`rate ${rate}`),
      replace: (source) => calls.push(`replace ${source?.uri}`),
      addListener: (_event, listener) => {
        hear = listener;
        return { remove: () => undefined };
      },
    };
    const engine = expoAudioEngine(player, {
      setTimeout: (callback) => (fire = callback),
      clearTimeout: () => (fire = () => undefined),
    });
    const events: unknown[] = [];
    engine.subscribe((event) => events.push(event.type === 'time' ? event.position : event.type));
    const status = {
      currentTime: 0,
      duration: 60,
      playing: false,
      isBuffering: false,
      isLoaded: true,
      didJustFinish: false,
    };
    const say = (change: Partial<ExpoAudioStatusLike>) => hear({ ...status, ...change });
    return { engine, calls, events, say, fire: () => fire() };
  }
  const source = { url: 'https://x/1.m4a', position: 42, rate: 1.5 };
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

  it('seeks to the beginning only once the source is there, then plays', async () => {
    const { engine, calls, events, say } = setUp();
    engine.load(source);
    engine.play();
    say({ isLoaded: false });
    expect(calls).toEqual(['replace https://x/1.m4a', 'rate 1.5']);
    say({});
    await settled();
    expect(calls.slice(2)).toEqual(['seek 42', 'play']);
    say({ currentTime: 42, playing: true });
    say({ currentTime: 42.5, playing: true });
    say({ currentTime: 43, playing: true, isBuffering: true });
    say({ currentTime: 60, didJustFinish: true });
    expect(events).toEqual([42, 'playing', 42.5, 43, 'buffering', 60, 'ended']);
  });

  it('tells of a source that does not play, also of one that stays silent', () => {
    const { engine, events, say, fire } = setUp();
    engine.load(source);
    say({ isLoaded: false, playbackState: 'failed' });
    engine.load(source);
    fire();
    expect(events).toEqual(['error', 'error']);
  });
});
