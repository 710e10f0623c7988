import { defineEntity, p } from '@mikro-orm/core';
import { UserSchema } from '../auth/user.entity.js';

/** Which user a provider's agent is, where the provider's own name of the agent does not tell. */
export const InterviewerKeySchema = defineEntity({
  name: 'InterviewerKey',
  tableName: 'interviewer_keys',
  properties: {
    provider: p.string().length(40).primary(),
    /** As the provider names its agent, in lower case. */
    key: p.string().length(100).primary(),
    user: () => p.manyToOne(UserSchema).deleteRule('restrict').updateRule('no action'),
    insertedAt: p.datetime(3),
  },
  checks: [{ name: 'interviewer_keys_key_check', expression: 'key = lower(key)' }],
  indexes: [{ name: 'interviewer_keys_user_id_index', properties: ['user'] }],
});

export class InterviewerKey extends InterviewerKeySchema.class {}
InterviewerKeySchema.setClass(InterviewerKey);
