import { defineEntity, p, type Opt } from '@mikro-orm/core';
import { UserSchema } from '../auth/user.entity.js';
import { base, oneOf } from '../entity.js';
import { CALL_STATUSES, type CallStatus } from '../providers/provider.js';
import { RecordingSchema } from '../recordings/recording.entity.js';

/** One interview call by telephone, as its provider tells of it. */
export const CatiCallSchema = defineEntity({
  name: 'CatiCall',
  tableName: 'cati_calls',
  properties: {
    ...base,
    provider: p.string().length(40),
    /** The provider's own id of the call. */
    callId: p.string().length(200),
    status: p.string().length(20).$type<CallStatus>(),
    /** The provider's own word or number for the status. */
    statusCode: p.string().length(40).nullable(),
    campaign: p.string().length(200).nullable(),
    /** Whose account at the provider it belongs to. */
    providerUserId: p.string().length(40).nullable(),
    /** The provider's own name for the interviewer (its agent), in lower case. */
    interviewerKey: p.string().length(100).nullable(),
    interviewer: () => p.manyToOne(UserSchema).nullable().deleteRule('restrict').updateRule('no action'),
    fromNumber: p.string().length(20).nullable(),
    toNumber: p.string().length(20).nullable(),
    startedAt: p.datetime(3).nullable(),
    /** When it began or was first heard of: a plain column, since row-level security lets no expression into an index. */
    beganAt: p.datetime(3).$type<Opt<Date>>().generated('coalesce(started_at, inserted_at) stored'),
    endedAt: p.datetime(3).nullable(),
    talkSeconds: p.integer().nullable(),
    recording: () =>
      p
        .manyToOne(RecordingSchema)
        .nullable()
        .deleteRule('restrict')
        .updateRule('no action')
        .unique('cati_calls_recording_id_unique'),
  },
  checks: [
    oneOf('cati_calls_status_check', 'status', CALL_STATUSES),
    { name: 'cati_calls_talk_seconds_check', expression: 'talk_seconds >= 0' },
  ],
  uniques: [{ name: 'cati_calls_call_id_unique', properties: ['callId', 'provider'] }],
  indexes: [
    { name: 'cati_calls_interviewer_id_index', properties: ['interviewer', 'beganAt', 'id'] },
    { name: 'cati_calls_provider_index', properties: ['provider', 'beganAt', 'id'] },
    { name: 'cati_calls_campaign_index', properties: ['campaign', 'beganAt', 'id'] },
    { name: 'cati_calls_began_at_index', properties: ['beganAt', 'id'] },
    {
      name: 'cati_calls_interviewer_key_index',
      properties: ['interviewerKey', 'provider'],
      where: 'interviewer_key is not null',
    },
    {
      name: 'cati_calls_unlinked_index',
      properties: ['interviewerKey'],
      where: 'interviewer_key is not null and interviewer_id is null',
    },
    {
      name: 'cati_calls_unrecorded_index',
      properties: ['beganAt', 'id'],
      where: "recording_id is null and status = 'COMPLETED'",
    },
  ],
});

export class CatiCall extends CatiCallSchema.class {}
CatiCallSchema.setClass(CatiCall);
