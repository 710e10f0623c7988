import { Migration } from '@mikro-orm/migrations';

/** Users, leads, call logs, CATI calls, recordings, upload sessions and their chunks. */
export class Initial extends Migration {
  override up(): void {
    this.addSql(`create table users (
      id uuid not null,
      inserted_at timestamptz(3) not null,
      name varchar(200) not null,
      email varchar(320) not null,
      role varchar(20) not null,
      password_hash varchar(200),
      active boolean not null default true,
      primary key (id)
    )`);
    this.addSql(`alter table users add constraint users_email_unique unique (email)`);
    this.addSql(
      `alter table users add constraint users_role_check check (role in ('TELECALLER', 'INTERVIEWER', 'QUALITY_AGENT', 'MANAGER', 'ADMIN'))`,
    );
    this.addSql(`alter table users add constraint users_email_check check (email = lower(email))`);
    this.addSql(`create table recordings (
      id uuid not null,
      inserted_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      status varchar(20) not null,
      recording_path varchar(500),
      source_url text,
      source_expires_at timestamptz(3),
      content_type varchar(100),
      codec varchar(40),
      byte_size bigint,
      duration_ms int,
      sha256 varchar(64),
      uploaded_at timestamptz(3),
      attempts int not null default 0,
      next_attempt_at timestamptz(3),
      claim_id uuid,
      claimed_until timestamptz(3),
      error_code varchar(40),
      error_message varchar(500),
      error_at timestamptz(3),
      flags text[] not null default '{}',
      legal_hold boolean not null default false,
      removed_at timestamptz(3),
      removed_by_id uuid,
      removed_reason varchar(500),
      purged_at timestamptz(3),
      primary key (id)
    )`);
    this.addSql(`create index recordings_sha256_index on recordings (sha256)`);
    this.addSql(
      `create index recordings_claimed_until_index on recordings (claimed_until) where claimed_until is not null`,
    );
    this.addSql(
      `alter table recordings add constraint recordings_status_check check (status in ('EXPECTED', 'PENDING', 'UPLOADED', 'FAILED', 'DELETED'))`,
    );
    this.addSql(
      `alter table recordings add constraint recordings_error_code_check check (error_code in ('NOT_READY', 'NOT_FOUND_UNCONFIRMED', 'GONE_AT_SOURCE', 'REMOVED', 'SOURCE_REFUSED', 'SOURCE_UNREACHABLE', 'SOURCE_TIMEOUT', 'SOURCE_RATE_LIMITED', 'SOURCE_BLOCKED', 'NOT_AUDIO', 'EMPTY', 'TRUNCATED', 'TOO_LARGE', 'CHECKSUM_MISMATCH', 'STORAGE_UNAVAILABLE', 'STORED_COPY_DAMAGED', 'CONFLICT', 'INTERNAL'))`,
    );
    this.addSql(`alter table recordings add constraint recordings_byte_size_check check (byte_size >= 0)`);
    this.addSql(
      `alter table recordings add constraint recordings_duration_ms_check check (duration_ms >= 0)`,
    );
    this.addSql(
      `alter table recordings add constraint recordings_uploaded_check check (status <> 'UPLOADED' or (recording_path is not null and byte_size is not null and sha256 is not null and uploaded_at is not null))`,
    );
    this.addSql(`create table leads (
      id uuid not null,
      inserted_at timestamptz(3) not null,
      name varchar(200) not null,
      phone varchar(20) not null,
      alternate_phone varchar(20),
      email varchar(320),
      city varchar(100),
      preferred_course varchar(200),
      preferred_university varchar(200),
      status varchar(20) not null default 'NEW',
      telecaller_id uuid,
      call_count int not null default 0,
      last_contacted_at timestamptz(3),
      primary key (id)
    )`);
    this.addSql(
      `create index leads_telecaller_id_inserted_at_index on leads (telecaller_id, inserted_at, id)`,
    );
    this.addSql(`create index leads_inserted_at_index on leads (inserted_at, id)`);
    this.addSql(
      `alter table leads add constraint leads_status_check check (status in ('NEW', 'CONTACTED', 'INTERESTED', 'NOT_INTERESTED', 'ENROLLED', 'LOST'))`,
    );
    this.addSql(`alter table leads add constraint leads_call_count_check check (call_count >= 0)`);
    this.addSql(`create table cati_calls (
      id uuid not null,
      inserted_at timestamptz(3) not null,
      provider varchar(40) not null,
      call_id varchar(200) not null,
      status varchar(20) not null,
      status_code varchar(40),
      campaign varchar(200),
      interviewer_id uuid,
      from_number varchar(20),
      to_number varchar(20),
      started_at timestamptz(3),
      ended_at timestamptz(3),
      talk_seconds int,
      recording_id uuid,
      primary key (id)
    )`);
    this.addSql(`alter table cati_calls add constraint cati_calls_recording_id_unique unique (recording_id)`);
    this.addSql(
      `create index cati_calls_interviewer_id_index on cati_calls (interviewer_id, started_at, id)`,
    );
    this.addSql(`create index cati_calls_started_at_index on cati_calls (started_at, id)`);
    this.addSql(`alter table cati_calls add constraint cati_calls_call_id_unique unique (provider, call_id)`);
    this.addSql(
      `alter table cati_calls add constraint cati_calls_status_check check (status in ('INITIATED', 'RINGING', 'ANSWERED', 'COMPLETED', 'BUSY', 'NO_ANSWER', 'FAILED', 'CANCELLED'))`,
    );
    this.addSql(
      `alter table cati_calls add constraint cati_calls_talk_seconds_check check (talk_seconds >= 0)`,
    );
    this.addSql(`create table call_logs (
      id uuid not null,
      inserted_at timestamptz(3) not null,
      lead_id uuid not null,
      telecaller_id uuid not null,
      outcome varchar(20) not null,
      duration_seconds int,
      notes varchar(5000),
      started_at timestamptz(3) not null,
      recording_id uuid,
      idempotency_key varchar(200),
      primary key (id)
    )`);
    this.addSql(`alter table call_logs add constraint call_logs_recording_id_unique unique (recording_id)`);
    this.addSql(`create index call_logs_lead_id_index on call_logs (lead_id, started_at, id)`);
    this.addSql(`create index call_logs_telecaller_id_index on call_logs (telecaller_id, started_at, id)`);
    this.addSql(`create index call_logs_started_at_index on call_logs (started_at, id)`);
    this.addSql(`create index call_logs_inserted_at_index on call_logs (inserted_at, id)`);
    this.addSql(
      `alter table call_logs add constraint call_logs_idempotency_key_unique unique (telecaller_id, idempotency_key)`,
    );
    this.addSql(
      `alter table call_logs add constraint call_logs_outcome_check check (outcome in ('CONNECTED', 'NO_ANSWER', 'BUSY', 'INVALID_NUMBER'))`,
    );
    this.addSql(
      `alter table call_logs add constraint call_logs_duration_seconds_check check (duration_seconds >= 0)`,
    );
    this.addSql(`create table upload_sessions (
      id uuid not null,
      inserted_at timestamptz(3) not null,
      status varchar(20) not null,
      strategy varchar(20) not null,
      user_id uuid not null,
      call_log_id uuid,
      cati_call_id uuid,
      byte_size bigint not null,
      received_bytes bigint not null default '0',
      chunk_count int not null default 0,
      epoch int not null default 0,
      content_type varchar(100),
      filename varchar(255),
      sha256 varchar(64),
      idempotency_key varchar(200),
      expires_at timestamptz(3) not null,
      recording_id uuid,
      finalized_at timestamptz(3),
      error_code varchar(40),
      error_message varchar(500),
      error_at timestamptz(3),
      collected_at timestamptz(3),
      primary key (id)
    )`);
    this.addSql(`create index upload_sessions_user_id_index on upload_sessions (user_id, inserted_at)`);
    this.addSql(`create index upload_sessions_call_log_id_index on upload_sessions (call_log_id)`);
    this.addSql(`create index upload_sessions_cati_call_id_index on upload_sessions (cati_call_id)`);
    this.addSql(`create index upload_sessions_recording_id_index on upload_sessions (recording_id)`);
    this.addSql(
      `create index upload_sessions_uncollected_index on upload_sessions (expires_at) where collected_at is null`,
    );
    this.addSql(
      `create unique index upload_sessions_open_call_log_unique on upload_sessions (user_id, call_log_id) where status = 'OPEN'`,
    );
    this.addSql(
      `create unique index upload_sessions_open_cati_call_unique on upload_sessions (user_id, cati_call_id) where status = 'OPEN'`,
    );
    this.addSql(
      `create unique index upload_sessions_idempotency_key_unique on upload_sessions (user_id, idempotency_key) where status in ('OPEN', 'FINALIZING', 'COMPLETED')`,
    );
    this.addSql(
      `alter table upload_sessions add constraint upload_sessions_status_check check (status in ('OPEN', 'FINALIZING', 'COMPLETED', 'FAILED', 'CANCELLED', 'EXPIRED'))`,
    );
    this.addSql(
      `alter table upload_sessions add constraint upload_sessions_strategy_check check (strategy in ('PUT', 'MULTIPART', 'CHUNKED'))`,
    );
    this.addSql(
      `alter table upload_sessions add constraint upload_sessions_call_check check ((call_log_id is null) <> (cati_call_id is null))`,
    );
    this.addSql(
      `alter table upload_sessions add constraint upload_sessions_received_bytes_check check (received_bytes >= 0 and received_bytes <= byte_size)`,
    );
    this.addSql(
      `alter table upload_sessions add constraint upload_sessions_byte_size_check check (byte_size > 0)`,
    );
    this.addSql(`create table upload_chunks (
      upload_id uuid not null,
      first_byte bigint not null,
      byte_size bigint not null,
      sha256 varchar(64) not null,
      key varchar(500) not null,
      primary key (upload_id, first_byte)
    )`);
    this.addSql(
      `alter table upload_chunks add constraint upload_chunks_first_byte_check check (first_byte >= 0)`,
    );
    this.addSql(
      `alter table upload_chunks add constraint upload_chunks_byte_size_check check (byte_size > 0)`,
    );
    this.addSql(
      `alter table recordings add constraint recordings_removed_by_id_foreign foreign key (removed_by_id) references users (id) on update no action on delete restrict`,
    );
    this.addSql(
      `alter table leads add constraint leads_telecaller_id_foreign foreign key (telecaller_id) references users (id) on update no action on delete restrict`,
    );
    this.addSql(
      `alter table cati_calls add constraint cati_calls_interviewer_id_foreign foreign key (interviewer_id) references users (id) on update no action on delete restrict`,
    );
    this.addSql(
      `alter table cati_calls add constraint cati_calls_recording_id_foreign foreign key (recording_id) references recordings (id) on update no action on delete restrict`,
    );
    this.addSql(
      `alter table call_logs add constraint call_logs_lead_id_foreign foreign key (lead_id) references leads (id) on update no action on delete restrict`,
    );
    this.addSql(
      `alter table call_logs add constraint call_logs_telecaller_id_foreign foreign key (telecaller_id) references users (id) on update no action on delete restrict`,
    );
    this.addSql(
      `alter table call_logs add constraint call_logs_recording_id_foreign foreign key (recording_id) references recordings (id) on update no action on delete restrict`,
    );
    this.addSql(
      `alter table upload_sessions add constraint upload_sessions_user_id_foreign foreign key (user_id) references users (id) on update no action on delete restrict`,
    );
    this.addSql(
      `alter table upload_sessions add constraint upload_sessions_call_log_id_foreign foreign key (call_log_id) references call_logs (id) on update no action on delete restrict`,
    );
    this.addSql(
      `alter table upload_sessions add constraint upload_sessions_cati_call_id_foreign foreign key (cati_call_id) references cati_calls (id) on update no action on delete restrict`,
    );
    this.addSql(
      `alter table upload_sessions add constraint upload_sessions_recording_id_foreign foreign key (recording_id) references recordings (id) on update no action on delete restrict`,
    );
    this.addSql(
      `alter table upload_chunks add constraint upload_chunks_upload_id_foreign foreign key (upload_id) references upload_sessions (id) on update no action on delete cascade`,
    );
  }
}
