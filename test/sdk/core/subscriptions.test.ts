import { WebSocket } from 'ws';
import {
  AbortedError,
  EarshotClient,
  fromBytes,
  NotFoundError,
  UnauthenticatedError,
  uploadInChunks,
} from '../../../sdk/core/index.js';
import type { EarshotClientOptions } from '../../../sdk/core/index.js';
import { fixture } from '../../support/fixtures.js';
import { tokenOf } from '../../support/graphql.js';
import { TestApp } from '../../support/test-app.js';
import { SocketProxy } from './socket-proxy.js';
import { attempts, change, expectedRecording, hurried, States, until } from './watching.js';

let app: TestApp;
let proxy: SocketProxy;

beforeAll(async () => {
  app = await TestApp.start();
});

afterAll(() => app[Symbol.asyncDispose]());

beforeEach(async () => {
  proxy = await SocketProxy.start(app.url);
});

afterEach(() => proxy[Symbol.asyncDispose]());

/** A client whose every byte goes through the proxy. */
async function clientOf(
  user: { id: string },
  options: Partial<EarshotClientOptions> = {},
): Promise<EarshotClient> {
  return new EarshotClient({ url: proxy.url, token: await tokenOf(app, user), ...options });
}

describe('watchRecording', () => {
  it('tells the recording of a call that has none yet, each state up to UPLOADED', async () => {
    const user = await app.make.user('TELECALLER');
    const callLog = await app.make.callLog(await app.make.lead(user), user);
    const states = new States();
    const client = await clientOf(user);
    const watch = client.watchRecording({ callLogId: callLog.id }, { onState: states.note });
    const uploaded = until(watch, ({ status }) => status === 'UPLOADED');
    await states.reach('live');
    const bytes = await fixture('call.ogg');
    const { id } = await client.requestUpload({ callLogId: callLog.id, byteSize: bytes.length });
    await client.cancelUpload({ uploadId: id });
    const upload = await client.requestUpload({
      callLogId: callLog.id,
      byteSize: bytes.length,
      strategy: 'CHUNKED',
    });
    await uploadInChunks(client, upload.id, fromBytes(bytes));
    await client.finalizeUpload({ uploadId: upload.id });
    expect(await uploaded).toMatchObject({ byteSize: bytes.length, callLog: { id: callLog.id } });
    expect(states.seen).toEqual(['live']);
    await watch.return();
    await proxy.allClosed();
  });

  it.each(['id', 'catiCallId'] as const)('watches by %s, and begins with what is', async (key) => {
    const user = await app.make.user('INTERVIEWER');
    const recording = await app.make.recording({ status: 'EXPECTED', attempts: 1 });
    const call = await app.make.catiCall(user, { recording: recording.id });
    const client = await clientOf(user);
    const watch = client.watchRecording(key === 'id' ? { id: recording.id } : { catiCallId: call.id });
    expect(await until(watch, attempts(1))).toMatchObject({ id: recording.id, catiCall: { id: call.id } });
    await change(app, recording.id);
    await until(watch, attempts(2));
    await watch.return();
  });

  it('hears what another process did', async () => {
    await using other = await TestApp.start({ shareWith: app });
    const { user, recordingId, callLogId } = await expectedRecording(app);
    const states = new States();
    const watch = (await clientOf(user)).watchRecording({ callLogId }, { onState: states.note });
    const stored = until(watch, ({ status }) => status === 'UPLOADED');
    await states.reach('live');
    const client = await other.client(user);
    const bytes = await fixture('call.mp3');
    const upload = await client.requestUpload({ callLogId, byteSize: bytes.length, strategy: 'CHUNKED' });
    await uploadInChunks(client, upload.id, fromBytes(bytes));
    await client.finalizeUpload({ uploadId: upload.id });
    expect(await stored).toMatchObject({ id: recordingId, codec: 'mp3' });
    expect(states.seen).toEqual(['live']);
    await watch.return();
  });

  it('takes any WebSocket that it is given', async () => {
    const { user, recordingId } = await expectedRecording(app);
    const client = await clientOf(user, { platform: { WebSocket: undefined }, webSocketImpl: WebSocket });
    const states = new States();
    const watch = client.watchRecording({ id: recordingId }, { onState: states.note });
    const changed = until(watch, attempts(1));
    await states.reach('live');
    await change(app, recordingId);
    await changed;
    await watch.return();
  });

  it('shares one connection among fifty, and closes each with its last', async () => {
    const { user, recordingId } = await expectedRecording(app);
    const client = await clientOf(user);
    const states = Array.from({ length: 51 }, () => new States());
    const watches = states.map(({ note }) => client.watchRecording({ id: recordingId }, { onState: note }));
    const changed = Promise.all(watches.map((watch) => until(watch, attempts(1))));
    await Promise.all(states.map((each) => each.reach('live')));
    expect([proxy.asked, proxy.open]).toEqual([2, 2]);
    await change(app, recordingId);
    await changed;
    await Promise.all(watches.map((watch) => watch.return()));
    await proxy.allClosed();
  });
});

describe('the end of a watch', () => {
  it('is NotFoundError for what the viewer may not see', async () => {
    const { recordingId } = await expectedRecording(app);
    const watch = (await clientOf(await app.make.user('TELECALLER'))).watchRecording({ id: recordingId });
    await expect(watch.next()).rejects.toBeInstanceOf(NotFoundError);
    expect(proxy.asked).toBe(0);
  });

  it('is silent when the viewer may not see it any more', async () => {
    const { user, recordingId, callLogId } = await expectedRecording(app);
    const states = new States();
    const watch = (await clientOf(user)).watchRecording({ id: recordingId }, { onState: states.note });
    await until(watch, attempts(0));
    const next = watch.next();
    await states.reach('live');
    const other = await app.make.user('TELECALLER');
    const lead = await app.make.lead(other);
    await app.database.query('update call_logs set telecaller_id = $1, lead_id = $2 where id = $3', [
      other.id,
      lead.id,
      callLogId,
    ]);
    await change(app, recordingId);
    expect(await next).toEqual({ done: true, value: undefined });
    await proxy.allClosed();
  });

  it('comes with the signal: AbortedError, and the connection is closed', async () => {
    const { user, recordingId } = await expectedRecording(app);
    const controller = new AbortController();
    const states = new States();
    const options = { signal: controller.signal, onState: states.note };
    const watch = (await clientOf(user)).watchRecording({ id: recordingId }, options);
    await watch.next();
    const next = watch.next();
    await states.reach('live');
    controller.abort();
    await expect(next).rejects.toBeInstanceOf(AbortedError);
    await proxy.allClosed();
  });

  it('comes with return, also for a reader that waits and for a connection that is only begun', async () => {
    const { user, recordingId } = await expectedRecording(app);
    proxy.upgrades = 'swallow';
    const watch = (await clientOf(user)).watchRecording({ id: recordingId });
    await watch.next();
    const next = watch.next();
    while (proxy.open === 0) await new Promise(setImmediate);
    await watch.return();
    expect(await next).toEqual({ done: true, value: undefined });
    await proxy.allClosed();
    expect(proxy.asked).toBe(1);
  });

  it('is UnauthenticatedError for whoever signs out', async () => {
    const { user, recordingId } = await expectedRecording(app);
    const client = await clientOf(user, { platform: hurried(10) });
    const states = new States();
    const watch = client.watchRecording({ id: recordingId }, { onState: states.note });
    await until(watch, attempts(0));
    const changed = until(watch, attempts(1));
    await states.reach('live');
    await change(app, recordingId);
    await changed;
    const next = watch.next();
    client.setToken(undefined);
    await expect(next).rejects.toBeInstanceOf(UnauthenticatedError);
    await proxy.allClosed();
  });
});
