import { Migration } from '@mikro-orm/migrations';

/**
 * Tells every process of a recording's change when it is committed, whoever wrote it: channel `recording_changed`, with
 * the ids of the recording and of the call that owns it. What only a claim's holder cares for (renewals) is not told.
 */
export class RecordingChanged extends Migration {
  override up(): void {
    this.addSql(`create function notify_recording_changed(recording uuid) returns void language sql as $$
      select pg_notify('recording_changed', json_build_object(
        'id', recording,
        'callLogId', (select id from call_logs where recording_id = recording),
        'catiCallId', (select id from cati_calls where recording_id = recording))::text)
    $$`);
    this.addSql(`create function recording_changed() returns trigger language plpgsql as $$
      begin perform notify_recording_changed(new.id); return null; end
    $$`);
    this.addSql(`create trigger recordings_changed after update on recordings for each row when (
      (old.status, old.error_code, old.error_at, old.next_attempt_at, old.attempts, old.flags, old.source_expires_at)
      is distinct from
      (new.status, new.error_code, new.error_at, new.next_attempt_at, new.attempts, new.flags, new.source_expires_at)
    ) execute function recording_changed()`);
    this.addSql(`create function owned_recording_changed() returns trigger language plpgsql as $$
      begin perform notify_recording_changed(new.recording_id); return null; end
    $$`);
    for (const table of ['call_logs', 'cati_calls']) {
      this.addSql(`create trigger ${table}_recording_changed after update on ${table} for each row when (
        new.recording_id is not null and new.recording_id is distinct from old.recording_id
      ) execute function owned_recording_changed()`);
    }
  }
}
