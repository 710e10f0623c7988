import { Migration } from '@mikro-orm/migrations';

const CODES = `'NOT_READY', 'NOT_FOUND_UNCONFIRMED', 'GONE_AT_SOURCE', 'REMOVED', 'SOURCE_REFUSED', 'SOURCE_UNREACHABLE', 'SOURCE_TIMEOUT', 'SOURCE_RATE_LIMITED', 'SOURCE_BLOCKED', 'NOT_AUDIO', 'EMPTY', 'TRUNCATED', 'TOO_LARGE', 'CHECKSUM_MISMATCH', 'STORAGE_UNAVAILABLE', 'STORED_COPY_DAMAGED', 'CONFLICT', 'INTERNAL'`;

/** Migration runs with their window and their items, the order by expiry, and how much is stored by month. */
export class MigrationRuns extends Migration {
  override up(): void {
    this.runs();
    this.windowAndItems();
    this.expiryOrder();
    this.storageUsage();
    for (const table of ['migration_runs', 'migration_claims', 'migration_items', 'storage_usage']) {
      this.addSql(`alter table ${table} enable row level security, force row level security`);
      this.addSql(`create policy ${table}_visible on ${table} using (
        case (select current_setting('earshot.role', true))
        when 'SYSTEM' then true when 'ADMIN' then true when 'MANAGER' then true else false end)`);
    }
  }

  private runs(): void {
    this.addSql(`create table migration_runs (
      id uuid not null,
      inserted_at timestamptz(3) not null,
      status varchar(20) not null,
      status_at timestamptz(3) not null,
      status_reason varchar(500),
      dry_run boolean not null,
      started_by_id uuid,
      idempotency_key varchar(200),
      started_at timestamptz(3),
      finished_at timestamptz(3),
      heartbeat_at timestamptz(3),
      batch_size int not null,
      delay_ms int not null,
      max_calls int,
      skip_uploaded boolean not null,
      concurrency int not null,
      requests_per_minute int,
      max_bytes_per_second bigint,
      only_errors text[],
      sort_order varchar(20) not null,
      provider varchar(40),
      campaign varchar(200),
      started_after timestamptz(3),
      started_before timestamptz(3),
      quiet_from varchar(5),
      quiet_to varchar(5),
      quiet_zone varchar(64),
      total int,
      uploaded int not null default 0,
      skipped int not null default 0,
      deleted int not null default 0,
      failed int not null default 0,
      bytes bigint not null default '0',
      plan jsonb,
      taken int not null default 0,
      cursor_value timestamptz(3),
      cursor_id uuid,
      exhausted boolean not null default false,
      next_request_at timestamptz(3),
      bytes_paid_at timestamptz(3),
      backoff_until timestamptz(3),
      primary key (id)
    )`);
    this.addSql(
      `alter table migration_runs add constraint migration_runs_idempotency_key_unique unique (started_by_id, idempotency_key)`,
    );
    this.addSql(`create index migration_runs_inserted_at_index on migration_runs (inserted_at, id)`);
    this.addSql(
      `create index migration_runs_live_index on migration_runs (status) where status in ('ENQUEUED', 'RUNNING', 'PAUSING', 'PAUSED', 'CANCELLING')`,
    );
    this.addSql(
      `alter table migration_runs add constraint migration_runs_status_check check (status in ('ENQUEUED', 'RUNNING', 'PAUSING', 'PAUSED', 'CANCELLING', 'CANCELLED', 'SUCCEEDED', 'FAILED'))`,
    );
    this.addSql(
      `alter table migration_runs add constraint migration_runs_sort_order_check check (sort_order in ('EXPIRING_FIRST', 'NEWEST_FIRST', 'OLDEST_FIRST'))`,
    );
    this.addSql(
      `alter table migration_runs add constraint migration_runs_counters_check check (uploaded + skipped + deleted + failed <= total)`,
    );
    this.addSql(
      `alter table migration_runs add constraint migration_runs_started_by_id_foreign foreign key (started_by_id) references users (id) on update no action on delete restrict`,
    );
  }

  private windowAndItems(): void {
    this.addSql(`create table migration_claims (
      run_id uuid not null,
      position int not null,
      cati_call_id uuid not null,
      recording_id uuid not null,
      tries int not null default 0,
      not_before timestamptz(3),
      worker_id uuid,
      claimed_until timestamptz(3),
      taken_at timestamptz(3),
      primary key (run_id, position)
    )`);
    this.addSql(`create table migration_items (
      run_id uuid not null,
      cati_call_id uuid not null,
      recording_id uuid not null,
      status varchar(20) not null,
      code varchar(40),
      message varchar(500),
      bytes bigint,
      finished_at timestamptz(3) not null,
      primary key (run_id, cati_call_id)
    )`);
    this.addSql(
      `create index migration_items_finished_at_index on migration_items (run_id, finished_at, cati_call_id)`,
    );
    this.addSql(
      `create index migration_items_code_index on migration_items (run_id, code) where code is not null`,
    );
    this.addSql(`create index migration_items_cati_call_id_index on migration_items (cati_call_id)`);
    this.addSql(
      `alter table migration_items add constraint migration_items_status_check check (status in ('UPLOADED', 'SKIPPED', 'DELETED', 'FAILED'))`,
    );
    this.addSql(
      `alter table migration_items add constraint migration_items_code_check check (code in (${CODES}))`,
    );
    this.addSql(
      `alter table migration_claims add constraint migration_claims_run_id_foreign foreign key (run_id) references migration_runs (id) on update no action on delete cascade`,
    );
    this.addSql(
      `alter table migration_items add constraint migration_items_run_id_foreign foreign key (run_id) references migration_runs (id) on update no action on delete cascade`,
    );
    this.addSql(
      `alter table migration_items add constraint migration_items_cati_call_id_foreign foreign key (cati_call_id) references cati_calls (id) on update no action on delete restrict`,
    );
  }

  /** A plain column, since row-level security lets no expression into an index. */
  private expiryOrder(): void {
    this.addSql(
      `alter table recordings add column expiry_order timestamptz(3) not null generated always as (coalesce(source_expires_at, '9999-01-01 00:00:00+00'::timestamptz)) stored`,
    );
    this.addSql(
      `create index recordings_unstored_order_index on recordings (expiry_order, id) where status in ('EXPECTED', 'PENDING', 'FAILED')`,
    );
  }

  private storageUsage(): void {
    this.addSql(`create table storage_usage (
      month varchar(7) not null,
      shard int not null,
      objects bigint not null,
      bytes bigint not null,
      primary key (month, shard)
    )`);
    this.addSql(`insert into storage_usage (month, shard, objects, bytes)
      select to_char(uploaded_at at time zone 'UTC', 'YYYY-MM'), 0, count(*), sum(byte_size)
      from recordings where status = 'UPLOADED' group by 1`);
    const asSystem = `perform set_config('earshot.role', 'SYSTEM', true)`;
    const again = `perform set_config('earshot.role', caller, true)`;
    // Whoever stores or removes a recording: the counters are the system's.
    this
      .addSql(`create function count_storage_usage(at timestamptz, objects_more int, bytes_more bigint) returns void
      language plpgsql as $$
      declare caller text := coalesce(current_setting('earshot.role', true), '');
      begin
        ${asSystem};
        insert into storage_usage as usage (month, shard, objects, bytes)
        values (to_char(at at time zone 'UTC', 'YYYY-MM'), pg_backend_pid() % 16, objects_more, bytes_more)
        on conflict (month, shard) do update
        set objects = usage.objects + excluded.objects, bytes = usage.bytes + excluded.bytes;
        ${again};
      end
    $$`);
    this.addSql(`create function storage_usage_changed() returns trigger language plpgsql as $$
      begin
        if old.status = 'UPLOADED' then perform count_storage_usage(old.uploaded_at, -1, -old.byte_size); end if;
        if tg_op <> 'DELETE' then
          if new.status = 'UPLOADED' then perform count_storage_usage(new.uploaded_at, 1, new.byte_size); end if;
        end if;
        return null;
      end
    $$`);
    // By statement: many rows at once would write one counter as often, each time behind all its older versions.
    this.addSql(`create function storage_usage_added() returns trigger language plpgsql as $$
      begin
        perform count_storage_usage(min(uploaded_at), count(*)::int, sum(byte_size)::bigint)
        from added where status = 'UPLOADED' group by to_char(uploaded_at at time zone 'UTC', 'YYYY-MM');
        return null;
      end
    $$`);
    this.addSql(`create trigger recordings_stored after insert on recordings referencing new table as added
      for each statement execute function storage_usage_added()`);
    this.addSql(`create trigger recordings_usage_changed after update on recordings for each row when (
      (old.status = 'UPLOADED' or new.status = 'UPLOADED') and
      (old.status, old.uploaded_at, old.byte_size) is distinct from (new.status, new.uploaded_at, new.byte_size)
    ) execute function storage_usage_changed()`);
    this.addSql(`create trigger recordings_unstored after delete on recordings for each row
      when (old.status = 'UPLOADED') execute function storage_usage_changed()`);
  }
}
