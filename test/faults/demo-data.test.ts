import { DataDir } from '../support/data-dir.js';
import { ServerProcess } from '../support/server-process.js';

/** What people see, and what links and tests of theirs name. Times are those of the day of the first start. */
const SEEN = {
  users: 'select id, name, email, role from users order by id',
  leads: 'select id, name, phone, email, city, status, telecaller_id, call_count from leads order by id',
  callLogs:
    'select id, lead_id, telecaller_id, outcome, duration_seconds, recording_id from call_logs order by id',
  catiCalls: 'select id, call_id, status, campaign, interviewer_id, recording_id from cati_calls order by id',
  recordings: 'select id, status, recording_path, sha256, error_code, source_url from recordings order by id',
};

async function firstStart(): Promise<Record<string, object[]>> {
  await using dir = await DataDir.create();
  await using _server = await ServerProcess.start(dir.path);
  const seen: Record<string, object[]> = {};
  for (const [name, text] of Object.entries(SEEN)) seen[name] = await dir.query(text);
  seen['objects'] = (await dir.keys('recordings/')).map((key) => ({ key }));
  return seen;
}

it('the demo data of two first starts are the same', async () => {
  const [one, other] = await Promise.all([firstStart(), firstStart()]);
  expect(other).toEqual(one);
  expect(one['users']).toHaveLength(6);
  expect(one['leads']).toHaveLength(30);
  expect(one['catiCalls']).toHaveLength(40);
  expect(one['callLogs']?.length).toBeGreaterThan(30);
  expect(one['objects']?.length).toBeGreaterThan(15);
}, 120_000);
