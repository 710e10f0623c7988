import { Migration } from '@mikro-orm/migrations';

const ROLE = `(select current_setting('earshot.role', true))`;
const VIEWER = `(select nullif(current_setting('earshot.viewer', true), '')::uuid)`;

/** Who sees a row; whoever sees it may also write it, which the API's policy narrows further. */
const VISIBLE = {
  leads: `${ROLE} in ('SYSTEM', 'ADMIN', 'MANAGER') or (${ROLE} = 'TELECALLER' and telecaller_id = ${VIEWER})`,
  call_logs: `${ROLE} in ('SYSTEM', 'ADMIN', 'MANAGER') or (${ROLE} = 'TELECALLER' and telecaller_id = ${VIEWER}
    and exists (select from leads where leads.id = call_logs.lead_id))`,
  cati_calls: `${ROLE} in ('SYSTEM', 'ADMIN', 'MANAGER', 'QUALITY_AGENT')
    or (${ROLE} = 'INTERVIEWER' and interviewer_id = ${VIEWER})`,
  recordings: `${ROLE} in ('SYSTEM', 'ADMIN', 'MANAGER')
    or exists (select from call_logs where call_logs.recording_id = recordings.id)
    or exists (select from cati_calls where cati_calls.recording_id = recordings.id)`,
  upload_sessions: `${ROLE} in ('SYSTEM', 'ADMIN') or user_id = ${VIEWER}`,
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
