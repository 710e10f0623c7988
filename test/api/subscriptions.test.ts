import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { fromBytes, uploadInChunks } from '../../sdk/core/index.js';
import { fixture } from '../support/fixtures.js';
import { tokenOf } from '../support/graphql.js';
import { TestApp } from '../support/test-app.js';

const WATCH =
  'subscription($callLogId: ID!) { recordingChanged(callLogId: $callLogId) { id status callLog { id } } }';

let app: TestApp;

beforeAll(async () => {
  app = await TestApp.start();
});

afterAll(() => app[Symbol.asyncDispose]());

async function socketOf(on: TestApp, user: { id: string }): Promise<Client> {
  const url = `${on.url.replace('http', 'ws')}/graphql`;
  return createClient({
    url,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${await tokenOf(on, user)}` },
    retryAttempts: 0,
    lazy: false,
  });
}

it('tells each change of a recording, up to UPLOADED, to whoever watches its call', async () => {
  const telecaller = await app.make.user('TELECALLER');
  const callLog = await app.make.callLog(await app.make.lead(telecaller), telecaller);
  const client = await app.client(telecaller);
  const socket = await socketOf(app, telecaller);
  const events = socket.iterate({ query: WATCH, variables: { callLogId: callLog.id } });
  const heard: unknown[] = [];
  const watching = (async () => {
    for await (const { data, errors } of events) {
      heard.push(errors ?? data);
      if ((data as { recordingChanged?: { status: string } } | null)?.recordingChanged?.status === 'UPLOADED')
        break;
    }
  })();
  await client.me();
  const bytes = await fixture('call.ogg');
  const upload = await client.requestUpload({
    callLogId: callLog.id,
    byteSize: bytes.length,
    strategy: 'CHUNKED',
  });
  await uploadInChunks(client, upload.id, fromBytes(bytes));
  await client.finalizeUpload({ uploadId: upload.id });
  await watching;
  expect(heard.at(-1)).toMatchObject({
    recordingChanged: { status: 'UPLOADED', callLog: { id: callLog.id } },
  });
  await socket.dispose();
});
