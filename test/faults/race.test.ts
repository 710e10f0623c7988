import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { parseStoredPath } from '../../server/recordings/stored-path.js';
import { eventually } from '../support/eventually.js';
import { deepcallReport } from '../support/fake-provider/webhooks.js';
import { FaultyStorage } from '../support/faulty-storage.js';
import { fixture } from '../support/fixtures.js';
import { ProviderApp, type RecordingRow } from '../support/provider-app.js';
import { below, collected, keysBelow } from '../support/upload-steps.js';

/** An upload and a copy from the provider race for one call: the first to be verified wins, the other leaves nothing. */
let provider: ProviderApp;
let storage: FaultyStorage;
let mine: Buffer;
let count = 0;

beforeAll(async () => {
  storage = await FaultyStorage.create();
  provider = await ProviderApp.start({
    storage,
    env: { SWEEP_SECONDS: '0.3', CLAIM_SECONDS: '4', CLAIM_RENEWAL_SECONDS: '1' },
  });
  mine = await fixture('call.amr');
});
afterAll(() => provider[Symbol.asyncDispose]());
afterEach(() => (storage.onPut = () => undefined));

const isAttempt = (key: string): boolean => key.startsWith('recordings/');

/** Holds the next attempt at storing a recording until it is let go. Resolves once that has begun. */
function holdNext(): { held: Promise<unknown>; letGo: () => void } {
  let letGo: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  let first = true;
  storage.onPut = (key) => {
    if (!isAttempt(key) || !first) return undefined;
    first = false;
    storage.events.emit('held');
    return gate;
  };
  return { held: once(storage.events, 'held'), letGo };
}

/** A call of an interviewer's own, of which the provider tells. */
async function tell(callId: string): Promise<void> {
  await provider.report(deepcallReport({ callId, recordingUrl: provider.fake.urlOf(callId) }));
}

async function interviewer() {
  const user = await provider.app.make.user('INTERVIEWER');
  const client = await provider.app.client(user);
  return {
    /** All bytes of an upload for the call are there, and being verified. */
    finalized: async (callId: string): Promise<string> => {
      const call = await provider.call(callId);
      const catiCallId = call?.id ?? '';
      await provider.app.database.query('update cati_calls set interviewer_id = $1 where id = $2', [
        user.id,
        catiCallId,
      ]);
      const { id } = await client.requestUpload({ catiCallId, byteSize: mine.length, strategy: 'CHUNKED' });
      await client.appendChunk({ uploadId: id, offset: 0, chunk: mine });
      await client.finalizeUpload({ uploadId: id });
      return id;
    },
    upload: (id: string) => client.upload(id),
  };
}

/** One object, and it is the winner's. */
async function expectWinner(recording: RecordingRow, bytes: Buffer): Promise<void> {
  expect(recording).toMatchObject({ status: 'UPLOADED', error_code: null, claimed_until: null });
  const { key } = parseStoredPath(recording.recording_path ?? '');
  expect((await buffer(await storage.get(key))).equals(bytes)).toBe(true);
  const prefix = below.recording(recording.id);
  await eventually(async () => (await keysBelow(provider.app, prefix)).length <= 1);
  expect(await keysBelow(provider.app, prefix)).toEqual([key]);
}

const newCallId = () => `r${String(++count).padStart(23, '0')}`;

it('the copy is first: the upload ends CONFLICT, and its bytes are removed', async () => {
  const callId = newCallId();
  const { held, letGo } = holdNext();
  await tell(callId);
  await held;
  const { finalized, upload } = await interviewer();
  const id = await finalized(callId);
  expect(await upload(id)).toMatchObject({ status: 'FINALIZING', recording: { status: 'PENDING' } });
  letGo();
  await expectWinner(await provider.settled(callId), provider.fake.audio.bytesOf(callId));
  await provider.app.ingested(id);
  expect(await upload(id)).toMatchObject({ status: 'FAILED', error: { code: 'CONFLICT', retryable: false } });
  await collected(provider.app, below.upload(id));
});

it('the upload is first: the copy leaves it alone', async () => {
  const callId = newCallId();
  provider.fake.script(callId, { kind: 'status', status: 503 });
  await tell(callId);
  const { finalized, upload } = await interviewer();
  const { held, letGo } = holdNext();
  const id = await finalized(callId);
  await held;
  provider.fake.script(callId, { kind: 'audio' });
  await tell(callId);
  letGo();
  await expectWinner(await provider.settled(callId), mine);
  await provider.app.ingested(id);
  expect(await upload(id)).toMatchObject({ status: 'COMPLETED' });
});

it('a copy that comes back to life after its claim ran out loses, and removes what it wrote', async () => {
  const callId = newCallId();
  const { held, letGo } = holdNext();
  await tell(callId);
  await held;
  const { finalized, upload } = await interviewer();
  // Whoever takes the copy over gets nothing.
  provider.fake.script(callId, { kind: 'status', status: 503 });
  await provider.app.database.query(
    `update recordings set claimed_until = now() - interval '1 second', claim_id = gen_random_uuid()
     from cati_calls where recording_id = recordings.id and call_id = $1`,
    [callId],
  );
  const id = await finalized(callId);
  await expectWinner(await provider.settled(callId), mine);
  const ended = once(storage.events, 'settled');
  letGo();
  await ended;
  await expectWinner(await provider.settled(callId), mine);
  expect(await upload(id)).toMatchObject({ status: 'COMPLETED' });
});
