import { defineEntity, p, type Opt } from '@mikro-orm/core';
import { UserSchema } from '../auth/user.entity.js';
import { base, oneOf } from '../entity.js';

export const LEAD_STATUSES = [
  'NEW',
  'CONTACTED',
  'INTERESTED',
  'NOT_INTERESTED',
  'ENROLLED',
  'LOST',
] as const;
export type LeadStatus = (typeof LEAD_STATUSES)[number];

export const LeadSchema = defineEntity({
  name: 'Lead',
  tableName: 'leads',
  properties: {
    ...base,
    name: p.string().length(200),
    phone: p.string().length(20),
    alternatePhone: p.string().length(20).nullable(),
    email: p.string().length(320).nullable(),
    city: p.string().length(100).nullable(),
    preferredCourse: p.string().length(200).nullable(),
    preferredUniversity: p.string().length(200).nullable(),
    status: p.string().length(20).$type<LeadStatus>().default('NEW'),
    telecaller: () => p.manyToOne(UserSchema).nullable().deleteRule('restrict').updateRule('no action'),
    callCount: p.integer().default(0),
    lastContactedAt: p.datetime(3).nullable(),
    /** What LAST_CONTACTED_AT orders by: a plain column, since row-level security lets no expression into an index. */
    contactOrder: p
      .datetime(3)
      .$type<Opt<Date>>()
      .generated("coalesce(last_contacted_at, '0001-01-01 00:00:00+00'::timestamptz) stored"),
  },
  checks: [
    oneOf('leads_status_check', 'status', LEAD_STATUSES),
    { name: 'leads_call_count_check', expression: 'call_count >= 0' },
  ],
  indexes: [
    { name: 'leads_telecaller_id_inserted_at_index', properties: ['telecaller', 'insertedAt', 'id'] },
    { name: 'leads_telecaller_id_contact_order_index', properties: ['telecaller', 'contactOrder', 'id'] },
    { name: 'leads_telecaller_id_name_index', properties: ['telecaller', 'name', 'id'] },
    { name: 'leads_inserted_at_index', properties: ['insertedAt', 'id'] },
    { name: 'leads_contact_order_index', properties: ['contactOrder', 'id'] },
    { name: 'leads_name_index', properties: ['name', 'id'] },
  ],
});

export class Lead extends LeadSchema.class {}
LeadSchema.setClass(Lead);
