import { fromBytes, uploadInChunks } from '../../sdk/core/index.js';
import { DatabaseRelay } from '../support/database-relay.js';
import { until } from '../support/eventually.js';
import { fixture, sha256 } from '../support/fixtures.js';
import { graphql } from '../support/graphql.js';
import { heardHash } from '../support/server-steps.js';
import { TestApp } from '../support/test-app.js';
import { Caller } from '../support/upload-steps.js';

let worker: TestApp;
let relay: DatabaseRelay;
let app: TestApp;
let caller: Caller;
let file: Buffer;

beforeAll(async () => {
  worker = await TestApp.start();
  relay = await DatabaseRelay.open(worker.database.url);
  app = await TestApp.start({
    shareWith: worker,
    env: { EARSHOT_ROLES: 'api', DATABASE_URL: relay.url, ROLE_CACHE_SECONDS: '0' },
  });
  caller = await Caller.create(app);
  file = await fixture('call.amr');
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await relay[Symbol.asyncDispose]();
  await worker[Symbol.asyncDispose]();
});

const ask = () => graphql(app, '{ me { id } }', { token: caller.token });

/** The upload ends with what was sent, whatever was lost on the way. */
async function expectStored(uploadId: string): Promise<void> {
  await worker.ingested(uploadId);
  const { status, recording } = await caller.client.upload(uploadId);
  expect(status).toBe('COMPLETED');
  expect(await heardHash(caller.client, recording?.id ?? '')).toBe(`200 ${sha256(file)}`);
}

it('a database that cannot be reached is UNAVAILABLE, until it can be again', async () => {
  await relay.cut();
  try {
    const answer = await ask();
    expect([answer.status, answer.code]).toEqual([503, 'UNAVAILABLE']);
    expect((await fetch(`${app.url}/readyz`)).status).toBe(503);
    const event = await fetch(`${app.url}/api/cati/recording/1`, {
      headers: { authorization: `Bearer ${caller.token}` },
    });
    expect([event.status, await event.json()]).toMatchObject([503, { code: 'UNAVAILABLE' }]);
  } finally {
    await relay.mend();
  }
  await until(async () => (await ask()).status === 200, 10);
});

it('a connection that breaks in place of an answer is UNAVAILABLE', async () => {
  const lost = relay.loseAnswerTo('users');
  const answer = await ask();
  await lost;
  expect([answer.status, answer.code]).toEqual([503, 'UNAVAILABLE']);
});

it.each(['insert into "call_logs"', 'commit', 'set_config'])(
  'any number of connections may break at %s',
  async (statement) => {
    // More than the pool has.
    for (let times = 0; times < 25; times += 1) {
      const lost = relay.loseAnswerTo(statement);
      const logged = caller.client.logCall({ leadId: caller.lead.id, outcome: 'BUSY' });
      const answer = await logged.then(
        () => 'OK',
        (error: { code: string }) => error.code,
      );
      await lost;
      // What the server asks by itself may be what broke.
      expect(['OK', 'UNAVAILABLE']).toContain(answer);
    }
    expect((await ask()).status).toBe(200);
  },
);

it('a chunk that was counted stays, though its sender was told of a fault', async () => {
  const { id } = await caller.open({ byteSize: file.length });
  const lost = relay.loseAnswerTo('chunk_commit');
  const first = { uploadId: id, offset: 0, chunk: file.subarray(0, 5000) };
  await expect(caller.client.appendChunk(first)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await lost;
  expect((await caller.client.upload(id)).receivedBytes).toBe(5000);
  await uploadInChunks(caller.client, id, fromBytes(file));
  await caller.client.finalizeUpload({ uploadId: id });
  await expectStored(id);
});

it('a file that was taken stays, though its sender was told of a fault', async () => {
  let callLogId = '';
  for (let refusal = ''; refusal !== 'UNAVAILABLE';) {
    callLogId = await caller.call();
    const lost = relay.loseAnswerTo('commit');
    const sent = caller.client.uploadRecording({ callLogId, file });
    refusal = await sent.then(
      () => '',
      (error: { code: string }) => error.code,
    );
    await lost;
  }
  const [session] = await worker.database.query<{ id: string }>(
    'select id from upload_sessions where call_log_id = $1',
    [callLogId],
  );
  await expectStored(session?.id ?? '');
});
