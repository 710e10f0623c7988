import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { newId } from '../entity.js';
import type { Tables } from '../rows.js';
import type { AuditEventSchema, AuditKind } from './audit-event.entity.js';

export type AuditTables = Tables<typeof AuditEventSchema>;

export interface AuditEntry {
  readonly kind: AuditKind;
  /** Null: nobody knows who. */
  readonly actorId: string | null;
  readonly recordingId?: string;
  readonly address?: string;
}

/**
 * Writes what no row tells by itself, in the caller's transaction. What a row does tell (removals, finalized uploads,
 * moves and limits of runs, sweeps, interviewers, replays, sampling rules) the database's own triggers write.
 */
export async function writeAudit(em: EntityManager, entry: AuditEntry): Promise<void> {
  await em
    .getKysely<AuditTables>()
    .insertInto('audit_events')
    .values({
      id: newId(),
      inserted_at: sql`now()`,
      kind: entry.kind,
      actor_id: entry.actorId,
      recording_id: entry.recordingId ?? null,
      address: entry.address?.slice(0, 45) || null,
    })
    .execute();
}
