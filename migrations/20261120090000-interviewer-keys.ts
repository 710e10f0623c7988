import { Migration } from '@mikro-orm/migrations';

const ROLE = `(select current_setting('earshot.role', true))`;
const MANAGERS = `case ${ROLE}
  when 'SYSTEM' then true when 'ADMIN' then true when 'MANAGER' then true else false end`;

/** Who a provider's agents are, why copying from a provider stopped, and what the sweep looks for. */
export class InterviewerKeys extends Migration {
  override up(): void {
    this.addSql(`create table interviewer_keys (
      provider varchar(40) not null,
      key varchar(100) not null,
      user_id uuid not null,
      inserted_at timestamptz(3) not null,
      primary key (provider, key)
    )`);
    this.addSql(
      `alter table interviewer_keys add constraint interviewer_keys_user_id_foreign foreign key (user_id) references users (id) on update no action on delete restrict`,
    );
    this.addSql(
      `alter table interviewer_keys add constraint interviewer_keys_key_check check (key = lower(key))`,
    );
    this.addSql(`create index interviewer_keys_user_id_index on interviewer_keys (user_id)`);
    this.addSql(`alter table interviewer_keys enable row level security, force row level security`);
    this.addSql(`create policy interviewer_keys_visible on interviewer_keys using (${MANAGERS})`);
    this.addSql(
      `update cati_calls set interviewer_key = lower(interviewer_key) where interviewer_key <> lower(interviewer_key)`,
    );
    this.addSql(
      `create index cati_calls_interviewer_key_index on cati_calls (interviewer_key, provider) where interviewer_key is not null`,
    );
    this.addSql(
      `create index cati_calls_unlinked_index on cati_calls (interviewer_key) where interviewer_key is not null and interviewer_id is null`,
    );
    this.stops();
    this.sweep();
  }

  private stops(): void {
    this.addSql(`alter table provider_states add column stopped_code varchar(40)`);
    this.addSql(
      `update provider_states set stopped_code = 'CONFIGURATION_FAULT' where stopped_at is not null`,
    );
    this.addSql(
      `alter table provider_states add constraint provider_states_stopped_code_check check (stopped_code in ('CONFIGURATION_FAULT', 'REFUSALS_IN_A_ROW'))`,
    );
    this.addSql(
      `alter table provider_states add constraint provider_states_code_check check ((stopped_code is null) = (stopped_at is null))`,
    );
    this.addSql(`alter policy provider_states_visible on provider_states using (${MANAGERS})`);
  }

  private sweep(): void {
    this.addSql(
      `create index recordings_unplanned_index on recordings (expiry_order, id) where status = 'EXPECTED' and next_attempt_at is null and claimed_until is null`,
    );
    this.addSql(
      `create index cati_calls_unrecorded_index on cati_calls (began_at, id) where recording_id is null and status = 'COMPLETED'`,
    );
  }
}
