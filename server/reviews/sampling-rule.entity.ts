import { defineEntity, p } from '@mikro-orm/core';
import { UserSchema } from '../auth/user.entity.js';
import { base } from '../entity.js';

/** How many calls of a campaign are to be reviewed. Without a rule none gets into the queue by itself. */
export const SamplingRuleSchema = defineEntity({
  name: 'SamplingRule',
  tableName: 'sampling_rules',
  properties: {
    ...base,
    updatedAt: p.datetime(3).onCreate(() => new Date()),
    campaign: p.string().length(200),
    /** 0 to 100. */
    percent: p.float().columnType('real'),
    updatedBy: () => p.manyToOne(UserSchema).deleteRule('restrict').updateRule('no action'),
  },
  checks: [
    {
      name: 'sampling_rules_percent_check',
      expression: "percent >= '0'::real and percent <= '100'::real",
    },
  ],
  uniques: [{ name: 'sampling_rules_campaign_unique', properties: ['campaign'] }],
});

export class SamplingRule extends SamplingRuleSchema.class {}
SamplingRuleSchema.setClass(SamplingRule);
