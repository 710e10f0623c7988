import { Migration } from '@mikro-orm/migrations';

const ROLE = `(select current_setting('earshot.role', true))`;
const VIEWER = `(select nullif(current_setting('earshot.viewer', true), '')::uuid)`;

/**
 * Who sees a row, as before, but by CASE: the planner takes
 * the rows of an OR over settings to be few, and would sort what an index has in order. OFFSET 0 keeps it from hashing a
 * whole table to look up the calls of one page.
 */
const VISIBLE = {
  leads: `case ${ROLE}
    when 'SYSTEM' then true when 'ADMIN' then true when 'MANAGER' then true
    when 'TELECALLER' then telecaller_id = ${VIEWER} else false end`,
  call_logs: `case ${ROLE}
    when 'SYSTEM' then true when 'ADMIN' then true when 'MANAGER' then true
    when 'TELECALLER' then telecaller_id = ${VIEWER}
      and exists (select from leads where leads.id = call_logs.lead_id offset 0) else false end`,
  cati_calls: `case ${ROLE}
    when 'SYSTEM' then true when 'ADMIN' then true when 'MANAGER' then true when 'QUALITY_AGENT' then true
    when 'INTERVIEWER' then interviewer_id = ${VIEWER} else false end`,
  recordings: `case ${ROLE}
    when 'SYSTEM' then true when 'ADMIN' then true when 'MANAGER' then true
    when 'TELECALLER' then exists (select from call_logs where call_logs.recording_id = recordings.id offset 0)
    when 'INTERVIEWER' then exists (select from cati_calls where cati_calls.recording_id = recordings.id offset 0)
    when 'QUALITY_AGENT' then exists (select from cati_calls where cati_calls.recording_id = recordings.id offset 0)
    else false end`,
  upload_sessions: `case ${ROLE}
    when 'SYSTEM' then true when 'ADMIN' then true
    when 'TELECALLER' then user_id = ${VIEWER} when 'INTERVIEWER' then user_id = ${VIEWER} else false end`,
  upload_chunks: `exists (select from upload_sessions where upload_sessions.id = upload_chunks.upload_id)`,
};

/**
 * Every order and filter of the lists by an index, the second wall included. "if exists" throughout: main once made all of
 * this with the tables, and a database from then comes up to date as well.
 */
export class ListOrders extends Migration {
  override up(): void {
    this.addSql(`drop index if exists cati_calls_interviewer_id_index`);
    this.addSql(`drop index if exists cati_calls_started_at_index`);
    this.addSql(`alter table cati_calls drop constraint if exists cati_calls_call_id_unique`);
    this.addSql(
      `alter table cati_calls add column if not exists began_at timestamptz(3) not null generated always as (coalesce(started_at, inserted_at)) stored`,
    );
    this.addSql(
      `create index if not exists cati_calls_interviewer_id_index on cati_calls (interviewer_id, began_at, id)`,
    );
    this.addSql(
      `create index if not exists cati_calls_provider_index on cati_calls (provider, began_at, id)`,
    );
    this.addSql(
      `create index if not exists cati_calls_campaign_index on cati_calls (campaign, began_at, id)`,
    );
    this.addSql(`create index if not exists cati_calls_began_at_index on cati_calls (began_at, id)`);
    this.addSql(`alter table cati_calls add constraint cati_calls_call_id_unique unique (call_id, provider)`);
    this.addSql(
      `alter table leads add column if not exists contact_order timestamptz(3) not null generated always as (coalesce(last_contacted_at, '0001-01-01 00:00:00+00'::timestamptz)) stored`,
    );
    this.addSql(
      `create index if not exists leads_telecaller_id_contact_order_index on leads (telecaller_id, contact_order, id)`,
    );
    this.addSql(
      `create index if not exists leads_telecaller_id_name_index on leads (telecaller_id, name, id)`,
    );
    this.addSql(`create index if not exists leads_contact_order_index on leads (contact_order, id)`);
    this.addSql(`create index if not exists leads_name_index on leads (name, id)`);
    this.addSql(
      `create index if not exists call_logs_telecaller_id_inserted_at_index on call_logs (telecaller_id, inserted_at, id)`,
    );
    this.addSql(
      `create index if not exists recordings_error_code_index on recordings (error_code) where error_code is not null`,
    );
    this.addSql(
      `create index if not exists recordings_source_expires_at_index on recordings (source_expires_at) where source_expires_at is not null`,
    );
    this.addSql(
      `create index if not exists recordings_unstored_index on recordings (source_expires_at) where status in ('EXPECTED', 'PENDING', 'FAILED')`,
    );
    for (const [table, visible] of Object.entries(VISIBLE))
      this.addSql(`alter policy ${table}_visible on ${table} using (${visible})`);
  }
}
