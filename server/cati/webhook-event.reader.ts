import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { Connection } from '../graphql/connection.type.js';
import { wholeText } from '../graphql/inputs.js';
import { toPage, type PageArgs, type PageOrder } from '../graphql/keyset.js';
import { countOf, readPage } from '../graphql/pages.js';
import { isoTime, type Tables } from '../rows.js';
import type { WebhookEventSchema } from './webhook-event.entity.js';
import { WebhookEventType, type WebhookEventFilter } from './webhook-event.type.js';

type DB = Tables<typeof WebhookEventSchema>;

/** Newest first. */
const ORDER: PageOrder = {
  name: 'WEBHOOK EVENTS',
  direction: 'desc',
  value: sql<string>`webhook_events.inserted_at`,
  id: sql<string>`webhook_events.id`,
  type: 'timestamptz',
};

/** Call ids that are shown of one event. */
const SHOWN_CALLS = 20;

/** What providers sent, without what is in it. Who may see events sees them all. */
export class WebhookEventReader {
  constructor(private readonly em: EntityManager) {}

  page(args: PageArgs, filter: WebhookEventFilter | undefined): Promise<Connection<WebhookEventType>> {
    const list = this.filtered(filter);
    const rows = list.select([
      'id',
      'provider',
      'inserted_at',
      'processed_at',
      'outcome',
      'reason',
      sql<string[]>`call_ids[1:${sql.lit(SHOWN_CALLS)}]`.as('call_ids'),
      sql<number>`cardinality(call_ids)`.as('call_count'),
      sql<number>`octet_length(body)`.as('byte_size'),
      ORDER.value.as('position'),
    ]);
    return readPage(rows, toPage(args, ORDER), toEvent, () => countOf(list));
  }

  private filtered(filter: WebhookEventFilter | undefined) {
    let list = this.em.getKysely<DB>().selectFrom('webhook_events');
    const provider = wholeText('filter.provider', filter?.provider, 40);
    const callId = wholeText('filter.callId', filter?.callId, 200);
    if (provider !== undefined) list = list.where('provider', '=', provider);
    if (filter?.outcome) list = list.where(sql<boolean>`outcome = any(${filter.outcome})`);
    if (callId !== undefined) list = list.where(sql<boolean>`call_ids @> array[${callId}]`);
    if (filter?.receivedAfter) list = list.where(sql<boolean>`inserted_at >= ${filter.receivedAfter}`);
    if (filter?.receivedBefore) list = list.where(sql<boolean>`inserted_at < ${filter.receivedBefore}`);
    return list;
  }
}

function toEvent(row: {
  id: string;
  provider: string;
  inserted_at: string;
  processed_at: string;
  outcome: WebhookEventType['outcome'];
  reason: string | null;
  call_ids: string[];
  call_count: number;
  byte_size: number;
}): WebhookEventType {
  return Object.assign(new WebhookEventType(), {
    id: row.id,
    provider: row.provider,
    receivedAt: isoTime(row.inserted_at),
    processedAt: isoTime(row.processed_at),
    outcome: row.outcome,
    reason: row.reason,
    callIds: row.call_ids,
    callCount: row.call_count,
    byteSize: row.byte_size,
  });
}
