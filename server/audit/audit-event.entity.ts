import { defineEntity, p } from '@mikro-orm/core';
import { base, oneOf } from '../entity.js';

export const AUDIT_KINDS = [
  'SIGNED_IN',
  'SIGN_IN_REFUSED',
  'RECORDING_PLAYED',
  'RECORDING_LINK_ISSUED',
  'RECORDING_RETRIED',
  'RECORDING_DELETED',
  'UPLOAD_FINALIZED',
  'MIGRATION_STARTED',
  'MIGRATION_PAUSED',
  'MIGRATION_RESUMED',
  'MIGRATION_CANCELLED',
  'MIGRATION_LIMITS_CHANGED',
  'STORAGE_SWEEP_STARTED',
  'INTERVIEWER_ASSIGNED',
  'WEBHOOK_REPLAYED',
  'SAMPLING_RULE_SET',
] as const;
export type AuditKind = (typeof AUDIT_KINDS)[number];

/**
 * Who did or heard what, and when. Rows are only added: the database refuses every change, and lets old ones go only to
 * retention. No phone numbers, addresses of files or words of people: ids alone.
 */
export const AuditEventSchema = defineEntity({
  name: 'AuditEvent',
  tableName: 'audit_events',
  properties: {
    ...base,
    kind: p.string().length(40).$type<AuditKind>(),
    /** Null: the system itself, or somebody who did not say who. */
    actorId: p.uuid().nullable(),
    recordingId: p.uuid().nullable(),
    /** The upload, the migration run, the sweep, the interviewer, the event or the rule that it is about. */
    subjectId: p.uuid().nullable(),
    /** The network address that a sign-in came from. */
    address: p.string().length(45).nullable(),
    /** Listening within one window is one event: when the window began. */
    listeningWindow: p.datetime(3).nullable(),
  },
  checks: [oneOf('audit_events_kind_check', 'kind', AUDIT_KINDS)],
  uniques: [
    {
      name: 'audit_events_listening_unique',
      properties: ['actorId', 'recordingId', 'kind', 'listeningWindow'],
      where: 'listening_window is not null',
    },
  ],
  indexes: [
    { name: 'audit_events_inserted_at_index', properties: ['insertedAt', 'id'] },
    {
      name: 'audit_events_actor_id_index',
      properties: ['actorId', 'insertedAt', 'id'],
      where: 'actor_id is not null',
    },
    {
      name: 'audit_events_recording_id_index',
      properties: ['recordingId', 'insertedAt', 'id'],
      where: 'recording_id is not null',
    },
    { name: 'audit_events_kind_index', properties: ['kind', 'insertedAt', 'id'] },
  ],
});

export class AuditEvent extends AuditEventSchema.class {}
AuditEventSchema.setClass(AuditEvent);
