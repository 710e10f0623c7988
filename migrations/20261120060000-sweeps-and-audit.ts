import { Migration } from '@mikro-orm/migrations';

const ROLE = `(select current_setting('earshot.role', true))`;
const VIEWER = `(select nullif(current_setting('earshot.viewer', true), '')::uuid)`;

const KINDS = `'SIGNED_IN', 'SIGN_IN_REFUSED', 'RECORDING_PLAYED', 'RECORDING_LINK_ISSUED', 'RECORDING_RETRIED', 'RECORDING_DELETED', 'UPLOAD_FINALIZED', 'MIGRATION_STARTED', 'MIGRATION_PAUSED', 'MIGRATION_RESUMED', 'MIGRATION_CANCELLED', 'STORAGE_SWEEP_STARTED'`;

/** Sweeps of the store with what they found, and the audit trail of who did and heard what. */
export class SweepsAndAudit extends Migration {
  override up(): void {
    this.sweeps();
    this.findings();
    this.auditEvents();
    this.auditWalls();
    this.auditTriggers();
  }

  /** By the bytes of the paths, as stores list their keys: both can be walked side by side. */
  private sweeps(): void {
    this.addSql(
      `create index recordings_recording_path_index on recordings (recording_path collate "C") where recording_path is not null`,
    );
    this.addSql(`create table storage_sweeps (
      id uuid not null,
      inserted_at timestamptz(3) not null,
      status varchar(20) not null,
      dry_run boolean not null,
      started_by_id uuid,
      phase varchar(20) not null,
      cursor text,
      claim_id uuid,
      claimed_until timestamptz(3),
      finished_at timestamptz(3),
      objects int not null default 0,
      recordings int not null default 0,
      orphans int not null default 0,
      orphan_bytes bigint not null default '0',
      missing int not null default 0,
      mismatched int not null default 0,
      strangers int not null default 0,
      collected int not null default 0,
      collected_bytes bigint not null default '0',
      repaired int not null default 0,
      temporary int not null default 0,
      counts jsonb,
      primary key (id)
    )`);
    this.addSql(`create index storage_sweeps_inserted_at_index on storage_sweeps (inserted_at, id)`);
    // One at a time, however many processes there are.
    this.addSql(
      `create unique index storage_sweeps_live_unique on storage_sweeps (status) where status = 'RUNNING'`,
    );
    this.addSql(
      `alter table storage_sweeps add constraint storage_sweeps_status_check check (status in ('RUNNING', 'FINISHED'))`,
    );
    this.addSql(
      `alter table storage_sweeps add constraint storage_sweeps_phase_check check (phase in ('RECORDINGS', 'UPLOADS', 'TEMPORARY', 'COUNTS'))`,
    );
    this.addSql(
      `alter table storage_sweeps add constraint storage_sweeps_started_by_id_foreign foreign key (started_by_id) references users (id) on update no action on delete restrict`,
    );
  }

  private findings(): void {
    this.addSql(`create table storage_findings (
      id uuid not null,
      inserted_at timestamptz(3) not null,
      sweep_id uuid not null,
      kind varchar(20) not null,
      action varchar(20) not null,
      key text not null,
      recording_id uuid,
      byte_size bigint,
      expected_bytes bigint,
      modified_at timestamptz(3),
      primary key (id)
    )`);
    this.addSql(`create index storage_findings_inserted_at_index on storage_findings (inserted_at, id)`);
    this.addSql(
      `create index storage_findings_sweep_id_index on storage_findings (sweep_id, inserted_at, id)`,
    );
    this.addSql(`create index storage_findings_kind_index on storage_findings (kind, inserted_at, id)`);
    this.addSql(
      `alter table storage_findings add constraint storage_findings_kind_check check (kind in ('ORPHAN', 'MISSING', 'MISMATCH', 'STRANGER'))`,
    );
    this.addSql(
      `alter table storage_findings add constraint storage_findings_action_check check (action in ('NONE', 'COLLECTED', 'COPIED_AGAIN', 'MARKED_DAMAGED'))`,
    );
    this.addSql(
      `alter table storage_findings add constraint storage_findings_sweep_id_foreign foreign key (sweep_id) references storage_sweeps (id) on update no action on delete cascade`,
    );
    for (const table of ['storage_sweeps', 'storage_findings']) {
      this.addSql(`alter table ${table} enable row level security, force row level security`);
      this.addSql(`create policy ${table}_visible on ${table} using (
        case ${ROLE} when 'SYSTEM' then true when 'ADMIN' then true when 'MANAGER' then true else false end)`);
    }
  }

  /** No foreign keys: it tells of what may be gone by the time that somebody asks. */
  private auditEvents(): void {
    this.addSql(`create table audit_events (
      id uuid not null,
      inserted_at timestamptz(3) not null,
      kind varchar(40) not null,
      actor_id uuid,
      recording_id uuid,
      subject_id uuid,
      address varchar(45),
      listening_window timestamptz(3),
      primary key (id)
    )`);
    this.addSql(`create index audit_events_inserted_at_index on audit_events (inserted_at, id)`);
    for (const name of ['actor', 'recording']) {
      this.addSql(
        `create index audit_events_${name}_id_index on audit_events (${name}_id, inserted_at, id) where ${name}_id is not null`,
      );
    }
    this.addSql(`create index audit_events_kind_index on audit_events (kind, inserted_at, id)`);
    this.addSql(
      `create unique index audit_events_listening_unique on audit_events (actor_id, recording_id, kind, listening_window) where listening_window is not null`,
    );
    this.addSql(`alter table audit_events add constraint audit_events_kind_check check (kind in (${KINDS}))`);
  }

  /**
   * Admins read, everybody's session adds what it did itself, nobody changes anything. What is old may go, and only for
   * retention: the floor of 30 days holds whatever the server is told. The triggers bind a superuser too.
   */
  private auditWalls(): void {
    this.addSql(`alter table audit_events enable row level security, force row level security`);
    this.addSql(`create policy audit_events_read on audit_events for select using (
      case ${ROLE} when 'SYSTEM' then true when 'ADMIN' then true when 'AUDIT_RETENTION' then true else false end)`);
    this.addSql(`create policy audit_events_append on audit_events for insert with check (
      case ${ROLE} when 'SYSTEM' then true else actor_id = ${VIEWER} end)`);
    this.addSql(`create policy audit_events_retention on audit_events for delete using (
      case ${ROLE} when 'AUDIT_RETENTION' then inserted_at < now() - interval '30 days' else false end)`);
    this.addSql(`create function audit_is_append_only() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' then
          if current_setting('earshot.role', true) = 'AUDIT_RETENTION' and old.inserted_at < now() - interval '30 days'
          then return old; end if;
        end if;
        raise exception 'the audit trail is only added to' using errcode = 'insufficient_privilege';
      end
    $$`);
    this.addSql(`create trigger audit_events_append_only before update or delete on audit_events
      for each row execute function audit_is_append_only()`);
    this.addSql(`create trigger audit_events_no_truncate before truncate on audit_events
      for each statement execute function audit_is_append_only()`);
  }

  /** What a row tells by itself is written down where it changes, whichever code changed it, in the same transaction. */
  private auditTriggers(): void {
    // RFC 9562, section 5.7: milliseconds in front of random bits.
    this.addSql(`create function new_uuid7() returns uuid language sql volatile as $$
      select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
        placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6),
        52, 1), 53, 1), 'hex')::uuid
    $$`);
    this.addSql(`create function audit(event text, actor uuid, recording uuid, subject uuid) returns void
      language sql as $$
      insert into audit_events (id, inserted_at, kind, actor_id, recording_id, subject_id)
      values (new_uuid7(), now(), event, coalesce(${VIEWER}, actor), recording, subject)
    $$`);
    this.addSql(`create function audit_removal() returns trigger language plpgsql as $$
      begin perform audit('RECORDING_DELETED', new.removed_by_id, new.id, null); return null; end
    $$`);
    this.addSql(`create trigger recordings_audit_removal after update on recordings for each row
      when (old.removed_at is null and new.removed_at is not null) execute function audit_removal()`);
    this.addSql(`create function audit_finalized() returns trigger language plpgsql as $$
      begin perform audit('UPLOAD_FINALIZED', new.user_id, new.recording_id, new.id); return null; end
    $$`);
    this.addSql(`create trigger upload_sessions_audit_finalized after update on upload_sessions for each row
      when (old.status = 'OPEN' and new.status = 'FINALIZING') execute function audit_finalized()`);
    this.addSql(`create function audit_migration() returns trigger language plpgsql as $$
      begin
        if tg_op = 'INSERT' then perform audit('MIGRATION_STARTED', new.started_by_id, null, new.id);
        elsif new.status = 'PAUSING' or (old.status = 'ENQUEUED' and new.status = 'PAUSED')
        then perform audit('MIGRATION_PAUSED', null, null, new.id);
        elsif old.status in ('PAUSING', 'PAUSED') and new.status in ('ENQUEUED', 'RUNNING')
        then perform audit('MIGRATION_RESUMED', null, null, new.id);
        elsif new.status = 'CANCELLING' or (old.status in ('ENQUEUED', 'PAUSED') and new.status = 'CANCELLED')
        then perform audit('MIGRATION_CANCELLED', null, null, new.id);
        end if;
        return null;
      end
    $$`);
    this.addSql(`create trigger migration_runs_audit_start after insert on migration_runs
      for each row execute function audit_migration()`);
    this.addSql(`create trigger migration_runs_audit after update on migration_runs for each row
      when (old.status is distinct from new.status) execute function audit_migration()`);
    this.addSql(`create function audit_sweep() returns trigger language plpgsql as $$
      begin perform audit('STORAGE_SWEEP_STARTED', new.started_by_id, null, new.id); return null; end
    $$`);
    this.addSql(`create trigger storage_sweeps_audit after insert on storage_sweeps for each row
      when (new.started_by_id is not null) execute function audit_sweep()`);
  }
}
