import { Migration } from '@mikro-orm/migrations';

const ROLE = `(select current_setting('earshot.role', true))`;
const VIEWER = `(select nullif(current_setting('earshot.viewer', true), '')::uuid)`;

/**
 * Who sees a row; whoever sees it may also write it, which the API's policy narrows further. By CASE: the planner takes
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
 * The second wall behind the API's own scoping: a connection sees what its session (`earshot.role`, `earshot.viewer`)
 * may see, and without a session nothing. Forced, since the server's own user owns the tables.
 */
export class RowLevelSecurity extends Migration {
  override up(): void {
    for (const [table, visible] of Object.entries(VISIBLE)) {
      this.addSql(`alter table ${table} enable row level security, force row level security`);
      this.addSql(`create policy ${table}_visible on ${table} using (${visible})`);
    }
  }
}
