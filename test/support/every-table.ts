import { randomUUID } from 'node:crypto';
import type { TestApp } from './test-app.js';
import type { World } from './world.js';

/** A run that is paused: nothing drives it, and whatever may be done to a run may be done to it. */
export async function insertRun(app: TestApp, startedBy: { id: string }): Promise<string> {
  const id = randomUUID();
  await app.database.query(
    `insert into migration_runs (id, inserted_at, status, status_at, dry_run, started_by_id, batch_size, delay_ms,
       skip_uploaded, concurrency, sort_order, total)
     values ($1, now(), 'PAUSED', now(), false, $2, 50, 0, true, 1, 'NEWEST_FIRST', 0)`,
    [id, startedBy.id],
  );
  return id;
}

/** An event that said nothing. */
export async function insertWebhookEvent(app: TestApp): Promise<string> {
  const id = randomUUID();
  await app.database.query(
    `insert into webhook_events (id, inserted_at, provider, body_hash, body, method, url, outcome, processed_at)
     values ($1::uuid, now(), 'deepcall', md5($1::uuid::text), '{}', 'POST', '/', 'IGNORED', now())`,
    [id],
  );
  return id;
}

export async function insertNote(
  app: TestApp,
  recordingId: string | null | undefined,
  author: { id: string },
): Promise<string> {
  const id = randomUUID();
  await app.database.query(
    `insert into recording_notes (id, inserted_at, recording_id, author_id, at_ms, text)
     values ($1, now(), $2, $3, 1, 'x')`,
    [id, recordingId, author.id],
  );
  return id;
}

/** A row in every table: what people own belongs to the world's own telecaller and interviewer. */
export async function fillEveryTable(app: TestApp, world: World): Promise<void> {
  const admin = world.person('ADMIN');
  for (const kind of ['callUpload', 'catiUpload'])
    await app.database.query(
      `insert into upload_chunks (upload_id, first_byte, byte_size, sha256, key)
       values ($1, 0, 1, repeat('0', 64), 'uploads/x')`,
      [await world.make(kind, 'own')],
    );
  const callId = await world.make('catiReview', 'own');
  const [call] = await app.database.query<{ recording_id: string }>(
    `update recordings set status = 'UPLOADED', recording_path = 'local:x', content_type = 'audio/mpeg', byte_size = 1,
       sha256 = repeat('0', 64), uploaded_at = now()
     from cati_calls where cati_calls.recording_id = recordings.id and cati_calls.id = $1 returning recordings.id as recording_id`,
    [callId],
  );
  await insertNote(app, call?.recording_id, admin);
  await insertWebhookEvent(app);
  const runId = await insertRun(app, admin);
  for (const [text, ...values] of [
    [
      'insert into migration_claims (run_id, position, cati_call_id, recording_id) values ($1, 1, $2, $3)',
      runId,
      callId,
      call?.recording_id,
    ],
    [
      `insert into migration_items (run_id, cati_call_id, recording_id, status, finished_at)
       values ($1, $2, $3, 'SKIPPED', now())`,
      runId,
      callId,
      call?.recording_id,
    ],
    [
      `with sweep as (
         insert into storage_sweeps (id, inserted_at, status, dry_run, phase)
         values (gen_random_uuid(), now(), 'FINISHED', true, 'COUNTS') returning id
       )
       insert into storage_findings (id, inserted_at, sweep_id, kind, action, key)
       select gen_random_uuid(), now(), id, 'ORPHAN', 'NONE', 'recordings/x' from sweep`,
    ],
    [`insert into provider_states (provider) values ('deepcall') on conflict do nothing`],
    [
      `insert into interviewer_keys (provider, key, user_id, inserted_at) values ('deepcall', 'x', $1, now())`,
      admin.id,
    ],
    [
      `insert into sampling_rules (id, inserted_at, updated_at, campaign, percent, updated_by_id)
       values (gen_random_uuid(), now(), now(), 'x', 1, $1)`,
      admin.id,
    ],
  ] as [string, ...unknown[]][])
    await app.database.query(text, values);
}
