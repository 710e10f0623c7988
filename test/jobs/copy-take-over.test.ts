import { createDatabase } from '../support/database.js';
import { DataDir } from '../support/data-dir.js';
import { FakeProvider } from '../support/fake-provider/fake-provider.js';
import { FAKE_ACCOUNT } from '../support/fake-provider/identity.js';
import { deepcallReport, sendWebhook } from '../support/fake-provider/webhooks.js';
import { sha256 } from '../support/fixtures.js';
import { providerEnv, type RecordingRow } from '../support/provider-app.js';
import { SECRETS, ServerProcess } from '../support/server-process.js';
import { until } from '../support/eventually.js';

const CALL = 'k00000000000000000000001';
/** A dead worker's claim runs out after two seconds here instead of twenty. */
const IMPATIENT = { CLAIM_SECONDS: '2', CLAIM_RENEWAL_SECONDS: '0.5', SWEEP_SECONDS: '1' };

it('a copy that was under way when its worker was killed is taken over by another, and stored once', async () => {
  await using database = await createDatabase();
  await using dir = await DataDir.create();
  await using fake = await FakeProvider.start();
  const env = { ...SECRETS, ...IMPATIENT, ...providerEnv(fake), DATABASE_URL: database.url };
  const recordingWhere = (condition: string, seconds: number): Promise<RecordingRow> =>
    until(
      async () => (await database.query<RecordingRow>(`select * from recordings where ${condition}`))[0],
      seconds,
    );

  fake.script(CALL, { kind: 'drip', bytes: 100, everyMs: 100 });
  const first = await ServerProcess.start(dir.path, env);
  const report = deepcallReport({ callId: CALL, recordingUrl: fake.urlOf(CALL) });
  await sendWebhook(`${first.url}/webhooks/deepcall/${FAKE_ACCOUNT.webhookSecret}`, {
    method: 'POST',
    contentType: 'application/json',
    body: JSON.stringify(report),
  });
  // Renewed at least once: it lives by its holder.
  await recordingWhere(
    `claimed_until > updated_at and attempts = 1 and updated_at > inserted_at + interval '1 second'`,
    20,
  );
  expect(await first.end('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });

  fake.script(CALL, { kind: 'audio' });
  await using _second = await ServerProcess.start(dir.path, env);
  const stored = await recordingWhere(`status = 'UPLOADED'`, 30);
  expect(stored).toMatchObject({
    attempts: 2,
    sha256: sha256(fake.audio.bytesOf(CALL)),
    claimed_until: null,
  });
}, 90_000);
