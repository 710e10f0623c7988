import { defineRelations } from 'drizzle-orm';
import { integer, pgTable, timestamp, uuid, varchar } from 'drizzle-orm/pg-core';

const leads = pgTable('leads', {
  id: uuid().primaryKey(),
  name: varchar({ length: 200 }).notNull(),
  phone: varchar({ length: 20 }).notNull(),
  status: varchar({ length: 20 }).notNull(),
  telecallerId: uuid('telecaller_id'),
});

const recordings = pgTable('recordings', {
  id: uuid().primaryKey(),
  status: varchar({ length: 20 }).notNull(),
  recordingPath: varchar('recording_path', { length: 500 }),
  durationMs: integer('duration_ms'),
});

const callLogs = pgTable('call_logs', {
  id: uuid().primaryKey(),
  leadId: uuid('lead_id').notNull(),
  telecallerId: uuid('telecaller_id').notNull(),
  outcome: varchar({ length: 20 }).notNull(),
  durationSeconds: integer('duration_seconds'),
  notes: varchar({ length: 5000 }),
  startedAt: timestamp('started_at', { withTimezone: true, precision: 3 }).notNull(),
  recordingId: uuid('recording_id'),
});

export const relations = defineRelations({ leads, recordings, callLogs }, (r) => ({
  callLogs: {
    lead: r.one.leads({ from: r.callLogs.leadId, to: r.leads.id, optional: false }),
    recording: r.one.recordings({ from: r.callLogs.recordingId, to: r.recordings.id }),
  },
}));
