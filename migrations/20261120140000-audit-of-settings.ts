import { Migration } from '@mikro-orm/migrations';

const KINDS = `'SIGNED_IN', 'SIGN_IN_REFUSED', 'RECORDING_PLAYED', 'RECORDING_LINK_ISSUED', 'RECORDING_RETRIED', 'RECORDING_DELETED', 'UPLOAD_FINALIZED', 'MIGRATION_STARTED', 'MIGRATION_PAUSED', 'MIGRATION_RESUMED', 'MIGRATION_CANCELLED', 'MIGRATION_LIMITS_CHANGED', 'STORAGE_SWEEP_STARTED', 'INTERVIEWER_ASSIGNED', 'WEBHOOK_REPLAYED', 'SAMPLING_RULE_SET'`;

const LIMITS = ['batch_size', 'delay_ms', 'concurrency', 'requests_per_minute', 'max_bytes_per_second'];
const limitsOf = (row: string): string => `(${LIMITS.map((column) => `${row}.${column}`).join(', ')})`;

/** Who changed what the system goes by is in the audit trail too. */
export class AuditOfSettings extends Migration {
  override up(): void {
    this.addSql(`alter table audit_events drop constraint audit_events_kind_check`);
    this.addSql(`alter table audit_events add constraint audit_events_kind_check check (kind in (${KINDS}))`);
    this.written('interviewer', `'INTERVIEWER_ASSIGNED', null, null, coalesce(new.user_id, old.user_id)`);
    this.addSql(`create trigger interviewer_keys_audit after insert or delete on interviewer_keys
      for each row execute function audit_interviewer()`);
    this.addSql(`create trigger interviewer_keys_audit_change after update on interviewer_keys for each row
      when (old.user_id is distinct from new.user_id) execute function audit_interviewer()`);
    this.written('limits', `'MIGRATION_LIMITS_CHANGED', null, null, new.id`);
    this.addSql(`create trigger migration_runs_audit_limits after update on migration_runs for each row
      when (${limitsOf('old')} is distinct from ${limitsOf('new')}) execute function audit_limits()`);
    // Nothing but its being applied again changes what a provider sent.
    this.written('replay', `'WEBHOOK_REPLAYED', null, null, new.id`);
    this.addSql(`create trigger webhook_events_audit after update on webhook_events
      for each row execute function audit_replay()`);
    this.written('sampling_rule', `'SAMPLING_RULE_SET', new.updated_by_id, null, new.id`);
    this.addSql(`create trigger sampling_rules_audit after insert or update on sampling_rules
      for each row execute function audit_sampling_rule()`);
  }

  private written(name: string, event: string): void {
    this.addSql(`create function audit_${name}() returns trigger language plpgsql as $$
      begin perform audit(${event}); return null; end
    $$`);
  }
}
