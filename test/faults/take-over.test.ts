import { createDatabase } from '../support/database.js';
import { DataDir } from '../support/data-dir.js';
import { until } from '../support/eventually.js';
import { seededWav } from '../support/seeded-wav.js';
import { SECRETS, ServerProcess } from '../support/server-process.js';
import { CHUNK_BYTES, expectTidy, heardHash, heldAmidVerifying, stored } from '../support/server-steps.js';

it('a second worker takes over within 30 s what a killed one held', async () => {
  await using database = await createDatabase();
  await using dir = await DataDir.create();
  const env = { ...SECRETS, DATABASE_URL: database.url, EARSHOT_DEMO: '1' };
  await using api = await ServerProcess.start(dir.path, { ...env, EARSHOT_ROLES: 'api' });
  const first = await ServerProcess.start(dir.path, { ...env, EARSHOT_ROLES: 'worker' });
  const client = await api.signedIn('telecaller');
  const wav = await seededWav('taken over', 16 * CHUNK_BYTES);
  const id = await heldAmidVerifying(client, wav, { server: first, dir });
  expect(await first.end('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
  expect(await client.upload(id)).toMatchObject({ status: 'FINALIZING', recording: { status: 'PENDING' } });

  await using _second = await ServerProcess.start(dir.path, { ...env, EARSHOT_ROLES: 'worker' });
  const again =
    "select id from recordings where attempts = 2 and (claimed_until > now() or status = 'UPLOADED')";
  await until(async () => (await database.query(again)).length === 1, 30);
  const recording = await stored(client, id);
  expect(await heardHash(client, recording.id)).toBe(`200 ${wav.sha256}`);
  await expectTidy(dir, recording.id);
}, 120_000);
