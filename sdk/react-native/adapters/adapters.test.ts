import { EarshotClient } from '../../core/client.js';
import { asyncStore } from './async-store.js';
import { expoAudioEngine } from './expo-audio-engine.js';
import type { ExpoAudioPlayerLike, ExpoAudioStatusLike } from './expo-audio-engine.js';
import { expoFiles } from './expo-files.js';
import type { ExpoFileLike } from './expo-files.js';
import { nativeUploads } from './native-uploads.js';
import { netInfoNetwork, networkStateOf } from './net-info-network.js';
import type { NetInfoStateLike } from './net-info-network.js';

const PATHS = { cache: { uri: 'file:///cache' }, document: { uri: 'file:///documents' } };

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

describe('netInfoNetwork', () => {
  function setUp() {
    const heard: string[] = [];
    const listeners = new Set<(state: NetInfoStateLike) => void>();
    const network = netInfoNetwork({
      addEventListener(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    });
    const listen = (name: string) =>
      network.subscribe(({ isOnline }) => heard.push(`${name} ${isOnline ? 'online' : 'offline'}`));
    const say = (isConnected: boolean) => {
      for (const listener of listeners) listener({ type: 'wifi', isConnected });
    };
    return { network, heard, listeners, listen, say };
  }

  it('tells everyone of each change, once', () => {
    const { heard, listen, say } = setUp();
    listen('uploads');
    listen('calls');
    say(true);
    say(false);
    say(false);
    say(true);
    expect(heard).toEqual(['uploads offline', 'calls offline', 'uploads online', 'calls online']);
  });

  it('lets go of NetInfo when nobody listens, and hears of what changed meanwhile', () => {
    const { network, heard, listeners, listen, say } = setUp();
    const stop = [listen('uploads'), listen('calls')];
    say(false);
    for (const end of stop) end();
    expect(listeners.size).toBe(0);
    listen('again');
    say(true);
    expect([heard.at(-1), network.current().isOnline]).toEqual(['again online', true]);
  });
});

describe('nativeUploads', () => {
  it('wakes the calls, too, when the app comes to the foreground, until it is stopped', async () => {
    let change: (state: string) => void = () => undefined;
    const never = () => Promise.reject(new Error('not asked here'));
    const client = new EarshotClient({ url: 'http://nowhere.example/graphql', transport: never });
    const modules = {
      asyncStorage: {
        getItem: () => Promise.resolve(null),
        setItem: never,
        removeItem: never,
        getAllKeys: () => Promise.resolve([]),
      },
      netInfo: { addEventListener: () => () => undefined },
      fileSystem: { File: class {} as never, Paths: PATHS },
      appState: {
        addEventListener(_type: 'change', listener: typeof change) {
          change = listener;
          return { remove: () => (change = () => undefined) };
        },
      },
    };
    let woken = 0;
    const native = nativeUploads({ client, modules, sender: never });
    const stop = await native.start({ wake: () => (woken += 1) });
    change('background');
    change('active');
    await stop();
    change('active');
    expect(woken).toBe(1);
  });
});

describe('expoFiles', () => {
  let closed = 0;
  const disk = new Map<string, Uint8Array>();
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

  beforeEach(() => {
    closed = 0;
    disk.clear();
  });

  it('reads by handle, and sends a chunk as a file of the cache that it takes away', async () => {
    disk.set('file:///call.m4a', Uint8Array.of(1, 2, 3, 4, 5));
    const files = expoFiles({ File, Paths: PATHS }, () => 'id');
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

  it.each([
    ['file:///var/mobile/Containers/Data/Application/OLD/Documents/notes/a%20call.m4a'],
    ['notes/a%20call.m4a'],
  ])('finds %s after an update of the app, which moves its folder on iOS', async (uri) => {
    const root = 'file:///var/mobile/Containers/Data/Application/NEW';
    const moved = `${root}/Documents/notes/a%20call.m4a`;
    disk.set(moved, Uint8Array.of(1));
    const Paths = { cache: { uri: `${root}/Library/Caches` }, document: { uri: `${root}/Documents` } };
    const files = expoFiles({ File, Paths }, () => 'id');
    expect((await files.open({ uri }))?.byteSize).toBe(1);
    expect(await files.playable({ uri })).toMatchObject({ url: moved });
    await files.remove({ uri });
    expect([...disk.keys()]).toEqual([]);
  });
});

describe('expoAudioEngine', () => {
  function setUp() {
    const calls: string[] = [];
    let hear: (status: ExpoAudioStatusLike) => void = () => undefined;
    let fire: () => void = () => undefined;
    const seeks: (() => void)[] = [];
    const player: ExpoAudioPlayerLike = {
      play: () => calls.push('play'),
      pause: () => calls.push('pause'),
      seekTo: (seconds) => {
        calls.push(`seek ${seconds}`);
        return new Promise((resolve) => seeks.push(resolve));
      },
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
    /** The player has come to where the oldest seek leads. */
    const sought = () => {
      seeks.shift()?.();
      return new Promise<void>((resolve) => setImmediate(resolve));
    };
    return { engine, calls, events, say, sought, fire: () => fire() };
  }
  const source = { url: 'https://x/1.m4a', position: 42, rate: 1.5 };

  it('seeks to the beginning only once the source is there, then plays', async () => {
    const { engine, calls, events, say, sought } = setUp();
    engine.load(source);
    engine.play();
    say({ isLoaded: false });
    expect(calls).toEqual(['replace https://x/1.m4a', 'rate 1.5']);
    say({});
    await sought();
    expect(calls.slice(2)).toEqual(['seek 42', 'play']);
    say({ currentTime: 42, playing: true });
    say({ currentTime: 42.5, playing: true });
    say({ currentTime: 43, playing: true, isBuffering: true });
    say({ currentTime: 60, didJustFinish: true });
    expect(events).toEqual([42, 'playing', 42.5, 43, 'buffering', 60, 'ended']);
  });

  it('tells no position of before a seek, which would be remembered in its place', async () => {
    const { engine, calls, events, say, sought } = setUp();
    engine.load(source);
    engine.play();
    say({});
    say({ currentTime: 0, playing: true });
    expect(events).toEqual(['playing']);
    await sought();
    say({ currentTime: 42, playing: true });
    engine.seek(10);
    engine.seek(20);
    say({ currentTime: 42.2, playing: true });
    await sought();
    say({ currentTime: 42.4, playing: true });
    await sought();
    say({ currentTime: 20, playing: true });
    expect(events).toEqual(['playing', 42, 20]);
    expect(calls.slice(2)).toEqual(['seek 42', 'play', 'seek 10', 'seek 20']);
  });

  it('is not held up by the seek of a source that was replaced', async () => {
    const { engine, events, say, sought } = setUp();
    engine.load(source);
    say({});
    engine.load({ ...source, position: 0 });
    say({});
    say({ currentTime: 1 });
    expect(events).toContain(1);
    await sought();
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
