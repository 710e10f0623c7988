import { Migration } from '@mikro-orm/migrations';

const ROLE = `(select current_setting('earshot.role', true))`;

/** Who sees a row, and writes it. */
const VISIBLE = {
  webhook_events: `case ${ROLE}
    when 'SYSTEM' then true when 'ADMIN' then true when 'MANAGER' then true else false end`,
  provider_states: `case ${ROLE} when 'SYSTEM' then true when 'ADMIN' then true else false end`,
};

/** What providers send us, how copying from them goes, and what a plan to copy a recording needs to know. */
export class ProviderEvents extends Migration {
  override up(): void {
    this.addSql(`alter table recordings add column tries int not null default 0`);
    this.addSql(`alter table recordings add column not_found_since timestamptz(3)`);
    this.addSql(
      `create index recordings_next_attempt_at_index on recordings (next_attempt_at) where next_attempt_at is not null`,
    );
    this.addSql(`create index recordings_failed_index on recordings (error_at) where status = 'FAILED'`);
    this.addSql(
      `create index recordings_unpurged_index on recordings (removed_at) where removed_at is not null and purged_at is null`,
    );
    this.addSql(`alter table cati_calls add column provider_user_id varchar(40)`);
    this.addSql(`alter table cati_calls add column interviewer_key varchar(100)`);
    this.addSql(`create table webhook_events (
      id uuid not null,
      inserted_at timestamptz(3) not null,
      provider varchar(40) not null,
      body_hash varchar(64) not null,
      body bytea not null,
      content_type varchar(200),
      method varchar(10) not null,
      url text not null,
      call_ids text[] not null default '{}',
      outcome varchar(20) not null,
      reason varchar(200),
      processed_at timestamptz(3) not null,
      primary key (id)
    )`);
    this.addSql(
      `alter table webhook_events add constraint webhook_events_body_hash_unique unique (provider, body_hash)`,
    );
    this.addSql(
      `alter table webhook_events add constraint webhook_events_outcome_check check (outcome in ('APPLIED', 'IGNORED', 'UNREADABLE'))`,
    );
    this.addSql(
      `alter table webhook_events add constraint webhook_events_body_check check (octet_length(body) <= 262144)`,
    );
    this.addSql(`create index webhook_events_inserted_at_index on webhook_events (inserted_at, id)`);
    this.addSql(`create index webhook_events_outcome_index on webhook_events (outcome, inserted_at, id)`);
    this.addSql(`create table provider_states (
      provider varchar(40) not null,
      stopped_reason varchar(500),
      stopped_at timestamptz(3),
      probed_at timestamptz(3),
      refusals text[] not null default '{}',
      primary key (provider)
    )`);
    this.addSql(
      `alter table provider_states add constraint provider_states_stopped_check check ((stopped_reason is null) = (stopped_at is null))`,
    );
    for (const [table, visible] of Object.entries(VISIBLE)) {
      this.addSql(`alter table ${table} enable row level security, force row level security`);
      this.addSql(`create policy ${table}_visible on ${table} using (${visible})`);
    }
  }
}
