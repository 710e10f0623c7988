import { EarshotClient, UnauthenticatedError } from '../../../sdk/core/index.js';
import type { EarshotClientOptions } from '../../../sdk/core/index.js';
import { tokenOf } from '../../support/graphql.js';
import { TestApp } from '../../support/test-app.js';
import { SocketProxy } from './socket-proxy.js';
import { attempts, change, expectedRecording, hurried, States, until } from './watching.js';

let app: TestApp;
let proxy: SocketProxy;

beforeAll(async () => {
  app = await TestApp.start({ env: { EARSHOT_ROLES: 'api' } });
});

afterAll(() => app[Symbol.asyncDispose]());

beforeEach(async () => {
  proxy = await SocketProxy.start(app.url);
});

afterEach(() => proxy[Symbol.asyncDispose]());

/** A watch on a fresh recording, through the proxy. */
async function watching(options: Partial<EarshotClientOptions> = {}) {
  const { user, recordingId } = await expectedRecording(app);
  const client = new EarshotClient({
    url: proxy.url,
    token: await tokenOf(app, user),
    platform: hurried(10),
    timeoutMs: 0,
    ...options,
  });
  const states = new States();
  const watch = client.watchRecording({ id: recordingId }, { onState: states.note });
  return { user, recordingId, client, states, watch };
}

describe('a connection that breaks', () => {
  it('is made anew, and what was missed meanwhile is told', async () => {
    const { watch, states, recordingId } = await watching();
    await until(watch, attempts(0));
    const missed = until(watch, attempts(2));
    await states.reach('live');
    await change(app, recordingId);
    proxy.upgrades = 'refuse';
    proxy.cut();
    await states.reach('reconnecting');
    await change(app, recordingId);
    proxy.upgrades = 'pass';
    await missed;
    await states.reach('live');
    const heard = until(watch, attempts(3));
    await change(app, recordingId);
    await heard;
    expect(states.seen).toEqual(['live', 'reconnecting', 'live']);
    await watch.return();
  });

  it('is noticed where nothing passes any more', async () => {
    const { watch, states, recordingId } = await watching({ platform: hurried(20) });
    await until(watch, attempts(0));
    const heard = until(watch, attempts(1));
    await states.reach('live');
    await change(app, recordingId);
    await heard;
    const missed = until(watch, attempts(2));
    proxy.freeze();
    await change(app, recordingId);
    await missed;
    expect(states.seen).toEqual(['live', 'reconnecting', 'live']);
    await watch.return();
  });

  it('moves to another process when its own shuts down', async () => {
    const leaving = await TestApp.start({ env: { EARSHOT_ROLES: 'api' }, shareWith: app });
    proxy.target = leaving.url;
    const { watch, states, recordingId } = await watching();
    await until(watch, attempts(0));
    const changed = until(watch, attempts(1));
    await states.reach('live');
    proxy.target = app.url;
    await leaving[Symbol.asyncDispose]();
    await states.reach('live', 2);
    await change(app, recordingId);
    await changed;
    expect(states.seen).toEqual(['live', 'reconnecting', 'live']);
    await watch.return();
  });
});

describe('a token that expires', () => {
  let brief: TestApp;

  beforeAll(async () => {
    brief = await TestApp.start({ env: { EARSHOT_ROLES: 'api', ACCESS_TOKEN_SECONDS: '2' }, shareWith: app });
  });

  afterAll(() => brief[Symbol.asyncDispose]());

  it('is replaced by a fresh one, and the watch goes on', async () => {
    proxy.target = brief.url;
    const { user, recordingId } = await expectedRecording(app);
    const states = new States();
    let tokens = 0;
    const token = () => {
      tokens += 1;
      return tokenOf(brief, user);
    };
    const client = new EarshotClient({ url: proxy.url, token });
    const watch = client.watchRecording({ id: recordingId }, { onState: states.note });
    await until(watch, attempts(0));
    const changed = until(watch, attempts(1));
    await states.reach('live', 4);
    await change(app, recordingId);
    await changed;
    expect(states.seen).toEqual(['live', 'reconnecting', 'live', 'reconnecting', 'live']);
    expect(proxy.asked).toBe(3);
    expect(tokens).toBeGreaterThanOrEqual(3);
    await watch.return();
  });

  it('ends the watch where there is no other', async () => {
    proxy.target = brief.url;
    const { user, recordingId } = await expectedRecording(app);
    const platform = { random: () => 0.999 };
    const client = new EarshotClient({ url: proxy.url, token: await tokenOf(brief, user), platform });
    const watch = client.watchRecording({ id: recordingId });
    await until(watch, attempts(0));
    await expect(watch.next()).rejects.toBeInstanceOf(UnauthenticatedError);
    // The first, and one more try with what the token's source gives now.
    expect(proxy.asked).toBe(2);
  });

  it('is not blamed where the socket alone is refused: the query goes on', async () => {
    const { user, recordingId } = await expectedRecording(app);
    // Ten is what a user may have open in one process.
    const others = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const states = new States();
        const client = new EarshotClient({ url: `${app.url}/graphql`, token: await tokenOf(app, user) });
        const watch = client.watchRecording({ id: recordingId }, { onState: states.note });
        await watch.next();
        await states.reach('live');
        return watch;
      }),
    );
    const client = new EarshotClient({
      url: proxy.url,
      token: await tokenOf(app, user),
      platform: hurried(10),
      timeoutMs: 0,
    });
    const states = new States();
    const watch = client.watchRecording({ id: recordingId }, { onState: states.note });
    const changed = until(watch, attempts(1));
    await states.reach('polling');
    await change(app, recordingId);
    await changed;
    await others[0]!.return();
    await states.reach('live');
    await Promise.all([watch, ...others].map((each) => each.return()));
  });
});

describe('a network that lets no socket through', () => {
  it.each(['refuse', 'swallow'] as const)(
    'is polled where upgrades meet %s, until one opens',
    async (upgrades) => {
      proxy.upgrades = upgrades;
      const { watch, states, recordingId } = await watching({ platform: hurried(20) });
      const changed = until(watch, attempts(1));
      await states.reach('polling');
      await change(app, recordingId);
      await changed;
      expect(states.seen).toEqual(['reconnecting', 'polling']);
      proxy.upgrades = 'pass';
      await states.reach('live');
      const heard = until(watch, attempts(2));
      await change(app, recordingId);
      await heard;
      await watch.return();
      await proxy.allClosed();
    },
  );

  it('is polled after three tries where sockets opened before', async () => {
    const { watch, states, recordingId } = await watching();
    await until(watch, attempts(0));
    const changed = until(watch, attempts(1));
    await states.reach('live');
    proxy.upgrades = 'refuse';
    proxy.cut();
    await states.reach('polling');
    expect(states.seen).toEqual(['live', 'reconnecting', 'polling']);
    expect(proxy.asked).toBeGreaterThanOrEqual(3);
    await change(app, recordingId);
    await changed;
    await watch.return();
  });

  it.each<[string, Partial<EarshotClientOptions>]>([
    ['without an implementation', { platform: { ...hurried(10), WebSocket: undefined } }],
    ['with one that throws', { socketUrl: 'no address' }],
  ])('is polled %s', async (_name, options) => {
    const { watch, states, recordingId } = await watching(options);
    const changed = until(watch, attempts(1));
    await states.reach('polling');
    await change(app, recordingId);
    await changed;
    expect(proxy.asked).toBe(0);
    await watch.return();
  });
});
