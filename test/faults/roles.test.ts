import { createDatabase } from '../support/database.js';
import { DataDir } from '../support/data-dir.js';
import { seededWav } from '../support/seeded-wav.js';
import { SECRETS, ServerProcess } from '../support/server-process.js';
import { heardHash, sendWhole, stored } from '../support/server-steps.js';

it('an api process and a worker process share one database and one store', async () => {
  await using database = await createDatabase();
  await using dir = await DataDir.create();
  const env = { ...SECRETS, DATABASE_URL: database.url, EARSHOT_DEMO: '1' };
  await using api = await ServerProcess.start(dir.path, { ...env, EARSHOT_ROLES: 'api' });
  const client = await api.signedIn('telecaller');
  const wav = await seededWav('api and worker', 300_000);
  const id = await sendWhole(client, wav);
  expect(await api.readiness()).toBe(200);

  await using worker = await ServerProcess.start(dir.path, { ...env, EARSHOT_ROLES: 'worker' });
  expect(await worker.readiness()).toBe(200);
  expect((await fetch(`${worker.url}/graphql`, { method: 'POST' })).status).toBe(404);
  const recording = await stored(client, id);
  expect(await heardHash(client, recording.id)).toBe(`200 ${wav.sha256}`);
  expect(await dir.postgresPid()).toBeUndefined();
  expect(await worker.end('SIGTERM')).toEqual({ code: 0, signal: null });
  expect(await api.end('SIGTERM')).toEqual({ code: 0, signal: null });
}, 120_000);
