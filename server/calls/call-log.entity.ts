import { defineEntity, p } from '@mikro-orm/core';
import { UserSchema } from '../auth/user.entity.js';
import { base, oneOf } from '../entity.js';
import { LeadSchema } from '../leads/lead.entity.js';
import { RecordingSchema } from '../recordings/recording.entity.js';

export const CALL_OUTCOMES = ['CONNECTED', 'NO_ANSWER', 'BUSY', 'INVALID_NUMBER'] as const;
export type CallOutcome = (typeof CALL_OUTCOMES)[number];

/** What a telecaller says of one call to a lead. */
export const CallLogSchema = defineEntity({
  name: 'CallLog',
  tableName: 'call_logs',
  properties: {
    ...base,
    lead: () => p.manyToOne(LeadSchema).deleteRule('restrict').updateRule('no action'),
    telecaller: () => p.manyToOne(UserSchema).deleteRule('restrict').updateRule('no action'),
    outcome: p.string().length(20).$type<CallOutcome>(),
    durationSeconds: p.integer().nullable(),
    notes: p.string().length(5000).nullable(),
    startedAt: p.datetime(3),
    recording: () =>
      p
        .manyToOne(RecordingSchema)
        .nullable()
        .deleteRule('restrict')
        .updateRule('no action')
        .unique('call_logs_recording_id_unique'),
    idempotencyKey: p.string().length(200).nullable(),
  },
  checks: [
    oneOf('call_logs_outcome_check', 'outcome', CALL_OUTCOMES),
    { name: 'call_logs_duration_seconds_check', expression: 'duration_seconds >= 0' },
  ],
  uniques: [{ name: 'call_logs_idempotency_key_unique', properties: ['telecaller', 'idempotencyKey'] }],
  indexes: [
    { name: 'call_logs_lead_id_index', properties: ['lead', 'startedAt', 'id'] },
    { name: 'call_logs_telecaller_id_index', properties: ['telecaller', 'startedAt', 'id'] },
    {
      name: 'call_logs_telecaller_id_inserted_at_index',
      properties: ['telecaller', 'insertedAt', 'id'],
    },
    { name: 'call_logs_started_at_index', properties: ['startedAt', 'id'] },
    { name: 'call_logs_inserted_at_index', properties: ['insertedAt', 'id'] },
  ],
});

export class CallLog extends CallLogSchema.class {}
CallLogSchema.setClass(CallLog);
