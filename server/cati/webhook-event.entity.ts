import { defineEntity, p } from '@mikro-orm/core';
import { base, oneOf } from '../entity.js';

export const WEBHOOK_OUTCOMES = ['APPLIED', 'IGNORED', 'UNREADABLE'] as const;
/** Whether an event changed a call, carried nothing to apply, or could not be read at all. */
export type WebhookOutcome = (typeof WEBHOOK_OUTCOMES)[number];

/** One request of a provider exactly as it came, so that it can be looked at and applied again. The same one is kept once. */
export const WebhookEventSchema = defineEntity({
  name: 'WebhookEvent',
  tableName: 'webhook_events',
  properties: {
    ...base,
    provider: p.string().length(40),
    /** SHA-256 of method, query and body, in lower-case hex. */
    bodyHash: p.string().length(64),
    /** At most 256 KiB. */
    body: p.type('bytea').$type<Buffer>(),
    contentType: p.string().length(200).nullable(),
    method: p.string().length(10),
    /** Path and query as called, without the secret. */
    url: p.text(),
    /** The provider's ids of the calls that it tells of. */
    callIds: p.array().$type<string[]>().default([]),
    outcome: p.string().length(20).$type<WebhookOutcome>(),
    reason: p.string().length(200).nullable(),
    processedAt: p.datetime(3),
  },
  checks: [
    oneOf('webhook_events_outcome_check', 'outcome', WEBHOOK_OUTCOMES),
    { name: 'webhook_events_body_check', expression: 'octet_length(body) <= 262144' },
  ],
  uniques: [{ name: 'webhook_events_body_hash_unique', properties: ['provider', 'bodyHash'] }],
  indexes: [
    { name: 'webhook_events_inserted_at_index', properties: ['insertedAt', 'id'] },
    { name: 'webhook_events_outcome_index', properties: ['outcome', 'insertedAt', 'id'] },
  ],
});

export class WebhookEvent extends WebhookEventSchema.class {}
WebhookEventSchema.setClass(WebhookEvent);
